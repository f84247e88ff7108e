import {
  decodeUtf8,
  ErrorCode,
  OpCode,
  readGetDataReply,
  readMultiReadResults,
  readStat,
  readWatchEvent,
} from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { electionPortShown } from '../../src/config/server-line.ts';
import { CONFIG_PATH, ConfigNode } from '../../src/connections/config-node.ts';
import { decodeContext, encodeContext } from '../../src/replica/membership/membership.ts';
import { ChangeKind } from '../../src/tree/outcome.ts';
import { Tree } from '../../src/tree/tree.ts';
import { TestEnsemble } from './ensemble.ts';

const PATH = '/zookeeper/config';

const context = (serverId: number, host: string, clientPort: number) =>
  encodeContext({ serverId, host, peerPort: 2888, clientHost: host, clientPort, instance: 1 });

function configuration(learners: readonly number[] = [], outgoing: readonly number[] = []) {
  const contexts = new Map([
    [7, context(2, 'zoo2', 2182)],
    [1, context(1, '::1', 2181)],
    [9, context(3, 'zoo3', 0)],
  ]);
  const voters = [...contexts.keys()].filter((id) => !learners.includes(id));
  return { index: 9, voters, learners, outgoing, contexts };
}

function textOf(node: ConfigNode): string {
  const tree = new Tree();
  const slot = tree.lookup(CONFIG_PATH, 0, CONFIG_PATH.length);
  const reader = node.readerOf(CONFIG_PATH, 0, CONFIG_PATH.length, tree);
  const bytes = new Uint8Array(reader.dataLength(slot));
  reader.copyData(slot, bytes, 0);
  return decodeUtf8(bytes, 0, bytes.length);
}

describe('the text of /zookeeper/config', () => {
  test('names the members as ZooKeeper does, in the order of their server ids, and the zxid of the change in hex', () => {
    const node = new ConfigNode();
    expect(node.update(configuration([9]), 0xabc, 5)).toBe(true);
    expect(textOf(node)).toBe(
      'server.1=[::1]:2888:3888:participant;[::1]:2181\n' +
        'server.2=zoo2:2888:3888:participant;zoo2:2182\n' +
        'server.3=zoo3:2888:3888:observer\n' +
        'version=abc',
    );
    expect(node.update(configuration([9]), 0xabc, 6)).toBe(false);
  });

  test('stays as it is in the joint phase of a change', () => {
    const node = new ConfigNode();
    node.update(configuration(), 0, 5);
    const before = textOf(node);
    expect(node.update(configuration([9], [1, 7, 9]), 12, 6)).toBe(false);
    expect(textOf(node)).toBe(before);
    expect(node.update(configuration([9]), 13, 7)).toBe(true);
    expect(textOf(node)).toContain('server.3=zoo3:2888:3888:observer\nversion=d');
  });

  test('is empty for a member alone, as in ZooKeeper', () => {
    const node = new ConfigNode();
    const alone = new Map([[1, context(1, 'zoo1', 2181)]]);
    expect(node.update({ index: 1, voters: [1], learners: [], outgoing: [], contexts: alone }, 0, 5)).toBe(
      false,
    );
    expect(textOf(node)).toBe('');
  });
});

describe('/zookeeper/config of an ensemble', () => {
  let ensemble: TestEnsemble;

  beforeAll(async () => {
    ensemble = await TestEnsemble.start(3);
  });

  afterAll(async () => {
    await ensemble.stop();
  });

  test('says who its members are, on each of them alike, with the stat of ZooKeeper', async () => {
    const texts = await Promise.all(
      ensemble.members.map(async (member) => {
        const client = await ensemble.session(member);
        const { data, stat } = readGetDataReply((await client.ask(() => client.get(PATH))).record);
        expect([stat.version, stat.czxid, stat.mzxid, stat.dataLength]).toEqual([-1, 0, 0, data!.length]);
        expect(stat.mtime).toBeGreaterThan(0);
        const { record } = await client.ask(() => client.exists(PATH));
        expect(readStat(record)).toEqual(stat);
        const multi = await client.ask(() => client.multiRead({ op: OpCode.getData, path: PATH }));
        expect(readMultiReadResults(multi.record)).toEqual([{ err: ErrorCode.ok, data, stat }]);
        return decodeUtf8(data!, 0, data!.length);
      }),
    );
    const lines = ensemble.leader.config.members.map(
      (member) =>
        `server.${member.serverId}=${member.host}:${member.peerPort}:${electionPortShown(member)}:participant`,
    );
    expect(new Set(texts).size).toBe(1);
    for (const line of lines) expect(texts[0]).toContain(line);
    expect(texts[0]!.endsWith('\nversion=0')).toBe(true);
  });

  test('changes with the membership, and who watches it hears of that; who was away catches up', async () => {
    const { leader } = ensemble;
    const other = ensemble.followers[1]!;
    const client = await ensemble.session(leader);
    const seen = (await client.ask(() => client.get(PATH, true))).zxid;
    const raftId = other.member.running!.identity.raftId;
    const { replica } = leader.member.running!;
    const { index: expectedIndex, contexts } = replica.raft.configuration;
    const moved = encodeContext({
      ...decodeContext(contexts.get(raftId)!),
      clientHost: 'moved',
      clientPort: 2199,
    });
    const change = replica.raft.proposeConfiguration({
      expectedIndex,
      update: [{ id: raftId, context: moved }],
    });
    expect(change.refused).toBeUndefined();
    replica.wake();
    const event = readWatchEvent((await client.reply()).record);
    expect([event.type, event.path]).toEqual([ChangeKind.data, PATH]);
    const { data, stat } = readGetDataReply((await client.ask(() => client.get(PATH))).record);
    const text = decodeUtf8(data!, 0, data!.length);
    expect(text).toMatch(new RegExp(`server.${other.serverId}=.*:participant;moved:2199\n`));
    expect([stat.version, text.split('version=')[1]]).toEqual([-1, stat.mzxid.toString(16)]);
    const late = await ensemble.session(leader);
    late.setWatches(seen, { data: [PATH] }).flush();
    expect(readWatchEvent((await late.reply()).record).path).toBe(PATH);
    expect((await late.reply()).err).toBe(ErrorCode.ok);
  });
});
