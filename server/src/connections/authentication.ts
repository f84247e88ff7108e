import {
  copyRange,
  ErrorCode,
  type Identities,
  type Identity,
  NO_BYTES,
  OpCode,
  type Reader,
  readAuth,
  readSaslToken,
} from '@rookery/protocol';
import { type ProofGuard, ProofKind } from '../failed-proofs/proof-guard.ts';
import { encodeIdentities } from '../model/identity-record.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { Applied } from '../replica/applied.ts';
import type { DigestMd5Exchange } from '../sasl/digest-md5.ts';
import type { Client } from './client.ts';
import type { ClientComplaints } from './complaints.ts';
import { joined, prove } from './proofs.ts';
import type { Sasl } from './sasl.ts';
import type { Verifier } from './schemes.ts';

/** What an authentication needs of its member. */
export interface Authenticator {
  readonly verifier: Verifier;
  readonly sasl: Pick<Sasl, 'users' | 'allowsFailedClients' | 'begin' | 'identitiesOf'>;
  /** One of these has to be proved before anything else is asked; none: nothing has. */
  readonly requiredSchemes: readonly string[];
  /** Every proof that fails is told there, whatever its scheme. */
  readonly proofs: Pick<ProofGuard, 'failedProof' | 'delayMs'>;
  readonly complaints: Pick<ClientComplaints, 'authFailed' | 'unauthenticated' | 'wrongPassword'>;
  readonly clock: { readonly nowMs: number };
}

/** What a request that is to prove something comes to. */
export interface Proof {
  readonly err: ErrorCode;
  /** What goes into the log before it is answered: the body of a setIdentities. undefined: nothing is new. */
  readonly identities: Uint8Array | undefined;
  /** sasl: what its reply hands on; undefined: a null token. */
  readonly token: Uint8Array | undefined;
}

function withoutIdentities(err: ErrorCode, token?: Uint8Array): Proof {
  return { err, identities: undefined, token };
}

/**
 * The proofs of one connection: the password of its session, and its auth and sasl requests. What one of these proves goes through the log, as the
 * writes that it is for; requests behind it are checked with it, on every member alike, those before it are not.
 *
 * Where its address has failed too often, a proof is kept and looked at later, right or wrong, and nothing behind it is taken meanwhile:
 *
 *   a message that proves something ──delay──► postponed ──its time has come──► taken up, as if it came now
 */
export class Authentication {
  /** One failed, or was missing: nothing behind it is taken, and the connection ends once what came before it was answered. */
  failed = false;
  /** What has to be proved before anything else is asked has been, or nothing has to. */
  mayAsk: boolean;
  readonly #client: Client;
  readonly #socket: ClientSocket;
  readonly #authenticator: Authenticator;
  #exchange: DigestMd5Exchange | undefined;
  readonly #hold: () => void;
  /** What requests that come now will be checked with: what was proved, and what is on its way through the log. undefined: as the client's. */
  #claimed: Identities | undefined;
  /** A copy of the message that waits; empty where none does. */
  #postponed = NO_BYTES;
  #untilMs = 0;
  /** The message that is being looked at has waited. */
  #hasWaited = false;

  /** @param hold has the connection read no further until nothing is blocked any more */
  constructor(client: Client, socket: ClientSocket, authenticator: Authenticator, hold: () => void) {
    this.#client = client;
    this.#socket = socket;
    this.#authenticator = authenticator;
    this.#hold = hold;
    this.mayAsk = this.#isEnough(client.identities);
  }

  /** No request is taken, for good or for now. */
  get isBlocked(): boolean {
    return this.failed || this.#postponed.length > 0;
  }

  /** Of a message that waits. */
  get heldBytes(): number {
    return this.#postponed.length;
  }

  /** Whether the message that has come, and proves something, is looked at later: it is kept, and given again by `takeDue`. */
  postpones(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#hasWaited) return false;
    const { proofs, clock } = this.#authenticator;
    const delayMs = proofs.delayMs(this.#socket.remoteAddress);
    if (delayMs === 0) return false;
    this.#postponed = copyRange(bytes, start, end);
    this.#untilMs = clock.nowMs + delayMs;
    this.#hold();
    return true;
  }

  /** Has `take` look at the message that waits, where its time has come. */
  takeDue(take: (bytes: Uint8Array) => void): void {
    if (this.#postponed.length === 0 || this.#authenticator.clock.nowMs < this.#untilMs) return;
    const message = this.#postponed;
    this.#postponed = NO_BYTES;
    this.#hasWaited = true;
    take(message);
    this.#hasWaited = false;
  }

  /** `reader` stands at the record of an auth or a sasl; undefined where it cannot be read. */
  take(op: number, reader: Reader): Proof | undefined {
    return op === OpCode.sasl ? this.#takeSasl(reader) : this.#takeAuth(reader);
  }

  /** Something is asked though what has to be proved before was not. */
  turnAway(): void {
    this.failed = true;
    this.#authenticator.complaints.unauthenticated(this.#socket);
  }

  /** The client does not know the password of this session, for which it asks. */
  wrongPassword(session: number): void {
    const { proofs, complaints } = this.#authenticator;
    proofs.failedProof(this.#socket.remoteAddress, ProofKind.sessionPassword, session);
    complaints.wrongPassword(this.#socket);
  }

  /** The entry of a setIdentities was applied. */
  identitiesApplied({ err, identities }: Applied): void {
    if (err === ErrorCode.ok) this.#client.identities = identities;
  }

  /** Has what was proved count at once where it is a reader's, which goes through no log; true if so. */
  takeAtOnce(): boolean {
    const client = this.#client;
    if (!client.isReadOnly) return false;
    client.identities = this.#known;
    return true;
  }

  #takeAuth(reader: Reader): Proof | undefined {
    const { verifier } = this.#authenticator;
    const request = readAuth(reader);
    if (reader.failed) return undefined;
    const proved = prove(request, this.#known, this.#socket, verifier);
    if (proved === undefined) {
      this.failed = true;
      this.#tellFailure(request.scheme);
      return withoutIdentities(ErrorCode.authFailed);
    }
    return this.#claim(proved);
  }

  #takeSasl(reader: Reader): Proof | undefined {
    const { sasl } = this.#authenticator;
    const token = readSaslToken(reader);
    if (reader.failed || token === undefined) return undefined;
    // As in ZooKeeper: whoever goes on without an answer has proved nothing.
    if (!sasl.users.isSetUp) return withoutIdentities(ErrorCode.ok);
    this.#exchange ??= sasl.begin();
    const step = this.#exchange.step(token);
    switch (step.kind) {
      case 'challenge':
        return withoutIdentities(ErrorCode.ok, step.token);
      case 'proved':
        return this.#proveSasl(sasl.identitiesOf(step.user), step.token);
      default:
        return this.#failSasl(step.why);
    }
  }

  #proveSasl(identities: readonly Identity[], token: Uint8Array): Proof {
    const proved = joined(this.#known, identities);
    return proved === undefined ? this.#failSasl('it has proved too much') : this.#claim(proved, token);
  }

  #failSasl(why: string): Proof {
    const { sasl, requiredSchemes } = this.#authenticator;
    this.#tellFailure('sasl', why);
    const isRequired = requiredSchemes.includes('sasl');
    if (sasl.allowsFailedClients && !isRequired) return withoutIdentities(ErrorCode.ok);
    this.failed = true;
    return withoutIdentities(isRequired ? ErrorCode.sessionClosedRequireSaslAuth : ErrorCode.authFailed);
  }

  #tellFailure(scheme: string | undefined, why?: string): void {
    const { proofs, complaints } = this.#authenticator;
    proofs.failedProof(this.#socket.remoteAddress, ProofKind.auth, this.#client.session, scheme ?? '');
    complaints.authFailed(this.#socket, scheme, why);
  }

  get #known(): Identities {
    return this.#claimed ?? this.#client.identities;
  }

  #claim(proved: Identities, token?: Uint8Array): Proof {
    if (proved === this.#known) return withoutIdentities(ErrorCode.ok, token);
    this.#claimed = proved;
    this.mayAsk = this.#isEnough(proved);
    return { err: ErrorCode.ok, identities: encodeIdentities(proved), token };
  }

  #isEnough(identities: Identities): boolean {
    const { requiredSchemes } = this.#authenticator;
    return requiredSchemes.length === 0 || identities.some(({ scheme }) => requiredSchemes.includes(scheme));
  }
}
