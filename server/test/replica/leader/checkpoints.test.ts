import { OpCode } from '@rookery/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { FieldReader } from '../../../src/codec/field-reader.ts';
import { emptyCommandHeader, readCommandHeader } from '../../../src/model/command.ts';
import type { Applied } from '../../../src/replica/applied.ts';
import { Checkpoints } from '../../../src/replica/leader/checkpoints.ts';
import type { Links } from '../../../src/replica/peers/links.ts';
import { Outbox } from '../../../src/replica/peers/outbox.ts';
import { peerFormat } from '../../../src/replica/peers/peer-format.ts';
import { PeerFrame } from '../../../src/replica/peers/peer-frames.ts';
import type { Replica } from '../../../src/replica/replica.ts';
import type { StateMachine } from '../../../src/replica/state-machine.ts';
import { genesis } from '../../storage/member.ts';

let nowMs: number;
let log: KeptLog;
let fatal: Error | undefined;
let decided: number[];
let outboxes: Map<number, Outbox>;
let replica: { leading: boolean; appliedIndex: number };
let checkpoints: Checkpoints;

beforeEach(() => {
  nowMs = 100_000;
  log = new KeptLog();
  fatal = undefined;
  decided = [];
  outboxes = new Map([
    [2, new Outbox(1_000_000)],
    [3, new Outbox(1_000_000)],
  ]);
  replica = { leading: true, appliedIndex: 50 };
  checkpoints = new Checkpoints({
    raftId: 1,
    machine: { digest: () => `own at ${replica.appliedIndex}` } as unknown as StateMachine,
    links: {
      hellos: () => outboxes,
      outbox: (serverId: number) => outboxes.get(serverId),
    } as unknown as Links,
    clock: { monotonicMs: () => nowMs, wallMs: () => 0 },
    log,
    fatal: (error) => {
      fatal ??= error;
    },
  });
});

function asReplica(): Replica {
  const decide = (command: Uint8Array): void => {
    const header = emptyCommandHeader();
    readCommandHeader(command, 0, header);
    decided.push(header.op);
  };
  return Object.assign(replica, { decide, raft: { configuration: genesis } }) as unknown as Replica;
}

function applyCheckpoint(): void {
  replica.appliedIndex++;
  checkpoints.compareDigest({ op: OpCode.checkpoint } as Applied, asReplica());
}

function hear(raftId: number, index: number, digest: string): void {
  const writer = new Outbox(1_000_000);
  writer.f64(index);
  writer.text(digest);
  checkpoints.receive(raftId, new FieldReader(writer.takeBytes(), peerFormat), asReplica());
}

describe('a leader', () => {
  test('logs a checkpoint every five seconds, where something was written since the last one', () => {
    checkpoints.proposeIfDue(asReplica());
    checkpoints.proposeIfDue(asReplica());
    expect(decided).toEqual([OpCode.checkpoint]);
    applyCheckpoint();
    nowMs += 60_000;
    checkpoints.proposeIfDue(asReplica());
    expect(decided).toHaveLength(1);
    replica.appliedIndex++;
    checkpoints.proposeIfDue(asReplica());
    expect(decided).toHaveLength(2);
    replica.appliedIndex++;
    nowMs += 4_999;
    checkpoints.proposeIfDue(asReplica());
    expect(decided).toHaveLength(2);
  });

  test('logs one at once where somebody asks for it, though nothing was written', () => {
    applyCheckpoint();
    checkpoints.proposeNow(asReplica());
    expect(decided).toEqual([OpCode.checkpoint]);
  });

  test('alone does so', () => {
    replica.leading = false;
    checkpoints.proposeIfDue(asReplica());
    expect(decided).toEqual([]);
  });
});

describe('a member that applies a checkpoint', () => {
  test('tells its digest there to everybody whom it is linked with', () => {
    applyCheckpoint();
    for (const outbox of outboxes.values()) {
      const reader = new FieldReader(outbox.takeBytes().subarray(4), peerFormat);
      expect([reader.u8(), reader.f64(), reader.text()]).toEqual([PeerFrame.digest, 51, 'own at 51']);
    }
  });

  test('says nothing at other commands', () => {
    checkpoints.compareDigest({ op: OpCode.create } as Applied, asReplica());
    expect(outboxes.get(2)?.length).toBe(0);
  });

  test('goes on where a majority agrees with it', () => {
    applyCheckpoint();
    hear(2, 51, 'own at 51');
    hear(3, 51, 'other');
    expect(fatal).toBeUndefined();
    expect(log.lines).toEqual([]);
  });

  test('stops where a majority agrees without it, whoever speaks first', () => {
    hear(2, 51, 'other');
    hear(3, 51, 'other');
    expect(fatal).toBeUndefined();
    applyCheckpoint();
    expect(fatal).toMatchObject({ code: 'diverged', message: expect.stringContaining('log index 51') });
    expect(log.of('error', 'rebuild it as a new member')).toHaveLength(1);
  });

  test('a learner that differs stops itself and none of the voters', () => {
    applyCheckpoint();
    hear(2, 51, 'own at 51');
    hear(4, 51, 'another build');
    expect(fatal).toBeUndefined();
    expect(checkpoints.alarms).toBe(0);
    expect(checkpoints.known().at(-1)?.digests.get(4)).toBe('another build');
  });

  test('remembers the last sixteen, with what everybody said, for who asks', () => {
    for (let count = 0; count < 20; count++) applyCheckpoint();
    hear(2, 60, 'own at 60');
    expect(checkpoints.own().map(({ index }) => index)).toEqual(
      Array.from({ length: 16 }, (_, at) => 55 + at),
    );
    expect(checkpoints.own().at(-1)).toEqual({ index: 70, digest: 'own at 70' });
    expect(checkpoints.known().find(({ index }) => index === 60)?.digests).toEqual(
      new Map([
        [1, 'own at 60'],
        [2, 'own at 60'],
      ]),
    );
  });

  test('raises one alarm, and stops nobody, where all differ', () => {
    applyCheckpoint();
    hear(2, 51, 'second');
    hear(3, 51, 'third');
    hear(3, 51, 'third');
    expect(fatal).toBeUndefined();
    expect(checkpoints.alarms).toBe(1);
    expect(log.of('error', 'no majority agrees')).toHaveLength(1);
  });
});
