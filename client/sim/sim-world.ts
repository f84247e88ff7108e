import type { Ensemble } from '../../server/sim/ensemble.ts';
import type { Prng } from '../../server/sim/prng.ts';
import { MachineClock, VirtualProcess } from '../../server/sim/process.ts';
import type { VirtualTime } from '../../server/sim/scheduler.ts';
import type { Trace } from '../../server/sim/trace.ts';
import { addressOf } from '../../server/sim/workload/users.ts';
import type { Address, Link, LinkEvents, Timer, World } from '../src/ports.ts';

/** What is needed of a simulation by a client's machine. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly ensemble: Ensemble;
  readonly trace: Trace;
  /** Something was thrown out of an event of the client's process. */
  threw(error: unknown): void;
}

/** A connection that nobody takes is refused after so long. */
const REFUSAL_MS = 1;

/** A machine of the simulation on which a client's process runs: a clock that drifts, an event loop that may stall, and the simulated network. */
export class SimWorld implements World {
  readonly name: string;
  readonly process: VirtualProcess;
  readonly #around: Surroundings;
  readonly #address: string;
  readonly #prng: Prng;

  constructor(number: number, around: Surroundings, prng: Prng) {
    this.name = `client ${number}`;
    this.#around = around;
    this.#address = addressOf(number);
    this.#prng = prng;
    const clock = new MachineClock(around.time, 1 + prng.between(-5e-4, 5e-4), prng.between(-50, 50));
    this.process = new VirtualProcess(around.time, clock, prng.fork('process'), {
      begins: () => {},
      ran: () => {},
      threw: (error) => around.threw(error),
    });
  }

  nowMs(): number {
    return this.process.monotonicMs();
  }

  wallMs(): number {
    return this.process.wallMs();
  }

  after(delayMs: number, task: () => void): Timer {
    let run: (() => void) | undefined = task;
    this.process.later(delayMs, () => run?.());
    return {
      cancel: () => {
        run = undefined;
      },
    };
  }

  atTurnEnd(task: () => void): void {
    this.process.defer(task);
  }

  random(bound: number): number {
    return bound < 1 ? 0 : Math.floor(this.#prng.fraction() * Math.floor(bound));
  }

  resolve(): Promise<readonly Address[]> {
    return Promise.resolve(this.#around.ensemble.serverIds.map((id) => ({ host: `member-${id}`, port: id })));
  }

  dial({ port }: Address, events: LinkEvents): Link {
    const { ensemble } = this.#around;
    const { process } = this;
    let closed = false;
    const close = (reason: string): void => {
      if (closed) return;
      closed = true;
      events.closed(reason);
    };
    const dialled = ensemble.dial(this.name, this.#address, port);
    if (dialled === undefined) {
      process.later(REFUSAL_MS, () => close('nobody listens there'));
      return {
        write: () => {},
        end: () => {},
        destroy: () => process.later(0, () => close('this side closed it')),
      };
    }
    const { end } = dialled;
    end.events = {
      received: (chunk) =>
        process.post(() => {
          if (!closed) events.received(chunk);
        }),
      closed: () => process.post(() => close('the other side closed it')),
    };
    process.later(0, () => {
      if (!closed) events.opened();
    });
    return {
      write: (bytes) => end.send(bytes),
      end: () => end.finish(),
      destroy: () => {
        end.reset();
        process.later(0, () => close('this side closed it'));
      },
    };
  }
}
