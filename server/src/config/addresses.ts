const LOOPBACK_V4 = /^127(\.\d{1,3}){3}$/;
const LOOPBACK_V6 = new Set(['::1', '0:0:0:0:0:0:0:1']);

/** Whether what listens on this address can be reached from its own machine only. */
export function isLoopbackAddress(host: string): boolean {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const lower = bare.toLowerCase();
  if (lower === 'localhost' || LOOPBACK_V6.has(lower)) return true;
  return LOOPBACK_V4.test(lower.startsWith('::ffff:') ? lower.slice('::ffff:'.length) : lower);
}

/** `::1`, 2181 → `[::1]:2181`. */
export function joinAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
