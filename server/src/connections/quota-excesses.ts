import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import type { QuotaExcess } from '../tree/outcome.ts';

/** More first names of paths are not told apart. */
const MAX_NAMESPACES = 1_000;

/** Writes beyond a quota, for people: said, now and then, and those that were refused are counted by the first name of their paths. */
export class QuotaExcesses {
  readonly refused = new Map<string, number>();
  readonly #lines: ComplaintLog;

  constructor({ log, clock }: { log: Logger; clock: Clock }) {
    this.#lines = new ComplaintLog(log, clock);
  }

  tell({ path, of, limit, value, isHard, isRefused }: QuotaExcess): void {
    const what = isRefused ? 'refused a write beyond a quota' : 'a quota is exceeded';
    this.#lines.say(`${path} ${of}`, what, { path, of, limit, value, hard: isHard });
    if (!isRefused) return;
    const [, namespace = ''] = path.split('/', 2);
    const before = this.refused.get(namespace);
    if (before !== undefined || this.refused.size < MAX_NAMESPACES)
      this.refused.set(namespace, (before ?? 0) + 1);
  }
}
