import type { CoordinationClusterStatus } from '@rookery/crds';
import type { Observed } from '../../model/observed.ts';
import type { PeerTlsMode } from '../../model/tls.ts';
import { needsAuthority, wantedLeaves } from './wanted-leaves.ts';

const STATES = { off: 'Disabled', optional: 'Optional', required: 'Required' } as const satisfies Record<
  PeerTlsMode,
  string
>;

/** What people see of it. `peer` is also what stays where the spec does not say: so it is noted from the beginning. */
export function tlsStatus(observed: Observed): Pick<CoordinationClusterStatus, 'tls'> {
  const { cluster, plan, tls } = observed;
  // A spec of which nothing can be made says nothing of what runs.
  if (plan.invalid !== undefined) return cluster.status?.tls === undefined ? {} : { tls: cluster.status.tls };
  const isOwn = needsAuthority(observed) && tls.authority.kind === 'there';
  const authority = isOwn ? tls.authority.current : undefined;
  const there = tls.certificates.kind === 'there' ? tls.certificates.leaves : {};
  const isBrought = cluster.spec.tls.client.mode !== 'Disabled' && tls.broughtLeaf?.kind === 'there';
  const [first] = [
    ...wantedLeaves(observed).map(({ file }) => there[file]?.notAfter),
    isBrought ? tls.broughtLeaf.notAfter : undefined,
  ]
    .filter((notAfter) => notAfter !== undefined)
    .sort();
  return {
    tls: {
      peer: STATES[plan.peerTls.mode],
      ...(authority === undefined
        ? {}
        : { authority: authority.fingerprint, authorityNotAfter: authority.notAfter }),
      ...(first === undefined ? {} : { notAfter: first }),
    },
  };
}
