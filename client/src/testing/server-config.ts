import { DEFAULT_LIMITS } from '../../../server/src/bounds/limits.ts';
import type { Config } from '../../../server/src/config/config.ts';

const NEVER_ENTRIES = 1_000_000;
const MEBIBYTE = 1024 * 1024;

/** A member alone, for clients without a network: what a configuration file would say otherwise is as where nobody says anything. */
export const TEST_CONFIG: Config = {
  serverId: 1,
  clusterId: '',
  dataDir: '/memory',
  dataLogDir: '/memory',
  client: {
    host: '127.0.0.1',
    port: 2181,
    maxConnectionsPerAddress: 0,
    connectionRate: { tokens: 0, fillMs: 1, fillCount: 1 },
    maxFrameBytes: MEBIBYTE - 1,
    sessionlessTimeoutMs: 10_000,
    readOnlyMode: false,
  },
  peer: { host: '127.0.0.1', secrets: [], takesUnproved: true },
  members: [{ serverId: 1, host: '127.0.0.1', peerPort: 2888, clientPort: 2181, role: 'voter' }],
  tickTimeMs: 2_000,
  initLimit: 10,
  syncLimit: 5,
  // Tests may want sessions that end at once.
  minSessionTimeoutMs: 1,
  maxSessionTimeoutMs: 24 * 60 * 60_000,
  snapshotEveryEntries: NEVER_ENTRIES,
  snapshotEveryBytes: 64 * MEBIBYTE,
  snapshotRetain: 1,
  purgeIntervalHours: 0,
  history: { retainMs: 0, maxBytes: 0 },
  containerCheckIntervalMs: 60_000,
  fourLetterWords: new Set(),
  membership: 'file',
  provesVersion: false,
  reconfigEnabled: false,
  enforceQuota: false,
  dialects: { clickHouseKeeper: false, pagedChildren: false },
  tls: {},
  auth: {
    schemes: new Set(['ip', 'digest']),
    requiredSchemes: [],
    digestAlgorithm: 'sha1',
    sasl: { superUsers: new Set(), allowFailedClients: false },
  },
  http: {
    enabled: false,
    host: '127.0.0.1',
    port: 0,
    required: false,
    idleTimeoutMs: 15_000,
    commandsPath: '/commands',
    v1: false,
    window: 'write',
    snapshotEnabled: false,
    restoreEnabled: false,
    streamIntervalMs: 300_000,
  },
  log: { level: 'error', pretty: false },
  audit: { enabled: false },
  limits: DEFAULT_LIMITS,
  properties: {},
  source: {},
  warnings: [],
};
