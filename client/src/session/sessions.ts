import { OpCode, type WatchEvent } from '@rookery/protocol';
import { Rotation } from '../addresses/rotation.ts';
import type { Call } from '../calls/call.ts';
import type { Connection } from '../connection/connection.ts';
import { errorOfAnswer } from '../errors.ts';
import type { World } from '../ports.ts';
import { isEventType } from '../watches/events.ts';
import { OneShotWatches } from '../watches/one-shot.ts';
import { PersistentWatches } from '../watches/persistent.ts';
import { inPieces } from '../watches/rearm.ts';
import { type CallOptions, limit } from './deadlines.ts';
import { Session, type SessionSettings } from './session.ts';
import type { SessionState } from './state.ts';

/** A proof of who the client is: of scheme `digest` it is `user:password`. */
export interface Credentials {
  readonly scheme: string;
  readonly auth: Uint8Array;
}

export interface SessionsSettings extends SessionSettings {
  /** Whether a lost session is followed by a new one. */
  readonly renews: boolean;
}

export type StateListener = (state: SessionState, why: string) => void;

/** Bytes of paths in one setWatches: far below what any server takes as one frame. */
const MAX_REARM_BYTES = 128 * 1024;

/** One proof, and who waits for the first answer to it. */
interface Proof extends Credentials {
  waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
}

/** The sessions of one client, one after the other, and what goes on from one connection, and from one session, to the next. */
export class Sessions {
  readonly oneShotWatches = new OneShotWatches();
  readonly persistentWatches = new PersistentWatches();
  readonly #world: World;
  readonly #settings: SessionsSettings;
  readonly #rotation: Rotation;
  readonly #listeners = new Set<StateListener>();
  readonly #proofs: Proof[];
  /** Those sent over the connection at hand and not answered yet, in their order. */
  #proofsSent: Proof[] = [];
  /** Of the setWatches that the connection at hand has not answered yet. */
  #rearming = 0;
  /** Since then nothing was told of what is watched. */
  #toldUpToZxid = 0;
  #current: Session;

  constructor(world: World, settings: SessionsSettings, credentials: readonly Credentials[]) {
    this.#world = world;
    this.#settings = settings;
    this.#proofs = credentials.map(({ scheme, auth }) => ({ scheme, auth, waiting: undefined }));
    this.#rotation = new Rotation((bound) => world.random(bound));
    this.#current = this.#begin(0);
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

  /** Proves it on this connection and on each that follows. Rejects with AUTH_FAILED where the server does not believe it; the client is closed then. */
  authenticate({ scheme, auth }: Credentials): Promise<void> {
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

  #begin(lastZxid: number): Session {
    const session: Session = new Session(this.#world, this.#settings, this.#rotation, lastZxid, {
      stateChanged: (state, why) => this.#stateChanged(session, state, why),
      event: (zxid, event) => this.#event(zxid, event),
      attached: (connection) => this.#attached(connection),
      authenticated: (err) => this.#authenticated(err),
      watchesSet: (_err, zxid) => this.#watchesSet(zxid),
    });
    return session;
  }

  #stateChanged(session: Session, state: SessionState, why: string): void {
    if (session !== this.#current) return;
    if (state === 'suspended' || state === 'lost') this.#toldUpToZxid = session.lastZxid;
    for (const listener of [...this.#listeners]) listener(state, why);
    if (!session.isOver) return;
    this.oneShotWatches.lose();
    if (state === 'lost' && this.#settings.renews) {
      this.#current = this.#begin(session.lastZxid);
      this.#current.open();
      return;
    }
    const { reason } = session.signal;
    for (const proof of this.#proofs) {
      proof.waiting?.reject(reason as Error);
      proof.waiting = undefined;
    }
  }

  #event(zxid: number, { type, path }: WatchEvent): void {
    if (!isEventType(type)) return;
    this.oneShotWatches.told(type, path, zxid);
    this.persistentWatches.told(type, path, zxid);
  }

  #attached(connection: Connection): void {
    this.#proofsSent = [];
    for (const proof of this.#proofs) this.#prove(connection, proof);
    const pieces = inPieces([this.oneShotWatches.lists, this.persistentWatches.lists], MAX_REARM_BYTES);
    this.#rearming = pieces.length;
    for (const piece of pieces) connection.setWatches(OpCode.setWatches2, this.#toldUpToZxid, piece);
  }

  #prove(connection: Connection, proof: Proof): void {
    connection.authenticate(proof.scheme, proof.auth);
    this.#proofsSent.push(proof);
  }

  #authenticated(err: number): void {
    const proof = this.#proofsSent.shift();
    if (proof === undefined) return;
    if (err === 0) {
      proof.waiting?.resolve();
      proof.waiting = undefined;
      return;
    }
    this.#current.abandon(
      'AUTH_FAILED',
      errorOfAnswer(err, `authenticate by ${proof.scheme}`, undefined).message,
    );
  }

  /** The zxid of the last answer is where the watches stand again: if it is the one of before, nothing can have been missed. */
  #watchesSet(zxid: number): void {
    this.#rearming--;
    if (this.#rearming > 0 || zxid <= this.#toldUpToZxid) return;
    this.persistentWatches.missed(this.#toldUpToZxid, zxid);
  }
}
