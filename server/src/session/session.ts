import type { Identities } from '@rookery/protocol';
import type { SessionId } from '../model/ids.ts';

export interface Session {
  readonly id: SessionId;
  /** As its newest connection has negotiated it: how long the session outlives silence. */
  readonly timeoutMs: number;
  /** Log index of the entry that attached the session to a member last. */
  readonly attachIndex: number;
  /** What the connection of that attachment has proved: its writes are checked with it. Shared between sessions. */
  readonly identities: Identities;
}
