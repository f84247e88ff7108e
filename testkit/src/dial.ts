import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Endpoint } from './endpoint.ts';

/** A connection to the member, by TLS where the endpoint says so; what is written before it is there waits. */
export function dial({ host, port, tls }: Endpoint): Socket {
  const socket = tls === undefined ? connect({ host, port }) : connectTls({ ...tls, host, port });
  socket.setNoDelay(true);
  return socket;
}
