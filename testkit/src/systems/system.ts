export const SYSTEM_NAMES = ['zookeeper', 'rookery'] as const;
export type SystemName = (typeof SYSTEM_NAMES)[number];

export interface MemberCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface MemberFiles {
  /** The member's zoo.cfg; myid lies in its dataDir. */
  readonly config: string;
  /** Where its users of SASL stand, as Java has them; absent where it has none. */
  readonly jaasFile?: string;
  /** What else ZooKeeper's JVM is told: some of its settings stand nowhere else. */
  readonly jvmFlags?: readonly string[];
  /** Where the member writes processor profiles when it ends; absent when it should not profile. */
  readonly profileFolder?: string;
}

/** A server that can be run as an ensemble of three from zoo.cfg files. */
export interface System {
  readonly name: SystemName;
  readonly title: string;
  /** Why it cannot run here, in one line. */
  missing(): string | undefined;
  /** Fetches what it needs. */
  prepare(log: (line: string) => void): void;
  /** Lines for zoo.cfg that only this system needs. `adminPort` is free for a member's HTTP. */
  configLines(adminPort: number): readonly string[];
  /** Lines for zoo.cfg that only this system needs in order to speak TLS. */
  readonly tlsLines: readonly string[];
  memberCommand(files: MemberFiles): MemberCommand;
}
