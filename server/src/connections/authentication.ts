import { copyRange, ErrorCode, type Identities, NO_BYTES, type Reader, readAuth } from '@rookery/protocol';
import { type ProofGuard, ProofKind } from '../failed-proofs/proof-guard.ts';
import { encodeIdentities } from '../model/identity-record.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { Applied } from '../replica/state-machine.ts';
import type { Client } from './client.ts';
import type { ClientComplaints } from './complaints.ts';
import { prove, type Verifier } from './proofs.ts';

/** What an authentication needs of its member. */
export interface Authenticator {
  readonly verifier: Verifier;
  readonly proofs: Pick<ProofGuard, 'failedProof' | 'delayMs'>;
  readonly complaints: Pick<ClientComplaints, 'authFailed' | 'wrongPassword'>;
  readonly clock: { readonly nowMs: number };
}

/**
 * The proofs of one connection: the password of its session, and its auth requests. What one of these proves goes through the log, as the
 * writes that it is for; requests behind it are checked with it, on every member alike, those before it are not.
 *
 * Where its address has failed too often, a proof is kept and looked at later, right or wrong, and nothing behind it is taken meanwhile:
 *
 *   a message that proves something ──delay──► postponed ──its time has come──► taken up, as if it came now
 */
export class Authentication {
  /** One failed: nothing behind it is taken, and the connection ends once what came before it was answered. */
  failed = false;
  readonly #client: Client;
  readonly #socket: ClientSocket;
  readonly #authenticator: Authenticator;
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

  /**
   * What the auth comes to at whose record `reader` stands: the body of a setIdentities where it proves something new, or else what it is
   * answered. undefined where it cannot be read.
   */
  claim(reader: Reader): Uint8Array | ErrorCode | undefined {
    const client = this.#client;
    const authenticator = this.#authenticator;
    const request = readAuth(reader);
    if (reader.failed) return undefined;
    const known = this.#claimed ?? client.identities;
    const proved = prove(request, known, authenticator.verifier);
    if (proved === undefined) {
      this.failed = true;
      const { remoteAddress } = this.#socket;
      authenticator.proofs.failedProof(remoteAddress, ProofKind.auth, client.session, request.scheme ?? '');
      authenticator.complaints.authFailed(this.#socket, request.scheme);
      return ErrorCode.authFailed;
    }
    if (proved === known) return ErrorCode.ok;
    this.#claimed = proved;
    return encodeIdentities(proved);
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
}
