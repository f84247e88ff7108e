import type { Identities } from '../model/acl.ts';
import type { SessionId } from '../model/ids.ts';

/** Who asks: what a read may depend on beside the tree. */
export interface Asker {
  readonly session: SessionId;
  /** What its reads are checked with. */
  readonly identities: Identities;
}
