import type { SessionLife } from '../oracle/oracle.ts';
import type { ContactTimes } from './contact-times.ts';

/** Machine clocks differ from virtual time by at most 0.05 %; events are looked at a moment after they happen. */
const CLOCK_TOLERANCE = 0.998;
/**
 * What a member hears reaches its leader within this, over an undisturbed link: members review their sessions ten times a second, and a
 * leader makes up for stalls of its own that last longer than half a second.
 */
const FORWARD_MS = 700;
/** A follower knows its leader, and where its requests stand with it, within this time. */
const SETTLE_MS = 1_000;

export interface ExpiryWorld {
  nowMs(): number;
  /** Since when the way from one member to another has been undisturbed, and the one that hears has run without a stall. */
  clearSinceMs(from: number, to: number): number;
  lifeOf(serverId: number): number;
}

interface Decision {
  readonly attachIndex: number;
  /** Why it should not have been taken; undefined where nothing speaks against it. */
  readonly objection: string | undefined;
}

/**
 * Judges expiries by the promises that sessions rest on: a whole timeout of silence since the last attachment, a whole timeout under
 * the leader that decides, and nothing heard meanwhile by a member whose word reaches that leader.
 */
export class ExpiryWatch {
  readonly #report: (rule: string, message: string) => void;
  readonly #world: ExpiryWorld;
  readonly #leads = new Map<number, number>();
  /** Session → the connection that holds it, since when its client knows that. */
  readonly #held = new Map<number, { readonly contacts: ContactTimes; readonly sinceMs: number }>();
  readonly #decisions = new Map<number, Decision[]>();

  constructor(report: (rule: string, message: string) => void, world: ExpiryWorld) {
    this.#report = report;
    this.#world = world;
  }

  leads(term: number): void {
    if (!this.#leads.has(term)) this.#leads.set(term, this.#world.nowMs());
  }

  /** A client was told that this connection holds the session. */
  held(session: number, contacts: ContactTimes): void {
    this.#held.set(session, { contacts, sinceMs: this.#world.nowMs() });
  }

  /** A leader has decided that the session fell silent under this attachment; the log may still void it. */
  decided(serverId: number, term: number, attachIndex: number, life: SessionLife): void {
    const objection = this.#objection(serverId, term, life);
    const decisions = this.#decisions.get(life.id) ?? [];
    decisions.push({ attachIndex, objection });
    this.#decisions.set(life.id, decisions);
  }

  /** The first member has applied it. */
  expired(life: SessionLife, term: number): void {
    // A forced recovery ended it, whoever heard its client.
    if (life.isFormer) return;
    const nowMs = this.#world.nowMs();
    const wholeMs = life.timeoutMs * CLOCK_TOLERANCE;
    const ledSince = this.#leads.get(term);
    const session = `session ${life.id} (timeout ${life.timeoutMs} ms)`;
    if (ledSince !== undefined && nowMs - ledSince < wholeMs) {
      const message = `${session} expired ${(nowMs - ledSince).toFixed(0)} ms after term ${term} began`;
      this.#report('a new leader gives every session its whole timeout', message);
    }
    if (nowMs - life.attachedMs < wholeMs) {
      const message = `${session} expired ${(nowMs - life.attachedMs).toFixed(0)} ms after its last attachment`;
      this.#report('a session lasts its timeout after an attachment', message);
    }
    const decisions =
      this.#decisions.get(life.id)?.filter((each) => each.attachIndex === life.attachIndex) ?? [];
    // One of several may have been right: it cannot be told which of them the log took.
    if (decisions.length === 0 || decisions.some((each) => each.objection === undefined)) return;
    const message = `${session}: ${decisions.map((each) => each.objection).join('; ')}`;
    this.#report('no session expires while its client is heard', message);
  }

  #objection(leader: number, term: number, life: SessionLife): string | undefined {
    const held = this.#held.get(life.id);
    if (held === undefined) return undefined;
    const { contacts, sinceMs } = held;
    const nowMs = this.#world.nowMs();
    if (!contacts.open || contacts.life !== this.#world.lifeOf(contacts.serverId)) return undefined;
    const ledSince = this.#leads.get(term) ?? Number.POSITIVE_INFINITY;
    const clear = Math.max(this.#world.clearSinceMs(contacts.serverId, leader), ledSince) + SETTLE_MS;
    const from = Math.max(nowMs - life.timeoutMs * CLOCK_TOLERANCE, clear, sinceMs);
    const heard = contacts.lastWithin(from, nowMs - FORWARD_MS);
    if (heard === undefined) return undefined;
    const ago = (nowMs - heard).toFixed(0);
    return `member ${leader} gave it up though member ${contacts.serverId} had heard its client ${ago} ms before`;
  }
}
