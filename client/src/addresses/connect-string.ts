import type { Address } from '../ports.ts';

const DEFAULT_PORT = 2181;
const SRV_PREFIX = 'srv:';

/** Where an ensemble is to be found, as a connect string says it. */
export interface ConnectTarget {
  readonly members: readonly Address[];
  /** The name whose SRV records say who the members are, in place of `members`. */
  readonly srv: string | undefined;
  /** What is put before each path; empty for none. */
  readonly chroot: string;
}

/**
 * Reads `host:port,host:port/chroot` as ZooKeeper's clients do (port 2181 where none is said, IPv6 addresses in brackets), or `srv:NAME/chroot`,
 * where NAME has SRV records, as a headless Service of Kubernetes has: `srv:_client._tcp.my-cluster-members.my-namespace.svc.cluster.local`.
 *
 * Throws RangeError, which says what is wrong with it.
 */
export function parseConnectString(text: string): ConnectTarget {
  const slash = text.indexOf('/');
  const hosts = slash < 0 ? text : text.slice(0, slash);
  const chroot = slash < 0 ? '' : text.slice(slash);
  checkChroot(chroot, text);
  if (hosts.startsWith(SRV_PREFIX)) {
    const srv = hosts.slice(SRV_PREFIX.length).trim();
    if (srv === '') throw new RangeError(`"${text}" names no SRV record: srv:NAME is expected`);
    return { members: [], srv, chroot: chroot === '/' ? '' : chroot };
  }
  const members = hosts
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
    .map((host) => parseAddress(host, text));
  if (members.length === 0)
    throw new RangeError(`"${text}" names no server: host:port,host:port is expected`);
  return { members, srv: undefined, chroot: chroot === '/' ? '' : chroot };
}

function parseAddress(text: string, whole: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535) {
    throw new RangeError(
      `"${text}" in "${whole}" is no address: host:port is expected, [address]:port for IPv6`,
    );
  }
  return { host, port };
}

function checkChroot(chroot: string, whole: string): void {
  if (chroot === '' || chroot === '/') return;
  const names = chroot.slice(1).split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..')) {
    throw new RangeError(`"${chroot}" in "${whole}" is no path to begin others with`);
  }
}
