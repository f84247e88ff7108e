import { ErrorCode, type Identities, type WriteOutcome } from '@rookery/protocol';
import { ANYONE } from '../model/access.ts';
import { asZxid, NO_SESSION, type SessionId, type Zxid } from '../model/ids.ts';
import type { Outcome, QuotaExcess } from '../tree/outcome.ts';

/** What an applied command came to. One object is reused: it is valid until the next apply. */
export interface Applied {
  op: number;
  /** Raft id of the member that took the request, and its number there. */
  origin: number;
  requestNumber: number;
  zxid: Zxid;
  err: ErrorCode;
  /** undefined where the reply is a header only (sessions, refused commands). */
  outcome: WriteOutcome | undefined;
  /** What changed in the tree, for the watches; undefined where nothing did. */
  changes: Outcome | undefined;
  /** A limit of a quota that it goes beyond, whether or not it was refused for that. */
  excess: QuotaExcess | undefined;
  /** Steps that the changes do not show. */
  unseenSteps: number;
  /** The session that asked; of createSession the one that was created. */
  session: SessionId;
  /** createSession and attachSession. */
  attachIndex: number;
  timeoutMs: number;
  /** createSession, attachSession and setIdentities: what the session's connection has proved now. */
  identities: Identities;
  /** The end of a restore: tree and sessions are others. */
  isRestored: boolean;
}

export function emptyApplied(): Applied {
  return {
    op: 0,
    origin: 0,
    requestNumber: 0,
    zxid: asZxid(0),
    err: ErrorCode.ok,
    outcome: undefined,
    changes: undefined,
    excess: undefined,
    unseenSteps: 0,
    session: NO_SESSION,
    attachIndex: 0,
    timeoutMs: 0,
    identities: ANYONE,
    isRestored: false,
  };
}
