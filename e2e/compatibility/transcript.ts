import type { OpName } from './requests.ts';

/** One thing that a client was told, and where in the scenario. */
export interface Entry {
  /** The same for the same thing on every server: `ann #3 getData /a`, `ann, event 1 before #4 ping`. */
  readonly label: string;
  /** Orders entries of all clients by the step that they belong to; an event belongs to what came after it. */
  readonly order: number;
  readonly kind: 'connected' | 'reply' | 'event' | 'closed' | 'no reply';
  /** Of a reply. */
  readonly op?: OpName;
  /** Without the length. */
  readonly bytes: Buffer;
}

/** All that the clients of one scenario were told by one server. */
export interface Transcript {
  readonly entries: readonly Entry[];
  /** The scenario's, which people need not see. */
  readonly root: string;
  /** Wall clock of the run, ms since 1970: times outside are not those of this run. */
  readonly beganMs: number;
  readonly endedMs: number;
}
