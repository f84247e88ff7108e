import { UsageError } from '../failures.ts';

/** Of the AdminServer of ZooKeeper and of Rookery's HTTP, unless they are told otherwise. */
export const DEFAULT_HTTP_PORT = 8080;

/** Where a member answers HTTP. */
export interface HttpAddress {
  /** By TLS. */
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `HOST:PORT,https://HOST:PORT,…`; port 8080 where none is said. Throws UsageError.
 *
 * @param isSecure what is meant where no scheme is said
 */
export function parseHttpAddresses(text: string, isSecure: boolean): HttpAddress[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw new UsageError(`"${text}" names no member: HOST:PORT,HOST:PORT is expected`);
  return parts.map((part) => parseOne(part, isSecure));
}

function parseOne(text: string, isSecure: boolean): HttpAddress {
  const match = /^(?:(https?):\/\/)?(?:\[([0-9a-f:.%a-z]+)\]|([^:/[\]\s]+))(?::(\d+))?\/?$/i.exec(text);
  const host = match?.[2] ?? match?.[3];
  const port = match?.[4] === undefined ? DEFAULT_HTTP_PORT : Number(match[4]);
  if (host === undefined || port < 1 || port > 65_535)
    throw new UsageError(
      `"${text}" is no address of a member's HTTP: HOST:PORT is expected, or https://HOST:PORT`,
    );
  const scheme = match?.[1]?.toLowerCase();
  return { isSecure: scheme === undefined ? isSecure : scheme === 'https', host, port };
}

/** As it is typed at --admin. */
export function httpText({ isSecure, host, port }: HttpAddress): string {
  return `${isSecure ? 'https://' : ''}${hostAndPort(host, port)}`;
}

export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The host of `host:port` or `[host]:port`. */
export function hostOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf(':'))).replace(/^\[|\]$/g, '');
}

/** Reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
