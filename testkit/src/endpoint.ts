import type { ConnectionOptions } from 'node:tls';

/** Where members of this machine listen. */
export const HOST = '127.0.0.1';

/** A member's client address on this machine. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Whom the client trusts there and what it shows; undefined: it speaks without TLS. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>;
}

export function connectString(endpoints: readonly Endpoint[]): string {
  return endpoints.map((endpoint) => `${endpoint.host}:${endpoint.port}`).join(',');
}
