import assert from 'node:assert/strict';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { fourLetterWord } from '../../../testkit/src/systems/four-letter-word.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

/** Go's client parses this line, date included. */
const VERSION_LINE =
  /^Zookeeper version: 3\.9\.5-\S+, built on \d\d(\d\d)?[/-]\d\d[/-]\d\d(\d\d)? \d\d:\d\d UTC$/m;

const SRVR_FIELDS = [
  'Latency min/avg/max',
  'Received',
  'Sent',
  'Connections',
  'Outstanding',
  'Zxid',
  'Mode',
  'Node count',
];

/** What dashboards of every ZooKeeper exporter draw. */
const MNTR_KEYS = [
  'zk_version',
  'zk_server_state',
  'zk_znode_count',
  'zk_num_alive_connections',
  'zk_outstanding_requests',
  'zk_packets_received',
  'zk_packets_sent',
  'zk_avg_latency',
];

export const fourLetterWords: Scenario = {
  name: 'four-letter-words',
  proves:
    'srvr, stat, mntr, ruok and isro answer as monitoring expects, and words off the white list are refused',
  against: bothSystems,
  needs: [],
  run: async (context) => {
    const ensemble = await context.startEnsemble({ fourLetterWords: 'srvr,stat,mntr,ruok,isro' });
    const session = await ClientSession.connect(ensemble.endpoints[0]!);
    await session.create('/words', Buffer.from('x'));
    const modes: string[] = [];
    for (const member of ensemble.members) modes.push(await checkMember(member.endpoint));
    assert.deepEqual(modes.sort(), ['follower', 'follower', 'leader']);
    await session.close();
    return `5 words on each of ${modes.length} members`;
  },
};

/** Returns the member's mode, on which all its words have to agree. */
async function checkMember(endpoint: Endpoint): Promise<string> {
  assert.equal(await fourLetterWord(endpoint, 'ruok'), 'imok');
  assert.equal(await fourLetterWord(endpoint, 'isro'), 'rw');

  const srvr = (await fourLetterWord(endpoint, 'srvr')) ?? '';
  assert.match(srvr, VERSION_LINE);
  for (const field of SRVR_FIELDS) assert.match(srvr, new RegExp(`^${field}: \\S`, 'm'));
  const mode = /^Mode: (\w+)$/m.exec(srvr)?.[1] ?? '';

  const stat = (await fourLetterWord(endpoint, 'stat')) ?? '';
  assert.match(stat, VERSION_LINE);
  assert.match(stat, /^Clients:$/m);
  assert.match(stat, new RegExp(`^Mode: ${mode}$`, 'm'));

  const mntr = (await fourLetterWord(endpoint, 'mntr')) ?? '';
  const pairs = new Map(
    mntr
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [key, value, ...more] = line.split('\t');
        assert.ok(
          key?.startsWith('zk_') && value !== undefined && more.length === 0,
          `a line of mntr: ${line}`,
        );
        return [key, value];
      }),
  );
  for (const key of MNTR_KEYS) assert.ok(pairs.has(key), `mntr has no ${key}`);
  assert.equal(pairs.get('zk_server_state'), mode);
  assert.ok(Number(pairs.get('zk_znode_count')) >= 2);

  const refused = (await fourLetterWord(endpoint, 'wchs')) ?? '';
  assert.equal(refused.trim(), 'wchs is not executed because it is not in the whitelist.');
  return mode;
}
