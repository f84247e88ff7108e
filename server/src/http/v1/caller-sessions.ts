import { createHmac, randomBytes } from 'node:crypto';
import { type Client, isCoordinationError } from '@rookery/client';
import { type Opening, open } from '@rookery/client/world';
import { ProgramsRefusal } from '../../errors/error-codes.ts';
import type { ClientSocket, ClientSocketEvents } from '../../ports/client-socket.ts';
import type { Caller } from './caller.ts';
import { ProgramsError } from './errors.ts';
import { OwnWorld } from './own-world.ts';

/** As long as a member may take to elect a leader: there is no session before. */
const CONNECT_TIMEOUT_MS = 5_000;
/** What is not answered by then is told to be in doubt, or to be asked again. */
const CALL_TIMEOUT_MS = 15_000;
const SESSION_TIMEOUT_MS = 10_000;

export interface SessionBounds {
  readonly httpSessions: number;
  readonly httpSessionIdleMs: number;
}

/** A session in whose name a caller asks, for as long as it is not released. */
export interface Lease extends Pick<Opening, 'client' | 'sessions'> {
  release(): void;
  /** Ends the session for all who have it. */
  end(): void;
}

interface Entry extends Opening {
  readonly key: string;
  readonly grant: Caller['grant'];
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/**
 * The sessions in whose names callers ask. Callers that show and prove the same have the same one, as requests of one client have; so each
 * request goes the way of every client's: through the member's own checks, and with its identities in the log.
 *
 *   taken ──► busy ◄──► idle ──too long, or room is needed──► ended
 */
export class CallerSessions {
  readonly #accept: (socket: ClientSocket) => ClientSocketEvents;
  readonly #bounds: SessionBounds;
  readonly #refused: () => void;
  /** Of the keys, so that no password can be told from one. */
  readonly #secret = randomBytes(32);
  /** Those that the next caller gets. */
  readonly #entries = new Map<string, Entry>();
  /** These, and those that somebody still has. */
  readonly #live = new Set<Entry>();
  /** Those that nobody uses, longest idle first. */
  readonly #idle = new Set<Entry>();
  #isStopped = false;

  /** @param refused hears of each caller for whom there is none */
  constructor(
    accept: (socket: ClientSocket) => ClientSocketEvents,
    bounds: SessionBounds,
    refused: () => void = () => undefined,
  ) {
    this.#accept = accept;
    this.#bounds = bounds;
    this.#refused = refused;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Rejects with ProgramsError, or with the CoordinationError for which there is no session. Release it! */
  async take(caller: Caller): Promise<Lease> {
    // Its body may have been long in coming.
    if (caller.grant?.isOver === true)
      throw new ProgramsError(
        'AUTH_FAILED',
        'the token was taken out of http.identitiesFile, or stands for somebody else now',
      );
    const key = this.#keyOf(caller);
    const entry = this.#entries.get(key) ?? this.#begin(key, caller);
    this.#use(entry);
    try {
      await entry.opened;
    } catch (error) {
      this.#forget(entry);
      if (!isCoordinationError(error, 'DEADLINE_EXCEEDED')) throw error;
      throw new ProgramsError(
        ProgramsRefusal.notServing,
        'this member gave no session in time: ask another one, or again',
        undefined,
        'safe',
      );
    }
    let isReleased = false;
    const release = (): void => {
      if (!isReleased) this.#release(entry);
      isReleased = true;
    };
    return { client: entry.client, sessions: entry.sessions, release, end: () => this.#end(entry) };
  }

  /** Ends those of tokens that no longer stand for whom they did, whatever goes on there. */
  endOver(): void {
    for (const entry of [...this.#live]) if (entry.grant?.isOver === true) this.#end(entry);
  }

  /** Ends all of them. */
  stop(): void {
    this.#isStopped = true;
    for (const entry of [...this.#live]) this.#end(entry);
  }

  #begin(key: string, { shown, digest, grant }: Caller): Entry {
    if (this.#isStopped)
      throw new ProgramsError(ProgramsRefusal.notServing, 'this member stops', undefined, 'safe');
    if (this.#live.size >= this.#bounds.httpSessions) this.#makeRoom();
    const opening = open(new OwnWorld(shown, this.#accept), '', {
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      callTimeoutMs: CALL_TIMEOUT_MS,
      allowReadOnly: true,
      auth: digest === undefined ? [] : [{ scheme: 'digest', auth: digest }],
    });
    const entry: Entry = { ...opening, key, grant, users: 0, idle: undefined };
    // Whoever takes it is told.
    opening.opened.catch(() => undefined);
    this.#entries.set(key, entry);
    this.#live.add(entry);
    opening.client.onState((state) => {
      // Closed by the member, which does not believe the proof: the next caller tries anew.
      if (state === 'closed') this.#forget(entry);
      // It holds nothing that would be worth waiting for: the next caller begins another one, be it of a member that only reads by now.
      else if (state === 'suspended') this.#retire(entry);
    });
    return entry;
  }

  #makeRoom(): void {
    const [longestIdle] = this.#idle;
    if (longestIdle === undefined) {
      this.#refused();
      const why = 'more callers ask at once than this member has sessions for: ask again';
      throw new ProgramsError('TOO_MANY_PENDING', why, undefined, 'safe');
    }
    this.#end(longestIdle);
  }

  #use(entry: Entry): void {
    entry.users++;
    clearTimeout(entry.idle);
    this.#idle.delete(entry);
  }

  #release(entry: Entry): void {
    entry.users--;
    if (entry.users > 0) return;
    if (this.#entries.get(entry.key) !== entry) {
      this.#end(entry);
      return;
    }
    this.#idle.add(entry);
    entry.idle = setTimeout(() => this.#end(entry), this.#bounds.httpSessionIdleMs);
    entry.idle.unref();
  }

  /** Nobody gets it any more; who has it keeps it. */
  #retire(entry: Entry): void {
    if (entry.users === 0) this.#end(entry);
    else if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  #end(entry: Entry): void {
    this.#forget(entry);
    void closed(entry.client);
  }

  #forget(entry: Entry): void {
    clearTimeout(entry.idle);
    this.#live.delete(entry);
    this.#idle.delete(entry);
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  #keyOf({ shown, digest, grant }: Caller): string {
    const { remoteAddress, isSecure, certificateSubject } = shown;
    const shownTexts = [remoteAddress, isSecure, certificateSubject ?? null];
    const texts = JSON.stringify([...shownTexts, grant?.number ?? null, digest !== undefined]);
    return createHmac('sha256', this.#secret)
      .update(texts)
      .update(digest ?? '')
      .digest('base64');
  }
}

/** Of a session that cannot be ended now: it expires. */
async function closed(client: Client): Promise<void> {
  try {
    await client.close();
  } catch {
    // It is over all the same.
  }
}
