import type { Socket } from 'node:net';
import { dial } from './dial.ts';
import type { Endpoint } from './endpoint.ts';
import {
  type ConnectReply,
  REPLY_HEADER_BYTES,
  type ReplyHeader,
  readBytes,
  readConnectReply,
  readMultiError,
  readReplyHeader,
  readStat,
  readStrings,
  STAT_BYTES,
  type Stat,
} from './wire/replies.ts';
import {
  connectRequest,
  createBody,
  createFlags,
  deleteBody,
  EVENT_XID,
  multiOfSets,
  noSession,
  op,
  PING_XID,
  readBody,
  request,
  type SessionIdentity,
  setBody,
  text,
} from './wire/requests.ts';

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** The connection is gone; whether a request that was under way took effect is unknown. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** The member does not know the session that was to be taken over, or takes no new one. */
export class SessionRefused extends Error {
  override readonly name = 'SessionRefused';
}

/** The server answered a request with one of the protocol's error codes. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: number;

  constructor(code: number, what: string) {
    super(`${what}: error ${code}`);
    this.code = code;
  }
}

export interface SessionOptions {
  /** What to ask for; the server clamps it. */
  readonly timeoutMs?: number;
  /** An existing session to take over. */
  readonly resume?: SessionIdentity;
  /** How long to wait for the connection and the session. */
  readonly connectTimeoutMs?: number;
  /** Told of each event of a watch, in the order in which it came between the replies. */
  readonly onEvent?: () => void;
}

export interface Reply extends ReplyHeader {
  /** What follows the reply header. */
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One session on one connection to one member, for the set-up, the checks and the few writers whose interruptions are
 * measured: a promise per request. The load itself goes through `LoadConnection`.
 */
export class ClientSession {
  readonly socket: Socket;
  readonly identity: ConnectReply;
  /** Settles when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>;
  readonly #waiting: Waiting[] = [];
  readonly #pings: NodeJS.Timeout;
  readonly #onEvent: (() => void) | undefined;
  #received: Buffer;
  #xid = 0;
  #gone = false;

  /** Made by its static functions alone. */
  constructor(socket: Socket, identity: ConnectReply, rest: Buffer, onEvent?: () => void) {
    this.socket = socket;
    this.identity = identity;
    this.#received = rest;
    this.#onEvent = onEvent;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#lose();
        resolve();
      });
    });
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#pings = setInterval(() => this.#ping(), Math.max(100, identity.timeoutMs / 3));
    this.#pings.unref();
  }

  /** Rejects with ConnectionLost or SessionRefused. */
  static connect(endpoint: Endpoint, options: SessionOptions = {}): Promise<ClientSession> {
    return new Promise((resolve, reject) => {
      const socket = dial(endpoint);
      let received = Buffer.alloc(0);
      const lost = (): void => {
        socket.destroy();
        reject(new ConnectionLost(`${endpoint.host}:${endpoint.port} gave no session`));
      };
      const refused = (): void => {
        socket.destroy();
        reject(new SessionRefused(`${endpoint.host}:${endpoint.port} refused the session`));
      };
      socket.setTimeout(options.connectTimeoutMs ?? 5_000, lost);
      socket.once('error', lost);
      socket.once('close', lost);
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
        const end = 4 + received.readInt32BE(0);
        const identity = readConnectReply(received.subarray(4, end));
        if (identity.timeoutMs <= 0) {
          refused();
          return;
        }
        socket.setTimeout(0);
        socket.off('error', lost).off('close', lost).off('data', onData);
        resolve(new ClientSession(socket, identity, received.subarray(end), options.onEvent));
      };
      socket.on('data', onData);
      socket.write(connectRequest(options.resume ?? noSession, options.timeoutMs ?? 30_000));
    });
  }

  /** Rejects with ConnectionLost; an error code of the protocol comes back in the reply. */
  request(operation: number, ...body: readonly Buffer[]): Promise<Reply> {
    if (this.#gone) return Promise.reject(new ConnectionLost('the connection is closed'));
    this.#xid += 1;
    this.socket.write(request(this.#xid, operation, ...body));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async create(path: string, data: Buffer, flags: number = createFlags.persistent): Promise<string> {
    const reply = await this.#ask(`create ${path}`, op.create, createBody(path, data, flags));
    return readBytes(reply.body, 0).toString('utf8');
  }

  async set(path: string, data: Buffer, version = -1): Promise<Stat> {
    const reply = await this.#ask(`set ${path}`, op.setData, setBody(path, data, version));
    return readStat(reply.body, 0);
  }

  async get(path: string): Promise<{ data: Buffer; stat: Stat }> {
    const reply = await this.#ask(`get ${path}`, op.getData, readBody(path));
    const data = readBytes(reply.body, 0);
    return { data, stat: readStat(reply.body, reply.body.length - STAT_BYTES) };
  }

  async children(path: string): Promise<string[]> {
    return readStrings((await this.#ask(`list ${path}`, op.getChildren, readBody(path))).body, 0);
  }

  /** Leaves a watch. */
  async existsWatched(path: string): Promise<Stat> {
    const reply = await this.#ask(`watch ${path}`, op.exists, readBody(path, true));
    return readStat(reply.body, 0);
  }

  /** Sets all of the nodes, or none. */
  async setTogether(sets: readonly { readonly path: string; readonly data: Buffer }[]): Promise<void> {
    const { body } = await this.#ask('multi', op.multi, multiOfSets(sets));
    const failed = readMultiError(body);
    if (failed !== undefined) throw new Refused(failed, 'multi');
  }

  async delete(path: string, version = -1): Promise<void> {
    await this.#ask(`delete ${path}`, op.delete, deleteBody(path, version));
  }

  async sync(path: string): Promise<void> {
    await this.#ask(`sync ${path}`, op.sync, text(path));
  }

  /** Ends the session at the server, then the connection. */
  async close(): Promise<void> {
    await this.request(op.closeSession).catch(() => undefined);
    this.drop();
  }

  /** Drops the connection without a word; the session lives on until it expires. */
  drop(): void {
    this.socket.destroy();
    this.#lose();
  }

  async #ask(what: string, operation: number, body: Buffer): Promise<Reply> {
    const reply = await this.request(operation, body);
    if (reply.err !== 0) throw new Refused(reply.err, what);
    return reply;
  }

  #ping(): void {
    if (!this.#gone) this.socket.write(request(PING_XID, op.ping));
  }

  #onData(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 4) {
      const length = this.#received.readInt32BE(0);
      if (length < REPLY_HEADER_BYTES || length > MAX_FRAME_BYTES) {
        this.drop();
        return;
      }
      if (this.#received.length < 4 + length) return;
      const frame = this.#received.subarray(4, 4 + length);
      this.#received = this.#received.subarray(4 + length);
      const header = readReplyHeader(frame);
      if (header.xid === EVENT_XID) this.#onEvent?.();
      if (header.xid < 0) continue;
      this.#waiting.shift()?.resolve({ ...header, body: frame.subarray(REPLY_HEADER_BYTES) });
    }
  }

  #lose(): void {
    this.#gone = true;
    clearInterval(this.#pings);
    for (const waiting of this.#waiting.splice(0))
      waiting.reject(new ConnectionLost('the connection was lost'));
  }
}
