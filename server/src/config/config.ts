import type { Limits } from '../bounds/limits.ts';
import type { TlsConfig, TlsSide } from './tls-config.ts';

/** Who decides on the membership once the cluster has begun: what the configuration files name, or calls of /admin/members alone. */
export const MEMBERSHIPS = ['file', 'admin'] as const;
export type MembershipBy = (typeof MEMBERSHIPS)[number];

export const MemberRole = { voter: 'voter', learner: 'learner' } as const;
export type MemberRole = (typeof MemberRole)[keyof typeof MemberRole];

/** One member of the ensemble as the configuration names it. */
export interface MemberAddress {
  /** ZooKeeper's `myid` (1 to 255): which member of the configuration it is; not a Raft id. */
  readonly serverId: number;
  readonly host: string;
  /** Where members speak to each other (ZooKeeper's quorum port). 0 in a standalone configuration: nobody else is there. */
  readonly peerPort: number;
  /** ZooKeeper's, where a server line has it: nothing listens there. */
  readonly electionPort?: number;
  /** A voter is ZooKeeper's participant; a learner its observer. */
  readonly role: MemberRole;
  readonly clientHost?: string;
  readonly clientPort?: number;
}

/** What each side that speaks TLS at any port shows and trusts. */
export type TlsConfigs = { readonly [S in TlsSide]?: TlsConfig };

export interface ClientListenerConfig {
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
  /** A second listener, of TLS only. */
  readonly secure?: { readonly host: string; readonly port: number };
  /** Connections from one address at a time; 0: no limit. */
  readonly maxConnectionsPerAddress: number;
  /** So many clients may come at once, 0: any number, and every `fillMs` so many more. */
  readonly connectionRate: { readonly tokens: number; readonly fillMs: number; readonly fillCount: number };
  /** The longest request accepted, without its length prefix; a longer one drops the connection. */
  readonly maxFrameBytes: number;
  /** A connection that has no session after so long is closed. */
  readonly sessionlessTimeoutMs: number;
  /** Without a leader it serves reads to clients that take a read-only member. */
  readonly readOnlyMode: boolean;
}

export interface PeerConfig {
  readonly host: string;
  /** Join secrets: one that is used, and perhaps one that comes or goes. Empty: nobody has to prove anything by one. */
  readonly secrets: readonly string[];
  /** Where they were read, and are looked for again. Absolute. */
  readonly secretFile?: string;
  /** Others are believed that prove nothing. */
  readonly takesUnproved: boolean;
}

/** A bearer token, and who has it. */
export interface Bearer {
  /** SHA-256 of the token, in base64. The token itself is kept nowhere. */
  readonly tokenDigest: string;
  /** Of schemes of access lists; one at least. */
  readonly identities: readonly { readonly scheme: string; readonly id: string }[];
}

export interface HttpConfig {
  readonly enabled: boolean;
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
  /**
   * The port was asked for, so a member that cannot listen there stops. Otherwise (three members on one host, all with
   * the default) it goes on without HTTP and warns, as ZooKeeper does with its AdminServer.
   */
  readonly required: boolean;
  /** Asked of every caller of /admin. Without one the listener is on loopback only. */
  readonly token?: string;
  /** Taken as well, while the one is changed for the other. */
  readonly otherToken?: string;
  /** Where these were read, and may change. Absolute. */
  readonly tokenFile?: string;
  /** Whom bearer tokens prove to access lists, at /v1 and in the window. */
  readonly bearers?: readonly Bearer[];
  /** Where they were read, and may change. Absolute. */
  readonly identitiesFile?: string;
  readonly idleTimeoutMs: number;
  /** Where the commands of ZooKeeper's AdminServer are. */
  readonly commandsPath: string;
  /** Whether snapshots can be fetched there, or restored, … */
  readonly snapshotEnabled: boolean;
  readonly restoreEnabled: boolean;
  /** … and how long after one the next one can be. */
  readonly streamIntervalMs: number;
  /** Whether programs are served at /v1. */
  readonly v1: boolean;
  /** What callers of /window may do. */
  readonly window: WindowMode;
}

/** See the members alone, read the tree and the sessions as well, change them as well: each includes those before it. */
export const WINDOW_MODES = ['ensemble', 'read', 'write'] as const;
export type WindowMode = (typeof WINDOW_MODES)[number];

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogConfig {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, JSON elsewhere. */
  readonly pretty: boolean | 'auto';
}

/** How user and password are hashed in the digest scheme. */
export type DigestAlgorithm = 'sha1' | 'sha256' | 'sha512' | 'sha3-256';

/** A file with SASL users, which can be read again. */
export type UsersSource = {
  /** Absolute. */
  readonly file: string;
  /** Of the user `super`, whatever the file says. */
  readonly superPassword: string | undefined;
} & ({ readonly kind: 'yaml' } | { readonly kind: 'jaas'; readonly section: string });

export interface SaslConfig {
  /** By name, with their passwords; without them SASL is not set up. */
  readonly users?: ReadonlyMap<string, string>;
  /** Where they were read, unless that is the configuration itself. */
  readonly source?: UsersSource;
  /** Those of them who pass every access list. */
  readonly superUsers: ReadonlySet<string>;
  /** A client whose proof fails may stay, as one that has proved nothing. */
  readonly allowFailedClients: boolean;
}

/** How clients prove who they are. */
export interface AuthConfig {
  /** What they may prove, and access lists may name, beside `world` and `auth`. */
  readonly schemes: ReadonlySet<string>;
  /** One of these has to be proved before anything else is asked; none: nothing has. */
  readonly requiredSchemes: readonly string[];
  readonly digestAlgorithm: DigestAlgorithm;
  readonly sasl: SaslConfig;
  /** The subject of the certificate whose owner passes every access list. */
  readonly x509SuperUser?: string;
}

export interface AuditConfig {
  readonly enabled: boolean;
  /** Absolute; without it the lines go to the member's log. */
  readonly file?: string;
}

/** What clients of this member may ask for that Apache ZooKeeper does not have. */
export interface DialectsConfig {
  readonly clickHouseKeeper: boolean;
  readonly pagedChildren: boolean;
}

/** Everything that a member is told from outside: checked, complete and frozen. */
export interface Config {
  /** This member's own server id; one of `members`. */
  readonly serverId: number;
  /** The cluster that it belongs to, where it was told: 32 hexadecimal digits. Empty: with an empty disk it may begin a new one. */
  readonly clusterId: string;
  /** Absolute paths; they may be the same folder. */
  readonly dataDir: string;
  readonly dataLogDir: string;
  readonly client: ClientListenerConfig;
  /** The address this member listens on for its peers. */
  readonly peer: PeerConfig;
  /** The initial members in the order of their server ids; one of them alone is a standalone member. */
  readonly members: readonly MemberAddress[];
  readonly tickTimeMs: number;
  /** In ticks. */
  readonly initLimit: number;
  /** In ticks. */
  readonly syncLimit: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  readonly snapshotEveryEntries: number;
  /** Bytes of log; whichever of the two comes first. */
  readonly snapshotEveryBytes: number;
  readonly snapshotRetain: number;
  /** 0: after each snapshot. */
  readonly purgeIntervalHours: number;
  /** Of the past, beside what the member itself needs: how far back it has to be known, 0 for not at all, and the most that may be kept for it. */
  readonly history: { readonly retainMs: number; readonly maxBytes: number };
  /** How often the leader looks for containers and TTL nodes whose time is over. */
  readonly containerCheckIntervalMs: number;
  /** The four-letter words that answer. */
  readonly fourLetterWords: ReadonlySet<string>;
  readonly membership: MembershipBy;
  /** It proves a version: learns, serves nobody, and stays up where its state differs from the others'. */
  readonly provesVersion: boolean;
  readonly reconfigEnabled: boolean;
  /** As the leader: what goes beyond a hard limit of a quota is refused, not only told. */
  readonly enforceQuota: boolean;
  readonly dialects: DialectsConfig;
  /** `user:base64(hash(user:password))` of the user who passes every access list; without it there is none. */
  readonly superDigest?: string;
  /** Where that digest was read, and may change. Absolute. */
  readonly superDigestFile?: string;
  readonly tls: TlsConfigs;
  readonly auth: AuthConfig;
  readonly http: HttpConfig;
  readonly log: LogConfig;
  readonly audit: AuditConfig;
  readonly limits: Limits;
  /** What holds, by the names of ZooKeeper's system properties and as text, where it has one for it and it is no secret. */
  readonly properties: Readonly<Record<string, string>>;
  /** Of each setting (by its YAML name): where its value came from, such as `zoo.cfg line 3: tickTime` or `default`. */
  readonly source: Readonly<Record<string, string>>;
  /** One line for each thing given that has no effect here, or another effect than its author may expect. */
  readonly warnings: readonly string[];
}
