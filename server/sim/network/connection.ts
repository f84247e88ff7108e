import type { Prng } from '../prng.ts';
import type { VirtualTime } from '../scheduler.ts';
import { Flow } from './flow.ts';
import type { Route } from './route.ts';

/** What the kernel takes of a connection's output before it piles up in the process. */
export const KERNEL_BUFFER_BYTES = 16 * 1024;

/** What one end of a connection hears. */
export interface EndEvents {
  received(chunk: Uint8Array): void;
  /** The other end closed, died, or the connection broke. Not called for one's own close. */
  closed(): void;
  /** This end closed. */
  shut?(): void;
  /** What had piled up beyond the kernel's buffer was taken. */
  drained?(): void;
}

/** One end of a TCP connection. */
export class End {
  readonly #out: Flow;
  readonly #in: Flow;
  #open = true;
  #piledUp = false;
  events: EndEvents | undefined;

  constructor(out: Flow, back: Flow) {
    this.#out = out;
    this.#in = back;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Bytes sent that the other end has not received yet. */
  get inFlightBytes(): number {
    return this.#out.inFlightBytes;
  }

  send(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#out.send(bytes);
    if (this.#out.inFlightBytes > KERNEL_BUFFER_BYTES) this.#piledUp = true;
  }

  /** Closes after what was sent has arrived. */
  finish(): void {
    if (!this.#shut()) return;
    this.#out.end();
  }

  /** Closes at once; part of what was under way is lost. The other end hears of it as soon as the route lets it. */
  reset(): void {
    if (!this.#shut()) return;
    this.#out.cut();
  }

  /** The machine lost its power: the other end hears nothing, until `reset` is called for it by the machine's next life. */
  vanish(): void {
    this.#shut();
  }

  /** The rebooted machine answers the other end's bytes with a reset. */
  refuse(): void {
    this.#out.cut();
  }

  pause(): void {
    if (this.#open) this.#in.hold();
  }

  resume(): void {
    if (this.#open) this.#in.release();
  }

  /** @internal The flow towards this end has ended. */
  endReached(): void {
    this.#out.cut();
    if (!this.#open) return;
    this.#open = false;
    this.events?.closed();
  }

  /** @internal The other end received some of what this one sent. */
  taken(): void {
    if (!this.#piledUp || this.#out.inFlightBytes > KERNEL_BUFFER_BYTES) return;
    this.#piledUp = false;
    if (this.#open) this.events?.drained?.();
  }

  #shut(): boolean {
    if (!this.#open) return false;
    this.#open = false;
    this.#in.abandon();
    this.events?.shut?.();
    return true;
  }
}

/** A TCP connection between two places: `near` is the one that dialled. */
export class Connection {
  readonly near: End;
  readonly far: End;
  readonly bornMs: number;
  readonly #there: Flow;
  readonly #back: Flow;

  constructor(time: VirtualTime, prng: Prng, there: Route, back: Route) {
    this.bornMs = time.nowMs;
    this.#there = new Flow(time, there, prng, {
      arrived: (chunk) => {
        this.far.events?.received(chunk);
        this.near.taken();
      },
      ended: () => this.far.endReached(),
    });
    this.#back = new Flow(time, back, prng, {
      arrived: (chunk) => {
        this.near.events?.received(chunk);
        this.far.taken();
      },
      ended: () => this.near.endReached(),
    });
    this.near = new End(this.#there, this.#back);
    this.far = new End(this.#back, this.#there);
  }

  /** The network breaks it: both ends hear of it, and part of what was under way is lost. */
  break(): void {
    this.#there.cut();
    this.#back.cut();
  }
}
