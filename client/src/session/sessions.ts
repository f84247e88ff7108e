import { OpCode, type WatchEvent, writeAuthRequest, writeSetWatchesRequest, Xid } from '@rookery/protocol';
import { Rotation } from '../addresses/rotation.ts';
import type { Call } from '../calls/call.ts';
import type { Connection } from '../connection/connection.ts';
import { errorOfAnswer } from '../errors.ts';
import type { World } from '../ports.ts';
import { proveBySasl, SASL } from '../sasl/exchange.ts';
import { isEventType } from '../watches/events.ts';
import { OneShotWatches } from '../watches/one-shot.ts';
import { PersistentWatches } from '../watches/persistent.ts';
import { inPieces } from '../watches/rearm.ts';
import { type CallOptions, limit } from './deadlines.ts';
import { Session, type SessionSettings } from './session.ts';
import type { SessionState } from './state.ts';

/** A proof of who the client is: of the schemes `digest` and `sasl` it is `user:password`. */
export interface Credentials {
  readonly scheme: string;
  readonly auth: Uint8Array;
}

export interface SessionsSettings extends Omit<SessionSettings, 'longestPauseMs'> {
  /** Whether a lost session is followed by a new one. */
  readonly renews: boolean;
}

export type StateListener = (state: SessionState, why: string) => void;

/** Bytes of paths in one setWatches: far below what any server takes as one frame. */
const MAX_REARM_BYTES = 128 * 1024;
/** Between two rounds of asking all members for a session, … */
const LONGEST_PAUSE_MS = 1_000;
/** … and for a better one than that which a member gave that reads alone: nobody waits for it. */
const LONGEST_PAUSE_READING_MS = 30_000;

/** One proof, and who waits for the first answer to it. */
interface Proof extends Credentials {
  waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
}

/** The sessions of one client, one after the other, and what goes on from one connection, and from one session, to the next. */
export class Sessions {
  readonly oneShotWatches = new OneShotWatches();
  readonly persistentWatches = new PersistentWatches();
  readonly #world: World;
  readonly #settings: SessionSettings;
  readonly #renews: boolean;
  readonly #listeners = new Set<StateListener>();
  readonly #proofs: Proof[];
  /** Of the setWatches that the connection at hand has not answered yet. */
  #rearming = 0;
  /** Since then nothing was told of what is watched. */
  #toldUpToZxid = 0;
  #current: Session;
  #rotation: Rotation;
  /** While the session at hand can read alone: the one that takes its place once a member that serves writes has given it. */
  #better: { readonly session: Session; readonly rotation: Rotation } | undefined;
  /** Has a member already. */
  #successor: Session | undefined;

  constructor(world: World, settings: SessionsSettings, credentials: readonly Credentials[]) {
    this.#world = world;
    const { renews, ...rest } = settings;
    this.#settings = { ...rest, longestPauseMs: LONGEST_PAUSE_MS };
    this.#renews = renews;
    this.#proofs = credentials.map(({ scheme, auth }) => ({ scheme, auth, waiting: undefined }));
    this.#rotation = this.#newRotation();
    this.#current = this.#begin(0, this.#rotation, this.#settings);
  }

  get current(): Session {
    return this.#current;
  }

  open(): void {
    this.#current.open();
  }

  onState(listener: StateListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  submit<T>(call: Call<T>, options: CallOptions): Promise<T> {
    limit(call, options, this.#world);
    if (!call.isSettled) this.#current.submit(call);
    return call.promise;
  }

  /** Proves it on this connection and on each that follows; by SASL it is proved at connecting alone. Rejects with AUTH_FAILED where the server does not believe it; the client is closed then. */
  authenticate({ scheme, auth }: Credentials): Promise<void> {
    if (scheme === SASL)
      throw new RangeError('by SASL a client proves who it is when it connects: give it to connect as auth');
    if (this.#current.isOver) return Promise.reject(this.#current.signal.reason as Error);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const proof: Proof = { scheme, auth, waiting: { resolve, reject } };
    this.#proofs.push(proof);
    const connection = this.#current.attachedConnection;
    if (connection !== undefined) this.#prove(connection, proof);
    return promise;
  }

  close(): Promise<void> {
    return this.#current.close();
  }

  delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return promise;
    }
    const abort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = this.#world.after(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
    return promise;
  }

  wallMs(): number {
    return this.#world.wallMs();
  }

  uniqueId(): string {
    const quarter = (): string =>
      this.#world
        .random(2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return quarter() + quarter() + quarter() + quarter();
  }

  #newRotation(): Rotation {
    return new Rotation((bound) => this.#world.random(bound));
  }

  #begin(lastZxid: number, rotation: Rotation, settings: SessionSettings): Session {
    const session: Session = new Session(this.#world, settings, rotation, lastZxid, {
      stateChanged: (state, why) => this.#stateChanged(session, state, why),
      event: (zxid, event) => this.#event(zxid, event),
      attached: (connection, ready) => {
        if (session !== this.#better?.session || this.#takeOver(connection))
          this.#attached(connection, ready);
      },
    });
    return session;
  }

  /** Looks for a member that serves writes for as long as the one at hand does not: by asking all of them for a session, as clients do that have none. */
  #lookForBetter(): void {
    const { state, isReadOnly, lastZxid } = this.#current;
    const mayLook = this.#renews && this.#world.hasOneMember !== true;
    const looks = mayLook && isReadOnly && state === 'connected';
    const better = this.#better;
    if (looks === (better !== undefined)) return;
    this.#better = undefined;
    void better?.session.close();
    if (!looks) return;
    const rotation = this.#newRotation();
    const settings = { ...this.#settings, allowReadOnly: false, longestPauseMs: LONGEST_PAUSE_READING_MS };
    const session = this.#begin(lastZxid, rotation, settings);
    this.#better = { session, rotation };
    session.open();
  }

  /** False where the member that was found serves no more than the one at hand, though it was asked for more. */
  #takeOver(connection: Connection): boolean {
    const { session, rotation } = this.#better!;
    const where = `${connection.address.host}:${connection.address.port}`;
    if (session.isReadOnly) {
      connection.drop(`${where} serves reads alone`);
      return false;
    }
    this.#better = undefined;
    this.#rotation = rotation;
    this.#successor = session;
    this.#current.supersede(
      `${where} serves writes: a session of its own follows this one, which could read alone`,
    );
    return true;
  }

  #stateChanged(session: Session, state: SessionState, why: string): void {
    if (session !== this.#current) return;
    if (state === 'suspended' || state === 'lost') this.#toldUpToZxid = session.lastZxid;
    for (const listener of [...this.#listeners]) listener(state, why);
    this.#lookForBetter();
    if (!session.isOver) return;
    this.oneShotWatches.lose();
    if (state === 'lost' && this.#renews) {
      this.#follow(session);
      return;
    }
    const { reason } = session.signal;
    for (const proof of this.#proofs) {
      proof.waiting?.reject(reason as Error);
      proof.waiting = undefined;
    }
  }

  #follow({ lastZxid }: Session): void {
    const successor = this.#successor;
    this.#successor = undefined;
    this.#current = successor ?? this.#begin(lastZxid, this.#rotation, this.#settings);
    if (successor === undefined) this.#current.open();
  }

  #event(zxid: number, { type, path }: WatchEvent): void {
    if (!isEventType(type)) return;
    this.oneShotWatches.told(type, path, zxid);
    this.persistentWatches.told(type, path, zxid);
  }

  /** SASL takes several steps, and whoever has to prove himself by it may ask for nothing before. */
  #attached(connection: Connection, ready: () => void): void {
    const sasl = this.#proofs.find(({ scheme }) => scheme === SASL);
    if (sasl === undefined) {
      this.#goOn(connection, ready);
      return;
    }
    const parts = { md5: (message: Uint8Array) => this.#world.md5(message), cnonce: this.uniqueId() };
    proveBySasl(connection, sasl.auth, parts, (why) => {
      if (why === undefined) this.#goOn(connection, ready);
      else this.#current.abandon('AUTH_FAILED', why);
    });
  }

  #goOn(connection: Connection, ready: () => void): void {
    for (const proof of this.#proofs) if (proof.scheme !== SASL) this.#prove(connection, proof);
    const pieces = inPieces([this.oneShotWatches.lists, this.persistentWatches.lists], MAX_REARM_BYTES);
    this.#rearming = pieces.length;
    for (const piece of pieces) {
      connection.ask(
        Xid.setWatches,
        (writer) => writeSetWatchesRequest(writer, OpCode.setWatches2, this.#toldUpToZxid, piece),
        (err, zxid) => {
          if (err === 0) this.#watchesSet(zxid);
          // Another one may have room for them: without them nothing would be told.
          else connection.drop(`it does not take what is watched: error ${err}`);
        },
      );
    }
    ready();
  }

  #prove(connection: Connection, proof: Proof): void {
    const { scheme, auth } = proof;
    connection.ask(
      Xid.auth,
      (writer) => writeAuthRequest(writer, scheme, auth),
      (err) => {
        if (err !== 0) {
          this.#current.abandon(
            'AUTH_FAILED',
            errorOfAnswer(err, `authenticate by ${scheme}`, undefined).message,
          );
          return;
        }
        proof.waiting?.resolve();
        proof.waiting = undefined;
      },
    );
  }

  /** The zxid of the last answer is where the watches stand again: if it is the one of before, nothing can have been missed. */
  #watchesSet(zxid: number): void {
    this.#rearming--;
    if (this.#rearming > 0 || zxid <= this.#toldUpToZxid) return;
    this.persistentWatches.missed(this.#toldUpToZxid, zxid);
  }
}
