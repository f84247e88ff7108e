import { once } from 'node:events';
import type { Server } from 'node:net';
import { listenAt } from '../config/addresses.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Connections that wait to be accepted; absent: the system's usual number. */
  readonly backlog?: number;
}

/** Rejects where the address cannot be had. `::` takes clients of both families. */
export function listen(server: Server, address: ListenAddress): Promise<void> {
  return listenAt(address.host, async (host) => {
    server.listen({ ...address, host });
    await once(server, 'listening');
  });
}
