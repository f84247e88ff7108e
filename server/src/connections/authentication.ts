import {
  ErrorCode,
  type Identities,
  type Identity,
  OpCode,
  type Reader,
  readAuth,
  readSaslToken,
} from '@rookery/protocol';
import { encodeIdentities } from '../model/identity-record.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { Applied } from '../replica/state-machine.ts';
import type { DigestMd5Exchange } from '../sasl/digest-md5.ts';
import type { Client } from './client.ts';
import { joined, prove } from './proofs.ts';
import type { Sasl } from './sasl.ts';
import type { Verifier } from './schemes.ts';

/** What an authentication needs of its member. */
export interface Authenticator {
  readonly verifier: Verifier;
  readonly sasl: Pick<Sasl, 'users' | 'allowsFailedClients' | 'begin' | 'identitiesOf'>;
  /** One of these has to be proved before anything else is asked; none: nothing has. */
  readonly requiredSchemes: readonly string[];
  readonly complaints: {
    /** Every proof that fails is told here, whatever its scheme. */
    authFailed(socket: ClientSocket, scheme: string | undefined, why?: string): void;
    unauthenticated(socket: ClientSocket): void;
  };
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
 * The auth and sasl requests of one connection. What one proves goes through the log, as the writes that it is for; requests behind it are
 * checked with it, on every member alike, those before it are not.
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
  /** What requests that come now will be checked with: what was proved, and what is on its way through the log. undefined: as the client's. */
  #claimed: Identities | undefined;

  constructor(client: Client, socket: ClientSocket, authenticator: Authenticator) {
    this.#client = client;
    this.#socket = socket;
    this.#authenticator = authenticator;
    this.mayAsk = this.#isEnough(client.identities);
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

  /** The entry of a setIdentities was applied. */
  identitiesApplied({ err, identities }: Applied): void {
    if (err === ErrorCode.ok) this.#client.identities = identities;
  }

  #takeAuth(reader: Reader): Proof | undefined {
    const { verifier, complaints } = this.#authenticator;
    const request = readAuth(reader);
    if (reader.failed) return undefined;
    const proved = prove(request, this.#known, this.#socket, verifier);
    if (proved === undefined) {
      this.failed = true;
      complaints.authFailed(this.#socket, request.scheme);
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
    const { sasl, requiredSchemes, complaints } = this.#authenticator;
    complaints.authFailed(this.#socket, 'sasl', why);
    const isRequired = requiredSchemes.includes('sasl');
    if (sasl.allowsFailedClients && !isRequired) return withoutIdentities(ErrorCode.ok);
    this.failed = true;
    return withoutIdentities(isRequired ? ErrorCode.sessionClosedRequireSaslAuth : ErrorCode.authFailed);
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
