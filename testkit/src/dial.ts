import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Endpoint } from './endpoint.ts';

/** A connection to the member, by TLS where the endpoint says so; what is written before it is there waits. @param onread takes what comes, instead of 'data' */
export function dial({ host, port, tls }: Endpoint, onread?: OnReadOpts): Socket {
  const to = { host, port, ...(onread === undefined ? {} : { onread }) };
  const socket = tls === undefined ? connect(to) : connectTls({ ...tls, ...to });
  socket.setNoDelay(true);
  return socket;
}
