import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LearnerPlan } from '../../src/zookeeper-learner/learner.ts';
import { PacketType, packetBytes } from '../../src/zookeeper-learner/packet.ts';
import { parseQuorumConfig } from '../../src/zookeeper-learner/quorum-config.ts';
import { LearnerRun } from './learner-run.ts';

/** How they were made says the README beside them. */
const golden = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'golden', `${name}.bin`));
const OBSERVER: LearnerPlan = { serverId: 4242, isVoter: false, zxid: 0 };
const VOTER: LearnerPlan = { serverId: 2, isVoter: true, zxid: 0x1_0000_0003 };
const GOLDEN_SNAPSHOT_BYTES = 744;
const EPOCH = 0x1_0000_0000;
const version = Uint8Array.of(0, 1, 0, 0);

const leaderInfo = packetBytes(PacketType.leaderInfo, EPOCH, version);
const newLeader = packetBytes(PacketType.newLeader, EPOCH);
const upToDate = packetBytes(PacketType.upToDate, -1);
const proposal = (counter: number): Uint8Array =>
  packetBytes(PacketType.proposal, EPOCH + counter, Uint8Array.of(counter));
const commit = (counter: number): Uint8Array => packetBytes(PacketType.commit, EPOCH + counter);
const inform = (counter: number): Uint8Array =>
  packetBytes(PacketType.inform, EPOCH + counter, Uint8Array.of(counter));
const diff = (counter: number): Uint8Array => packetBytes(PacketType.diff, EPOCH + counter);
const all = (...packets: readonly Uint8Array[]): Uint8Array => Buffer.concat(packets);
const ack = (counter: number): string =>
  Buffer.from(packetBytes(PacketType.ack, EPOCH + counter)).toString('hex');

describe('an observer of Apache ZooKeeper 3.9.5', () => {
  test('is told of snapshot, members, transactions and marks, however its bytes are cut', () => {
    const bytes = golden('observer');
    const whole = new LearnerRun(OBSERVER, GOLDEN_SNAPSHOT_BYTES);
    expect(whole.feed(bytes.subarray(0, 1000))).toBeUndefined();
    expect(whole.feed(bytes.subarray(1000))).toBeUndefined();
    expect(whole.told.map((line) => line.slice(0, 60))).toEqual([
      'snapshot 100000003',
      'snapshot ended',
      'members 1,2,3',
      'exact',
      'up to date',
      'committed 100000004 010002a72d8a0000000000030000000100000004',
      'committed 100000005 010002a72d8a0000000000040000000100000005',
      'marked 7',
      'pinged 100000005',
      'pinged 100000005',
    ]);
    for (const size of [1, 2, 7, 64]) {
      const cut = new LearnerRun(OBSERVER, GOLDEN_SNAPSHOT_BYTES);
      expect(cut.feed(bytes, size)).toBeUndefined();
      expect(cut.told).toEqual(whole.told);
      expect(cut.sent).toEqual(whole.sent);
    }
  });

  test('says who it is, of no epoch, acknowledges the leader alone, and answers pings with no session', () => {
    const run = new LearnerRun(OBSERVER, GOLDEN_SNAPSHOT_BYTES);
    run.feed(golden('observer'));
    expect(run.sent).toEqual([
      '000000100000000000000000000000140000000000001092000100000000000000000000ffffffff',
      '00000012000000000000000000000004ffffffffffffffff',
      '000000030000000100000000ffffffffffffffff',
      '000000030000000100000000ffffffffffffffff',
      '00000005000000010000000500000000ffffffff',
      '00000005000000010000000500000000ffffffff',
    ]);
  });

  test('that comes again is told what it missed', () => {
    const run = new LearnerRun({ ...OBSERVER, zxid: 0x1_0000_0005 });
    expect(run.feed(golden('observer-again'))).toBeUndefined();
    expect(run.told.map((line) => line.slice(0, 19))).toEqual([
      'committed 100000006',
      'members 1,2,3',
      'exact',
      'up to date',
    ]);
    expect(run.learner.zxid).toBe(0x1_0000_0006);
  });

  test('is told of nothing behind a transaction that is missing', () => {
    const run = new LearnerRun({ ...OBSERVER, zxid: EPOCH + 3 });
    const fault = run.feed(all(leaderInfo, diff(3), newLeader, upToDate, inform(4), inform(6), inform(7)));
    expect(fault).toBe('hole');
    expect(run.told.at(-1)).toBe('committed 100000004 04');
  });

  test('goes on with the first transaction of a later epoch, and with no other one', () => {
    const later = packetBytes(PacketType.inform, 3 * EPOCH + 1, Uint8Array.of(9));
    const run = new LearnerRun({ ...OBSERVER, zxid: EPOCH + 3 });
    expect(run.feed(all(leaderInfo, diff(3), newLeader, upToDate, later))).toBeUndefined();
    const wrong = packetBytes(PacketType.inform, 3 * EPOCH + 2, Uint8Array.of(9));
    const other = new LearnerRun({ ...OBSERVER, zxid: EPOCH + 3 });
    expect(other.feed(all(leaderInfo, diff(3), newLeader, upToDate, wrong))).toBe('hole');
  });

  test('takes no commit of what was not proposed', () => {
    const run = new LearnerRun({ ...OBSERVER, zxid: EPOCH + 3 });
    expect(run.feed(all(leaderInfo, diff(5), proposal(4), commit(5)))).toBe('hole');
  });

  test('that has to forget something, or is to build upon nothing, says so', () => {
    const ahead = new LearnerRun({ ...OBSERVER, zxid: EPOCH + 3 });
    expect(ahead.feed(all(leaderInfo, packetBytes(PacketType.trunc, EPOCH + 2)))).toBe('truncated');
    expect(new LearnerRun(OBSERVER).feed(all(leaderInfo, diff(3)))).toBe('hole');
  });

  test('takes bytes that are no packet for what they are', () => {
    expect(new LearnerRun(OBSERVER).feed(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))).toBe('malformed');
    expect(new LearnerRun(OBSERVER).feed(newLeader)).toBe('unexpected-packet');
  });
});

describe('a learner in the place of a voter', () => {
  const joined = (): LearnerRun => {
    const run = new LearnerRun(VOTER);
    expect(run.feed(all(leaderInfo, diff(3), newLeader))).toBeUndefined();
    return run;
  };

  test('acknowledges proposals from when it is up to date on, those before included, and tells of those that are committed', () => {
    const run = joined();
    run.feed(proposal(4));
    expect(run.sent).not.toContain(ack(4));
    run.feed(all(upToDate, proposal(5), commit(4)));
    expect(run.sent.slice(-2)).toEqual([ack(4), ack(5)]);
    expect(run.told.filter((line) => line.startsWith('committed'))).toEqual(['committed 100000004 04']);
  });

  test('that is fenced acknowledges no more, and holds what it has acknowledged for committed', () => {
    const run = joined();
    run.feed(all(upToDate, proposal(4), proposal(5)));
    run.learner.fence();
    expect(run.told.slice(-2)).toEqual(['committed 100000004 04', 'committed 100000005 05']);
    const before = run.sent.length;
    expect(run.feed(all(commit(4), proposal(6), commit(5), proposal(7)))).toBeUndefined();
    expect(run.sent.length).toBe(before);
    expect(run.told.at(-1)).toBe('committed 100000005 05');
    expect(run.learner.zxid).toBe(EPOCH + 5);
  });
});

describe('the configuration that a leader sends', () => {
  test('names the members, their ports, and who votes', () => {
    const text = [
      'server.1=zk-0:2888:3888:participant;0.0.0.0:2181',
      'server.2=[2001:db8::1]:2888:3888:participant',
      'server.3=10.0.0.3:2888:3888:observer;2181',
      'version=100000000',
    ].join('\n');
    expect(parseQuorumConfig(text)).toEqual({
      isWeighted: false,
      members: [
        { serverId: 1, host: 'zk-0', quorumPort: 2888, electionPort: 3888, isVoter: true },
        { serverId: 2, host: '2001:db8::1', quorumPort: 2888, electionPort: 3888, isVoter: true },
        { serverId: 3, host: '10.0.0.3', quorumPort: 2888, electionPort: 3888, isVoter: false },
      ],
    });
  });

  test('with groups or weights is told as such, and one without members as none', () => {
    expect(parseQuorumConfig('server.1=a:1:2\nweight.1=2')?.isWeighted).toBe(true);
    expect(parseQuorumConfig('version=0')).toBeUndefined();
  });
});
