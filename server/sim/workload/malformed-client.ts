import {
  type ConnectResponse,
  FrameReader,
  FrameStatus,
  Reader,
  readConnectResponse,
  Writer,
  writeConnectRequest,
} from '@rookery/protocol';
import type { Dialled } from '../ensemble.ts';
import type { Prng } from '../prng.ts';
import type { VirtualTime } from '../scheduler.ts';

const PASSWORD_BYTES = 16;
const MAX_FRAME_BYTES = 1024 * 1024;
const MEAN_PAUSE_MS = 1_000;

export interface MalformedClientWorld {
  readonly time: VirtualTime;
  readonly serverIds: readonly number[];
  dial(serverId: number): Dialled | undefined;
  /** A session that somebody else holds now, if any. */
  victim(): number | undefined;
  wrong(rule: string, message: string): void;
}

/** Asks for the sessions of others with passwords that it guesses. */
export class MalformedClient {
  readonly #world: MalformedClientWorld;
  readonly #prng: Prng;
  attempts = 0;
  refusals = 0;

  constructor(world: MalformedClientWorld, prng: Prng) {
    this.#world = world;
    this.#prng = prng;
  }

  start(untilMs: number): void {
    const { time } = this.#world;
    time.after(this.#prng.between(0, 2 * MEAN_PAUSE_MS), () => {
      if (time.nowMs > untilMs) return;
      const session = this.#world.victim();
      if (session !== undefined) this.#try(session);
      this.start(untilMs);
    });
  }

  #try(session: number): void {
    const serverId = this.#prng.pick(this.#world.serverIds);
    const end = this.#world.dial(serverId)?.end;
    if (end === undefined) return;
    this.attempts++;
    const frames = new FrameReader(MAX_FRAME_BYTES);
    end.events = {
      received: (chunk) => {
        frames.push(chunk);
        if (frames.next() !== FrameStatus.frame) return;
        const reader = new Reader().reset(frames.bytes, frames.start, frames.end);
        this.#judge(session, serverId, readConnectResponse(reader));
        end.reset();
      },
      closed: () => {},
    };
    const writer = new Writer();
    writeConnectRequest(writer, {
      protocolVersion: 0,
      lastZxidSeen: 0,
      timeoutMs: 4_000,
      sessionId: session,
      password: this.#prng.bytes(PASSWORD_BYTES),
      readOnly: false,
    });
    end.send(writer.copy());
  }

  #judge(session: number, serverId: number, response: ConnectResponse | undefined): void {
    if (response?.sessionId === 0) this.refusals++;
    else
      this.#world.wrong(
        'nobody gets a session without its password',
        `member ${serverId} gave ${session} away`,
      );
  }
}
