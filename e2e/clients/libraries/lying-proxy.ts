import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Endpoint, HOST } from '../../../testkit/src/endpoint.ts';
import { onFrames } from '../../../testkit/src/wire/frames.ts';
import { op } from '../../../testkit/src/wire/requests.ts';
import type { Lie } from './lies.ts';

/** Between a client and a member: it hands on what both say, but for a lie. */
export class LyingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** Made by its static function alone. */
  constructor(server: Server) {
    this.#server = server;
  }

  static async start(member: Endpoint, lie: Lie): Promise<LyingProxy> {
    const server = createServer();
    const proxy = new LyingProxy(server);
    server.on('connection', (client) => proxy.#serve(client, member, lie));
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return proxy;
  }

  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return { host: HOST, port: address.port };
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client: Socket, member: Endpoint, lie: Lie): void {
    const upstream = connect(member.port, member.host);
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true).on('error', () => socket.destroy());
    }
    // A lie about a session's end needs the member not to see the client go.
    client.on('close', () => lie.hidesEnds || upstream.destroy());
    upstream.on('close', () => client.end());
    const operations = new Map<number, number>();
    let isFirst = true;
    onFrames(client, (frame) => {
      if (isFirst) {
        isFirst = false;
        upstream.write(frame);
        return;
      }
      const xid = frame.readInt32BE(4);
      const operation = frame.readInt32BE(8);
      const forged = lie.forgedReply?.(operation, frame);
      if (forged !== undefined) {
        client.write(forged);
        // As a member does with the session.
        if (operation === op.closeSession) client.end();
        return;
      }
      operations.set(xid, operation);
      upstream.write(frame);
    });
    let isGreeting = true;
    onFrames(upstream, (frame) => {
      if (isGreeting) {
        isGreeting = false;
        client.write(frame);
        return;
      }
      const told = lie.reply?.(operations.get(frame.readInt32BE(4)) ?? 0, frame) ?? frame;
      if (told !== 'dropped') client.write(told);
    });
  }
}
