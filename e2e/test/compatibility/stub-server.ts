import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { bytes, frame, int, long, text } from '../../../testkit/src/wire/requests.ts';
import { opCodes } from '../../compatibility/requests.ts';

/** What a message is about, for a lie to choose by. */
export interface Message {
  readonly kind: 'connected' | 'reply' | 'event';
  /** The operation's code; 0 for the others. */
  readonly op: number;
  readonly body: Buffer;
}

/** Changes what leaves the server: other messages in place of one. */
export type Lie = (message: Message) => readonly Buffer[];

export interface StubOptions {
  /** The zxid before the first one. */
  readonly zxid?: number;
  /** The zxids of transactions stand this far apart. */
  readonly step?: number;
  readonly sessionId?: number;
  readonly password?: number;
  readonly clockAheadMs?: number;
  readonly lie?: Lie;
}

interface Node {
  data: Buffer;
  version: number;
  readonly czxid: number;
  mzxid: number;
  readonly ctimeMs: number;
  mtimeMs: number;
  readonly owner: number;
}

/**
 * Just enough of a server to play a scenario of create, getData, setData and closeSession against, truthfully or not. Each
 * instance numbers and dates as it likes.
 */
export class StubServer {
  readonly #options: Required<StubOptions>;
  readonly #nodes = new Map<string, Node>();
  readonly #watchers = new Map<string, Set<Socket>>();
  readonly #server: Server;
  #zxid: number;
  #sessions = 0;

  /** Made by its static functions alone. */
  constructor(options: StubOptions) {
    this.#options = {
      zxid: 0,
      step: 1,
      sessionId: 100,
      password: 1,
      clockAheadMs: 0,
      lie: ({ body }) => [body],
      ...options,
    };
    this.#zxid = this.#options.zxid;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static start(options: StubOptions = {}): Promise<StubServer> {
    const stub = new StubServer(options);
    return new Promise((resolve) => stub.#server.listen(0, '127.0.0.1', () => resolve(stub)));
  }

  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the stub does not listen');
    return { host: '127.0.0.1', port: address.port };
  }

  stop(): void {
    this.#server.close();
  }

  #serve(socket: Socket): void {
    let session = 0;
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const body = received.subarray(4, 4 + received.readInt32BE(0));
        received = received.subarray(4 + body.length);
        if (session === 0) session = this.#welcome(socket);
        else this.#answer(socket, body, session);
      }
    });
  }

  #welcome(socket: Socket): number {
    const session = this.#options.sessionId + ++this.#sessions;
    const password = Buffer.alloc(16, this.#options.password + this.#sessions);
    const body = Buffer.concat([int(0), int(10_000), long(session), bytes(password), Buffer.from([0])]);
    this.#send(socket, { kind: 'connected', op: 0, body });
    return session;
  }

  #answer(socket: Socket, request: Buffer, session: number): void {
    const xid = request.readInt32BE(0);
    const op = request.readInt32BE(4);
    const pathEnd = op === opCodes.closeSession ? 8 : 12 + request.readInt32BE(8);
    const path = request.toString('utf8', 12, pathEnd);
    const [err, record] = this.#perform(socket, op, path, request, pathEnd, session);
    const body = Buffer.concat([int(xid), long(this.#zxid), int(err), record]);
    this.#send(socket, { kind: 'reply', op, body });
    if (op === opCodes.closeSession) socket.end();
  }

  #perform(
    socket: Socket,
    op: number,
    path: string,
    request: Buffer,
    at: number,
    session: number,
  ): readonly [err: number, record: Buffer] {
    const nothing = Buffer.alloc(0);
    const node = this.#nodes.get(path);
    const now = Date.now() + this.#options.clockAheadMs;
    if (op !== opCodes.getData) this.#zxid += this.#options.step;
    const zxid = this.#zxid;
    switch (op) {
      case opCodes.create: {
        if (node !== undefined) return [-110, nothing];
        const data = request.subarray(at + 4, at + 4 + Math.max(0, request.readInt32BE(at)));
        const owner = request.readInt32BE(request.length - 4) === 1 ? session : 0;
        const times = { ctimeMs: now, mtimeMs: now };
        this.#nodes.set(path, {
          data: Buffer.from(data),
          version: 0,
          czxid: zxid,
          mzxid: zxid,
          ...times,
          owner,
        });
        return [0, text(path)];
      }
      case opCodes.getData: {
        if (node === undefined) return [-101, nothing];
        if (request[at] === 1) this.#watchers.set(path, (this.#watchers.get(path) ?? new Set()).add(socket));
        return [0, Buffer.concat([bytes(node.data), stat(node)])];
      }
      case opCodes.setData: {
        if (node === undefined) return [-101, nothing];
        node.data = Buffer.from(request.subarray(at + 4, at + 4 + request.readInt32BE(at)));
        node.version += 1;
        node.mzxid = zxid;
        node.mtimeMs = now;
        const body = Buffer.concat([int(-1), long(zxid), int(0), int(3), int(3), text(path)]);
        for (const watcher of this.#watchers.get(path) ?? [])
          this.#send(watcher, { kind: 'event', op: 0, body });
        this.#watchers.delete(path);
        return [0, stat(node)];
      }
      default:
        return [0, nothing];
    }
  }

  #send(socket: Socket, message: Message): void {
    for (const body of this.#options.lie(message)) socket.write(frame(body));
  }
}

function stat(node: Node): Buffer {
  return Buffer.concat([
    long(node.czxid),
    long(node.mzxid),
    long(node.ctimeMs),
    long(node.mtimeMs),
    int(node.version),
    int(0),
    int(0),
    long(node.owner),
    int(node.data.length),
    int(0),
    long(node.czxid),
  ]);
}
