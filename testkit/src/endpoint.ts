/** A member's client address on this machine. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export function connectString(endpoints: readonly Endpoint[]): string {
  return endpoints.map((endpoint) => `${endpoint.host}:${endpoint.port}`).join(',');
}

export function parseConnectString(text: string): Endpoint[] {
  return text.split(',').map((part) => {
    const colon = part.lastIndexOf(':');
    return { host: part.slice(0, colon), port: Number(part.slice(colon + 1)) };
  });
}
