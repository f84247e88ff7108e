import { ErrorCode, type Identities, type Reader, readAuth } from '@rookery/protocol';
import { encodeIdentities } from '../model/identity-record.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { Applied } from '../replica/state-machine.ts';
import type { Client } from './client.ts';
import { prove, type Verifier } from './proofs.ts';

/** What an authentication needs of its member. */
export interface Authenticator {
  readonly verifier: Verifier;
  readonly complaints: { authFailed(socket: ClientSocket, scheme: string | undefined): void };
}

/**
 * The auth requests of one connection. What one proves goes through the log, as the writes that it is for; requests behind it are
 * checked with it, on every member alike, those before it are not.
 */
export class Authentication {
  /** One failed: nothing behind it is taken, and the connection ends once what came before it was answered. */
  failed = false;
  readonly #client: Client;
  readonly #socket: ClientSocket;
  readonly #authenticator: Authenticator;
  /** What requests that come now will be checked with: what was proved, and what is on its way through the log. undefined: as the client's. */
  #claimed: Identities | undefined;

  constructor(client: Client, socket: ClientSocket, authenticator: Authenticator) {
    this.#client = client;
    this.#socket = socket;
    this.#authenticator = authenticator;
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
      authenticator.complaints.authFailed(this.#socket, request.scheme);
      return ErrorCode.authFailed;
    }
    if (proved === known) return ErrorCode.ok;
    this.#claimed = proved;
    return encodeIdentities(proved);
  }

  /** The entry of a setIdentities was applied. */
  identitiesApplied({ err, identities }: Applied): void {
    if (err === ErrorCode.ok) this.#client.identities = identities;
  }
}
