import { CreateMode } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FOUR_LETTER_WORDS } from '../../src/config/four-letter-words.ts';
import { TestEnsemble, type TestMember } from '../connections/ensemble.ts';
import { TestClient } from '../connections/test-client.ts';
import { ZOOKEEPER_MONITOR_KEYS } from './zookeeper-monitor-keys.ts';
import { ZOOKEEPER_ENVIRONMENT, ZOOKEEPER_WORDS } from './zookeeper-words.ts';

let ensemble: TestEnsemble;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3, { fourLetterWords: new Set(FOUR_LETTER_WORDS) });
  for (const member of ensemble.members) {
    const client = await ensemble.session(member, 4_000);
    await client.ask(() => client.create(`/e${member.serverId}`, '', CreateMode.ephemeral));
    await client.data('/');
  }
  for (const member of ensemble.members) {
    const client = await ensemble.session(member);
    await client.ask(() => client.sync());
  }
});

afterAll(async () => {
  await ensemble.stop();
});

async function ask(member: TestMember, word: string): Promise<string> {
  const client = await TestClient.connect(member.port);
  client.raw.write(new TextEncoder().encode(word));
  await client.raw.closed();
  return client.raw.received.toString();
}

/** A line with everything that differs from server to server and from moment to moment taken out. */
function form(line: string): string {
  return line
    .replace(/0x[0-9a-f]+/g, '0x#')
    .replace(/[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}/, '<date>')
    .replace(/lop=[A-Z]+/, 'lop=<op>')
    .replace(/3\.9\.5-\S+, built on .+/, '<version>')
    .replace(/Mode: .+/, 'Mode: <mode>')
    .replace(/^(data(?:Log)?Dir=).*/, '$1<path>')
    .replace(/-?\d+(?:\.\d+)?/g, '#');
}

const formsOf = (text: string): Set<string> => new Set(text.split('\n').map(form));

describe.each(Object.entries(ZOOKEEPER_WORDS))('%s', (word, golden) => {
  test('has the lines of ZooKeeper 3.9.5, on every member', async () => {
    const known = new Set(golden.flatMap((text) => [...formsOf(text)]));
    const seen = new Set<string>();
    for (const member of ensemble.members) {
      const text = await ask(member, word);
      for (const line of formsOf(text)) {
        expect(known, `member ${member.serverId}: ${line}`).toContain(line);
        seen.add(line);
      }
      expect(text.endsWith('\n')).toBe(golden[0]!.endsWith('\n'));
    }
    expect([...known].filter((line) => !seen.has(line))).toEqual([]);
  });
});

describe('the order of lines', () => {
  test('of conf and srvr is that of ZooKeeper', async () => {
    for (const word of ['conf', 'srvr']) {
      const [golden] = ZOOKEEPER_WORDS[word]!;
      expect((await ask(ensemble.leader, word)).split('\n').map(form)).toEqual(golden!.split('\n').map(form));
    }
  });

  test('of envi is that of ZooKeeper, for what does not describe Java', async () => {
    const keys = (await ask(ensemble.leader, 'envi'))
      .split('\n')
      .map((line) => line.split('=')[0]!)
      .filter((key) => (ZOOKEEPER_ENVIRONMENT as readonly string[]).includes(key));
    expect(keys).toEqual(ZOOKEEPER_ENVIRONMENT);
  });
});

describe('what the words tell', () => {
  test('cons follows a session: its requests, its last one, its timeout', async () => {
    const member = ensemble.followers[0]!;
    const client = await ensemble.session(member, 5_000);
    await client.ask(() => client.create('/followed', ''));
    await client.data('/followed');
    const mine = async (): Promise<string> => {
      const sid = `sid=0x${client.session.id.toString(16)},`;
      return (await ask(member, 'cons')).split('\n').find((line) => line.includes(sid)) ?? '';
    };
    expect(await mine()).toMatch(/recved=3,sent=3,.*lop=GETD,.*to=5000,lcxid=0x2,lzxid=0x[1-9a-f]/);
    await ask(member, 'crst');
    expect(await mine()).toMatch(/recved=0,sent=0,.*lop=NA,/);
    await client.data('/followed');
    expect(await mine()).toMatch(/recved=1,sent=1,.*lop=GETD,.*lcxid=0x3,/);
  });

  test('srst forgets what was received and sent, and the latencies', async () => {
    const member = ensemble.leader;
    const client = await ensemble.session(member);
    for (let i = 0; i < 100; i++) await client.data('/');
    const received = async () => Number(/Received: (\d+)/.exec(await ask(member, 'srvr'))?.[1]);
    expect(await received()).toBeGreaterThanOrEqual(100);
    await ask(member, 'srst');
    expect(await received()).toBeLessThan(100);
  });

  test('dump names every session and its ephemeral nodes on every member', async () => {
    for (const member of ensemble.members) {
      const text = await ask(member, 'dump');
      for (const { id } of member.member.running!.machine.sessions.values()) {
        expect(text).toContain(`0x${id.toString(16)}`);
      }
      expect(text).toContain('Sessions with Ephemerals (3):\n');
      for (const { serverId } of ensemble.members) expect(text).toContain(`\t/e${serverId}\n`);
    }
  });

  test('dirs tells what lies on the disk', async () => {
    const [, data, log] = /datadir_size: (\d+)\nlogdir_size: (\d+)\n/.exec(
      await ask(ensemble.leader, 'dirs'),
    )!;
    expect(Number(data)).toBeGreaterThan(0);
    // The segment that is written to is preallocated.
    expect(Number(log)).toBeGreaterThanOrEqual(1024 * 1024);
  });

  test('mntr has keys of ZooKeeper 3.9.5 and no others, and counts reads, updates, bytes and syncs', async () => {
    const monitored = async (): Promise<Map<string, string>> =>
      new Map(
        (await ask(ensemble.leader, 'mntr'))
          .trimEnd()
          .split('\n')
          .map((line) => line.split('\t') as [string, string]),
      );
    const client = await ensemble.session(ensemble.leader);
    await client.data('/');
    const before = await monitored();
    expect([...before.keys()].filter((key) => !ZOOKEEPER_MONITOR_KEYS.has(key))).toEqual([]);
    await Promise.all([client.data('/'), client.ask(() => client.create('/monitored', 'x'.repeat(5_000)))]);
    const after = await monitored();
    const grown = (key: string): number => Number(after.get(key)) - Number(before.get(key));
    expect(grown('zk_cnt_readlatency')).toBeGreaterThanOrEqual(1);
    expect(grown('zk_cnt_updatelatency')).toBe(1);
    expect(grown('zk_cnt_quorum_ack_latency')).toBeGreaterThanOrEqual(1);
    expect(grown('zk_bytes_received_count')).toBeGreaterThan(5_000);
    expect(grown('zk_response_bytes')).toBeGreaterThan(0);
    expect(grown('zk_connection_request_count')).toBe(1);
    expect(after.get('zk_avg_updatelatency')).toMatch(/^\d+\.\d+$/);
    expect(after.get('zk_p999_updatelatency')).toMatch(/^\d+$/);
    expect(after.get('zk_cnt_election_time')).toMatch(/^\d+$/);
    expect(after.get('zk_max_fsynctime')).toMatch(/^\d+$/);
  });

  test('mntr gives the sizes of single replies, and of the leader those of single proposals', async () => {
    const member = ensemble.leader;
    const client = await ensemble.session(member);
    const sizes = async (what: string): Promise<number[]> => {
      const text = await ask(member, 'mntr');
      return ['last', 'min', 'max'].map((of) =>
        Number(new RegExp(`zk_${of}_${what}_size\t(-?\\d+)\n`).exec(text)?.[1]),
      );
    };
    await client.ask(() => client.create('/of-10000-bytes', 'x'.repeat(10_000)));
    const [, , most] = await sizes('proposal');
    expect(most).toBeGreaterThan(10_000);
    expect(most).toBeLessThan(10_200);
    await ask(member, 'srst');
    expect(await sizes('client_response')).toEqual([-1, -1, -1]);
    // Sent at once, so answered in one turn: each is measured by itself. [xid, zxid, err], for getData [data, stat].
    const [data] = await Promise.all([client.data('/of-10000-bytes'), client.ask(() => client.sync())]);
    expect(data).toBeDefined();
    const [, , longest] = await sizes('client_response');
    expect(longest).toBe(16 + 4 + 10_000 + 68);
  });

  test('mntr of a leader counts who is connected: one that was lost goes, and comes back', async () => {
    const counts = async (): Promise<string[]> =>
      (await ask(ensemble.leader, 'mntr'))
        .split('\n')
        .filter((line) => /^zk_(learners|synced_followers)\t/.test(line))
        .map((line) => line.split('\t')[1]!);
    const showing = async (count: string): Promise<void> => {
      for (const began = Date.now(); ; ) {
        const seen = await counts();
        if (seen.every((value) => value === count)) return;
        if (Date.now() - began > 30_000) throw new Error(`zk_learners and zk_synced_followers are ${seen}`);
      }
    };
    await showing('2');
    const [lost] = ensemble.followers as [TestMember];
    await lost.stop();
    await showing('1');
    await lost.start();
    await showing('2');
  });
});
