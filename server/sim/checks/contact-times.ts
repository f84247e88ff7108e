import type { VirtualTime } from '../scheduler.ts';

/** Times kept: enough for the longest timeout. */
const MAX_TIMES = 100;
/** Times closer together than this count as one, in virtual ms. */
const STEP_MS = 50;

/** When a member took in what one client's connection sent it: the last few times, in virtual ms. */
export class ContactTimes {
  readonly serverId: number;
  /** The life of the machine in which it was accepted. */
  readonly life: number;
  readonly #time: VirtualTime;
  readonly #times: number[] = [];
  /** Neither side has closed the connection. */
  open = true;

  constructor(time: VirtualTime, serverId: number, life: number) {
    this.#time = time;
    this.serverId = serverId;
    this.life = life;
  }

  heard(): void {
    const times = this.#times;
    const { nowMs } = this.#time;
    if (nowMs - (times.at(-1) ?? -STEP_MS) < STEP_MS) return;
    times.push(nowMs);
    if (times.length > 2 * MAX_TIMES) times.splice(0, MAX_TIMES);
  }

  ended(): void {
    this.open = false;
  }

  /** The last time within (from, to), or undefined. */
  lastWithin(fromMs: number, toMs: number): number | undefined {
    return this.#times.findLast((time) => time > fromMs && time < toMs);
  }
}
