import { FOUR_LETTER_WORDS } from '../../src/config/four-letter-words.ts';
import type { ConnectionFacts } from '../../src/connections/connection-stats.ts';
import { ConnectionStats } from '../../src/connections/connection-stats.ts';
import type { WordFacts } from '../../src/four-letter-words/facts.ts';
import { asSessionId } from '../../src/model/ids.ts';

export function connection(
  port: number,
  session: number,
  changes: Partial<ConnectionFacts> = {},
): ConnectionFacts {
  const stats = new ConnectionStats();
  stats.receivedPackets = 7;
  stats.sentPackets = 6;
  return {
    socket: { remoteAddress: '127.0.0.1', remotePort: port },
    session: asSessionId(session),
    timeoutMs: 10_000,
    isReading: true,
    connectedMs: 1_795_397_175_019,
    outstanding: 1,
    stats,
    remainingMs: 9_000,
    ...changes,
  };
}

/** Of a leader that serves. */
export const facts: WordFacts = {
  allowed: new Set(FOUR_LETTER_WORDS),
  serving: true,
  mode: 'leader',
  lastZxid: 0x1234,
  nodes: 5,
  treeBytes: 4711,
  ephemerals: 2,
  sessions: 3,
  outstanding: 4,
  receivedPackets: 70,
  sentPackets: 60,
  sentSizes: { last: 33, min: 16, max: 4711 },
  latency: { minMs: 0, avgMs: 0.12345, maxMs: 8 },
  digests: () => [
    { zxid: 0x1200, digest: 'd1' },
    { zxid: 0x1234, digest: 'd2' },
  ],
  connectionCount: 2,
  connections: () => [connection(57106, 5), connection(57106, 0, { isReading: false })],
  authFailures: 2,
  measured: () => ({ counters: [], summaries: [], sets: [] }),
  uptimeMs: 98_765,
  voters: 3,
  leadership: {
    followers: 2,
    learners: 2,
    syncedFollowers: 1,
    syncedLearners: 2,
    pendingSyncs: 7,
    uptimeMs: 4_321,
    proposalSizes: { last: 61, min: 48, max: 1_050 },
  },
  watches: {
    count: 6,
    bySession: () => [
      { session: asSessionId(0xd), paths: ['/nonex', '/ephA', '/pp'] },
      { session: asSessionId(0xe), paths: [] },
      { session: asSessionId(0xc), paths: ['/ephA'] },
    ],
  },
  sizes: { dataBytes: 67_109_358, logBytes: 4 },
  configuration: ['clientPort=2181', 'dataDir=/data', ''],
  descriptors: () => ({ open: 31, most: 1024 }),
  environment: () => [
    ['host.name', 'localhost'],
    ['os.name', 'Linux'],
  ],
  nowMs: Date.UTC(2026, 10, 23, 1, 26, 15, 500),
  tickTimeMs: 2_000,
  sessionTimeouts: () => [
    { id: asSessionId(0xa), timeoutMs: 10_000 },
    { id: asSessionId(0xb), timeoutMs: 4_000 },
  ],
  remainingOfSessions: () => undefined,
  ephemeralPaths: () => [
    { session: asSessionId(0xb), paths: ['/mt1'] },
    { session: asSessionId(0xc), paths: ['/ephB', '/ephA'] },
  ],
  resetConnections: () => undefined,
  resetServer: () => undefined,
};
