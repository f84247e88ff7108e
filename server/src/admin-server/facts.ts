import type { MemberStatus } from '../admin/member-status.ts';
import type { WordFacts } from '../four-letter-words/facts.ts';

/** What the commands tell of a member: what the four-letter words tell, and more. */
export interface CommandFacts extends WordFacts {
  readonly status: MemberStatus;
  readonly settings: CommandSettings;
  /** The zxid of the newest snapshot on disk; undefined: there is none. */
  readonly snapshotZxid: number | undefined;
}

/** Of the configuration. */
export interface CommandSettings {
  readonly clientPort: number;
  readonly dataDir: string;
  readonly dataLogDir: string;
  readonly maxConnectionsPerAddress: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
}
