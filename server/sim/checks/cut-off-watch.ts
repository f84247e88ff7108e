import type { Host } from '../host.ts';
import type { Report } from './report.ts';

/** Between two looks at one machine. */
const STEP_MS = 100;
/** A member takes its word for received while it has heard its leader within 300 ms, and reviews its connections ten times a second. */
const GRACE_MS = 800;

/**
 * Who is cut off together with its member is not answered from a session that the others have ended: another client may hold what it believes
 * to hold.
 */
export class CutOffWatch {
  readonly #report: Report;
  readonly #nowMs: () => number;
  /** Session → when the first member applied its expiry. */
  readonly #expired = new Map<number, number>();
  readonly #looked = new Map<Host, number>();

  constructor(report: Report, nowMs: () => number) {
    this.#report = report;
    this.#nowMs = nowMs;
  }

  expired(session: number): void {
    this.#expired.set(session, this.#nowMs());
  }

  /** After an event of its process. */
  look(host: Host): void {
    const nowMs = this.#nowMs();
    if (nowMs - (this.#looked.get(host) ?? 0) < STEP_MS) return;
    this.#looked.set(host, nowMs);
    const { member, process } = host;
    if (member?.running === undefined || process === undefined) return;
    const { silentMs } = member.running.replica;
    if (process.runsSinceMs > nowMs - GRACE_MS) return;
    for (const { isOpen, hasSession, session, timeoutMs } of member.clients.registry) {
      const endedMs = this.#expired.get(session);
      if (!isOpen || !hasSession || endedMs === undefined || silentMs < timeoutMs + GRACE_MS) continue;
      this.#expired.delete(session);
      const message = `${host.name} has heard no leader for ${silentMs} ms, and has a connection of session ${session}, which ended ${(nowMs - endedMs).toFixed(0)} ms ago`;
      this.#report('who is cut off with its member is not answered from an ended session', message);
    }
  }
}
