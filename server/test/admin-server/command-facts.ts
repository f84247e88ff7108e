import type { CommandFacts } from '../../src/admin-server/facts.ts';
import { facts as wordFacts } from '../four-letter-words/word-facts.ts';
import { FakeMember } from '../http/fake-member.ts';

/** Of a leader that serves. */
export const facts: CommandFacts = {
  ...wordFacts,
  status: new FakeMember().status(),
  settings: {
    clientPort: 2181,
    dataDir: '/data',
    dataLogDir: '/log',
    maxConnectionsPerAddress: 60,
    minSessionTimeoutMs: 4_000,
    maxSessionTimeoutMs: 40_000,
    properties: { 'zookeeper.admin.serverPort': '8080' },
  },
  snapshot: { zxid: 0x1200, takenMs: 1_796_042_729_400 },
};
