/**
 *   connecting ──► connected ◄──► suspended
 *        │             │              │
 *        └─────────────┴──────┬───────┘
 *                             ▼
 *                      lost  or  closed
 */
export type SessionState =
  /** There is no session yet. */
  | 'connecting'
  | 'connected'
  /** No member is connected, and the session may go on: nobody else has what it holds. Calls wait. */
  | 'suspended'
  /** It is over, or may be by now: what it held may be somebody else's. */
  | 'lost'
  /** The client ended it. */
  | 'closed';

/**
 * Of the session's timeout, how long it is held for alive after the sending of what was answered last. The servers' clocks begin when that arrives,
 * so nobody else has its locks before the whole of it: what is left is for clocks that do not run alike, and for those told late.
 */
export const HELD_SHARE = 0.95;
/** Without a request for so long, a ping is sent. */
export const PING_SHARE = 1 / 3;
/** Without a word for so long, the connection is given up. */
export const SILENCE_SHARE = 2 / 3;
/** How long one member may take to give a session, divided by the number of members. */
export const ATTEMPT_SHARE = 1 / 2;
