import {
  ErrorCode,
  FrameReader,
  FrameStatus,
  OpCode,
  Reader,
  readReplyHeader,
  Writer,
  writeConnectRequest,
  writeDeleteRequest,
  writeMultiReadRequest,
  writePingRequest,
} from '@rookery/protocol';
import type { Dialled } from '../ensemble.ts';
import type { Prng } from '../prng.ts';
import type { VirtualTime } from '../scheduler.ts';
import { LEDGER, registerPaths } from './mix.ts';

const NO_PASSWORD = new Uint8Array(16);
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const MEAN_PAUSE_MS = 1_500;
const SESSION_TIMEOUT_MS = 2_000;
/** How long it holds on to what it got. */
const HOLD_MS = [300, 2_500] as const;
/** Requests that it sends at once. */
const MANY = 60;
/** Reads in one of them. */
const SEVERAL = 16;
/** Never there: what a glutton writes changes nothing. */
const NOWHERE = '/nowhere';

export interface GluttonWorld {
  readonly time: VirtualTime;
  readonly serverIds: readonly number[];
  /** Longest request that members take, and what they hold for all clients together. */
  readonly requestBytes: number;
  readonly clientMemoryBytes: number;
  dial(serverId: number): Dialled | undefined;
  /** Its request was refused for what the answer would come to. */
  answerRefused(): void;
}

/** Takes as much as it can of a member, in one of the ways there are. What it does changes no node, and it reads nothing that matters. */
export class Glutton {
  readonly #world: GluttonWorld;
  readonly #prng: Prng;

  constructor(world: GluttonWorld, prng: Prng) {
    this.#world = world;
    this.#prng = prng;
  }

  start(untilMs: number): void {
    const { time, serverIds } = this.#world;
    time.after(this.#prng.between(0, 2 * MEAN_PAUSE_MS), () => {
      if (time.nowMs > untilMs) return;
      const serverId = this.#prng.pick(serverIds);
      const way = this.#prng.pick(['unfinished', 'unread', 'early', 'many reads in one'] as const);
      if (way === 'unfinished') this.#beginMessages(serverId);
      else if (way === 'unread') this.#readNothing(serverId);
      else if (way === 'early') this.#askTooEarly(serverId);
      else this.#askForMuch(serverId);
      this.start(untilMs);
    });
  }

  /** Many connections, each with most of a message that never ends. */
  #beginMessages(serverId: number): void {
    const { requestBytes, clientMemoryBytes } = this.#world;
    const part = new Uint8Array(requestBytes - 1);
    new DataView(part.buffer).setInt32(0, requestBytes);
    for (let bytes = 0; bytes < 2 * clientMemoryBytes; bytes += part.length) {
      const end = this.#open(serverId);
      if (end === undefined) return;
      end.send(part);
    }
  }

  /** Much to read between two writes, which is answered together, and not read. */
  #readNothing(serverId: number): void {
    const end = this.#open(serverId);
    if (end === undefined) return;
    const writer = begin();
    writeDeleteRequest(writer, 1, NOWHERE, -1);
    for (let xid = 2; xid < MANY; xid++) writeMultiReadRequest(writer, xid, readsOf(SEVERAL));
    writeDeleteRequest(writer, MANY, NOWHERE, -1);
    end.pause();
    end.send(writer.copy());
  }

  /** Does not wait for its session. */
  #askTooEarly(serverId: number): void {
    const writer = begin();
    for (let count = 0; count < MANY; count++) writePingRequest(writer);
    this.#open(serverId)?.send(writer.copy());
  }

  /** One short request for the same nodes over and over. */
  #askForMuch(serverId: number): void {
    const end = this.#open(serverId);
    if (end === undefined) return;
    const frames = new FrameReader(MAX_FRAME_BYTES);
    let welcomed = false;
    end.events = {
      received: (chunk) => {
        frames.push(chunk);
        for (let status = frames.next(); status === FrameStatus.frame; status = frames.next()) {
          const reader = new Reader().reset(frames.bytes, frames.start, frames.end);
          if (welcomed && readReplyHeader(reader).err === ErrorCode.systemError) this.#world.answerRefused();
          welcomed = true;
        }
      },
      closed: () => {},
    };
    const writer = begin();
    writeMultiReadRequest(writer, 1, readsOf(MANY));
    end.send(writer.copy());
  }

  /** A connection that it gives up after a while. */
  #open(serverId: number): Dialled['end'] | undefined {
    const end = this.#world.dial(serverId)?.end;
    if (end === undefined) return undefined;
    end.events = { received: () => {}, closed: () => {} };
    this.#world.time.after(this.#prng.between(...HOLD_MS), () => end.reset());
    return end;
  }
}

/** So many, of nodes and of a list, in turn. */
function readsOf(count: number): { op: number; path: string }[] {
  return Array.from({ length: count }, (_, at) =>
    at % 2 === 0
      ? { op: OpCode.getChildren, path: LEDGER }
      : { op: OpCode.getData, path: registerPaths[at % registerPaths.length] as string },
  );
}

function begin(): Writer {
  const writer = new Writer();
  writeConnectRequest(writer, {
    protocolVersion: 0,
    lastZxidSeen: 0,
    timeoutMs: SESSION_TIMEOUT_MS,
    sessionId: 0,
    password: NO_PASSWORD,
    readOnly: false,
  });
  return writer;
}
