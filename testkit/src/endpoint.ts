/** A member's client address on this machine. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export function connectString(endpoints: readonly Endpoint[]): string {
  return endpoints.map((endpoint) => `${endpoint.host}:${endpoint.port}`).join(',');
}
