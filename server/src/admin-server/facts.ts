import type { MemberStatus } from '../admin/member-standing.ts';
import type { WordFacts } from '../four-letter-words/facts.ts';

/** What the commands tell of a member: what the four-letter words tell, and more. */
export interface CommandFacts extends WordFacts {
  readonly status: MemberStatus;
  readonly settings: CommandSettings;
  /** The newest one on disk; −1 where there is none. */
  readonly snapshot: { readonly zxid: number; readonly takenMs: number };
}

/** Of the configuration. */
export interface CommandSettings {
  readonly clientPort: number;
  readonly dataDir: string;
  readonly dataLogDir: string;
  readonly maxConnectionsPerAddress: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** What holds, by the names of system properties. */
  readonly properties: Readonly<Record<string, string>>;
}
