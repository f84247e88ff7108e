import {
  type ConnectResponse,
  FrameReader,
  FrameStatus,
  type Identities,
  OpCode,
  Reader,
  type ReplyHeader,
  readConnectResponse,
  readReplyHeader,
  readWatchEvent,
  Writer,
  writeAuthRequest,
  writeCloseSessionRequest,
  writeConnectRequest,
  writePingRequest,
  writeSetWatchesRequest,
  Xid,
} from '@rookery/protocol';
import type { WatchEvent } from '../checks/watch-checker.ts';
import type { Dialled } from '../ensemble.ts';
import type { Action } from '../history/operation.ts';
import { encodeAction } from './codec.ts';
import type { WatchLists } from './watch-registry.ts';

const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const NO_PASSWORD = new Uint8Array(16);

export interface Credentials {
  readonly id: number;
  readonly password: Uint8Array;
}

/** A request whose reply has not come. */
export interface Owed {
  readonly xid: number;
  /** Absent for pings, auth, setWatches and the close of the session. */
  readonly operation?: number;
  readonly action?: Action;
  /** What the connection had proved when it was sent. */
  readonly identities?: Identities;
}

export interface ConversationEvents {
  welcomed(response: ConnectResponse): void;
  replied(owed: Owed, header: ReplyHeader, reader: Reader): void;
  event(event: WatchEvent): void;
  /** Something came. */
  heard(): void;
  /** The member or the network ended it. */
  ended(): void;
  /** What came breaks the protocol. */
  wrong(rule: string, message: string): void;
}

/** One connection of a client, in the words of ZooKeeper's protocol: replies must come in the order of the requests. */
export class Conversation {
  readonly dialled: Dialled;
  readonly owed: Owed[] = [];
  welcome = false;
  readonly #frames = new FrameReader(MAX_FRAME_BYTES);
  readonly #events: ConversationEvents;
  #over = false;

  constructor(dialled: Dialled, events: ConversationEvents) {
    this.dialled = dialled;
    this.#events = events;
    dialled.end.events = {
      received: (chunk) => this.#received(chunk),
      closed: () => {
        if (this.#over) return;
        this.#over = true;
        events.ended();
      },
    };
  }

  connect(credentials: Credentials | undefined, lastZxidSeen: number, timeoutMs: number): void {
    const writer = new Writer();
    writeConnectRequest(writer, {
      protocolVersion: 0,
      lastZxidSeen,
      timeoutMs,
      sessionId: credentials?.id ?? 0,
      password: credentials?.password ?? NO_PASSWORD,
      readOnly: false,
    });
    this.dialled.end.send(writer.copy());
  }

  ping(): void {
    this.#send((writer) => writePingRequest(writer), { xid: Xid.ping });
  }

  setWatches(sinceZxid: number, lists: WatchLists): void {
    const isOld = lists.persistent.length + lists.persistentRecursive.length === 0;
    const op = isOld ? OpCode.setWatches : OpCode.setWatches2;
    this.#send((writer) => writeSetWatchesRequest(writer, op, sinceZxid, lists), { xid: Xid.setWatches });
  }

  closeSession(xid: number): void {
    this.#send((writer) => writeCloseSessionRequest(writer, xid), { xid });
  }

  ask(xid: number, operation: number, action: Action, identities: Identities): void {
    this.#send((writer) => encodeAction(writer, xid, action), { xid, operation, action, identities });
  }

  /** What stands behind it is asked for with what it proves. */
  auth(scheme: string, proof: string): void {
    this.#send((writer) => writeAuthRequest(writer, scheme, new TextEncoder().encode(proof)), {
      xid: Xid.auth,
    });
  }

  /** Ends it from this side; nothing of it is heard any more. */
  drop(): void {
    if (this.#over) return;
    this.#over = true;
    this.dialled.end.reset();
  }

  /** Ends it from this side without a sign: what is under way to the member still arrives. */
  vanish(): void {
    if (this.#over) return;
    this.#over = true;
    this.dialled.end.vanish();
  }

  #send(encode: (writer: Writer) => void, owed: Owed): void {
    const writer = new Writer();
    encode(writer);
    this.owed.push(owed);
    this.dialled.end.send(writer.copy());
  }

  #received(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#events.heard();
    this.#frames.push(chunk);
    for (;;) {
      const status = this.#frames.next();
      if (status === FrameStatus.none) return;
      if (status !== FrameStatus.frame) {
        this.#events.wrong('replies are frames', `length ${this.#frames.badLength}`);
        return;
      }
      const reader = new Reader().reset(this.#frames.bytes, this.#frames.start, this.#frames.end);
      if (this.welcome) this.#message(reader);
      else this.#first(reader);
      if (this.#over) return;
    }
  }

  #first(reader: Reader): void {
    const response = readConnectResponse(reader);
    if (response === undefined) {
      this.#events.wrong('replies can be read', 'the connect response');
      return;
    }
    this.welcome = response.sessionId !== 0;
    this.#events.welcomed(response);
  }

  #message(reader: Reader): void {
    const header = readReplyHeader(reader);
    if (header.xid === Xid.watchEvent) {
      const { type, path } = readWatchEvent(reader);
      const event = { zxid: header.zxid, type, path };
      if (reader.failed) this.#events.wrong('events can be read', `zxid ${header.zxid}`);
      else this.#events.event(event);
      return;
    }
    const owed = this.owed.shift();
    if (owed === undefined || owed.xid !== header.xid) {
      const message = `xid ${header.xid}, expected ${owed?.xid}`;
      this.#events.wrong('replies come in the order of requests', message);
      return;
    }
    this.#events.replied(owed, header, reader);
  }
}
