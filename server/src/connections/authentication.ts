import type { Reader } from '../codec/jute-reader.ts';
import type { Writer } from '../codec/jute-writer.ts';
import type { Identities } from '../model/acl.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { encodeIdentities } from '../model/identity-record.ts';
import { OpCode } from '../model/op-codes.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { Applied } from '../replica/state-machine.ts';
import { readAuth } from '../wire/auth.ts';
import { writeHeaderReply } from '../wire/reply-header.ts';
import { prove, type Verifier } from './proofs.ts';

/** What an authentication needs of its member. */
export interface Authenticator {
  readonly verifier: Verifier;
  readonly complaints: { authFailed(socket: ClientSocket, scheme: string | undefined): void };
}

/** What an authentication needs of its connection. */
export interface AuthenticationOwner {
  readonly socket: ClientSocket;
  /** What has been proved, and was in the log before the request that is being answered. */
  identities: Identities;
  write(): Writer;
  end(): void;
  misuse(reason: string): void;
  /** Has a request answered in its turn with what is known already. */
  answerInTurn(xid: number, op: number, err: ErrorCode): void;
  /** Puts a request on its way into the log, in its turn. */
  proposeInTurn(xid: number, op: number, bytes: Uint8Array, start: number, end: number): void;
}

/**
 * The auth requests of one connection. What one proves goes through the log, as the writes that it is for; requests behind it are
 * checked with it, on every member alike, those before it are not.
 */
export class Authentication {
  /** One failed: nothing behind it is taken, and the connection ends once what came before it was answered. */
  failed = false;
  private readonly owner: AuthenticationOwner;
  private readonly authenticator: Authenticator;
  /** What requests that come now will be checked with: what was proved, and what is on its way through the log. */
  private claimed: Identities;

  constructor(owner: AuthenticationOwner, authenticator: Authenticator) {
    this.owner = owner;
    this.authenticator = authenticator;
    this.claimed = owner.identities;
  }

  /** The session is there. */
  begin({ identities }: Applied): void {
    this.owner.identities = this.claimed = identities;
  }

  /** `reader` stands at the record of an auth. */
  request(xid: number, reader: Reader): void {
    const { owner } = this;
    const request = readAuth(reader);
    if (reader.failed) {
      owner.misuse('the record of an auth cannot be read');
      return;
    }
    const proved = prove(request, this.claimed, this.authenticator.verifier);
    if (proved === undefined) {
      this.failed = true;
      this.authenticator.complaints.authFailed(owner.socket, request.scheme);
      owner.answerInTurn(xid, OpCode.auth, ErrorCode.authFailed);
    } else if (proved === this.claimed) {
      owner.answerInTurn(xid, OpCode.auth, ErrorCode.ok);
    } else {
      this.claimed = proved;
      const body = encodeIdentities(proved);
      owner.proposeInTurn(xid, OpCode.setIdentities, body, 0, body.length);
    }
  }

  /** The entry of a setIdentities was applied. */
  applied(xid: number, { err, identities }: Applied): void {
    if (err === ErrorCode.ok) this.owner.identities = identities;
    this.answer(xid, err);
  }

  /** As in ZooKeeper the reply's zxid is 0, and a connection that could not prove what it said is closed. */
  answer(xid: number, err: ErrorCode): void {
    writeHeaderReply(this.owner.write(), xid, 0, err);
    if (err === ErrorCode.authFailed) this.owner.end();
  }
}
