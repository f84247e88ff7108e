const LOOPBACK_V4 = /^127(\.\d{1,3}){3}$/;
const LOOPBACK_V6 = new Set(['::1', '0:0:0:0:0:0:0:1']);

/** Whether what listens on this address can be reached from its own machine only. */
export function isLoopbackAddress(host: string): boolean {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const lower = bare.toLowerCase();
  if (lower === 'localhost' || LOOPBACK_V6.has(lower)) return true;
  return LOOPBACK_V4.test(plainAddress(lower));
}

/** `::1`, 2181 → `[::1]:2181`. */
export function joinAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `::ffff:10.0.0.1`, as a client of IPv4 shows on a socket that takes both families, → `10.0.0.1`. Others stay as they are. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
}

/** What a socket tells of its other end, plainly: without the machine's own name of an interface, which stands behind %. */
export function bareAddress(address: string): string {
  return plainAddress(address.replace(/%.*$/, ''));
}

/** To listen on: all addresses of the machine, of IPv4 as well. */
const ALL_ADDRESSES = '::';
const ALL_IPV4_ADDRESSES = '0.0.0.0';

/** Whether it stands for all addresses of the machine, of one family or of both. */
export function isEveryAddress(host: string): boolean {
  return host === ALL_ADDRESSES || host === ALL_IPV4_ADDRESSES;
}

/** What a kernel without IPv6 answers to ALL_ADDRESSES. */
const NO_IPV6_CODES: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

/** Listens on `host`; where that is `::` and the machine knows no IPv6, on all addresses of IPv4. Rejects as `listen` does. */
export async function listenAt<T>(host: string, listen: (host: string) => Promise<T>): Promise<T> {
  try {
    return await listen(host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (host !== ALL_ADDRESSES || !NO_IPV6_CODES.has(code)) throw error;
    return listen(ALL_IPV4_ADDRESSES);
  }
}
