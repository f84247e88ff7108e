import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

const QUIET_MS = 60_000;
const MAX_SUBJECTS = 100;

/** Lines that others can cause at will: each subject is logged once, then once a minute with a count. */
export class ComplaintLog {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #subjects = new Map<string, { untilMs: number; suppressed: number }>();

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  say(subject: string, message: string, fields: object, level: 'warn' | 'error' = 'warn'): void {
    const now = this.#clock.monotonicMs();
    let known = this.#subjects.get(subject);
    if (known !== undefined && now < known.untilMs) {
      known.suppressed++;
      return;
    }
    if (known === undefined) {
      // Bounded whatever is sent: beyond it nothing new is named.
      if (this.#subjects.size >= MAX_SUBJECTS) return;
      known = { untilMs: 0, suppressed: 0 };
      this.#subjects.set(subject, known);
    }
    this.#log[level](known.suppressed > 0 ? { ...fields, suppressed: known.suppressed } : fields, message);
    known.untilMs = now + QUIET_MS;
    known.suppressed = 0;
  }
}
