import { expect, test } from 'vitest';
import { DiskWatch } from '../../../sim/checks/disk-watch.ts';
import type { Host } from '../../../sim/host.ts';

const QUIET = { slowRate: 0, syncMs: 0, writeErrorRate: 0, syncErrorRate: 0, descriptorErrorRate: 0 };
/** Looks are taken so far apart. */
const LOOK_MS = 100;

/** A member with a disk that does what it is asked to; `lastIndex` is further where something waits for it. */
function hostOf(serverId: number, lastIndex: number): Host {
  const disk = { rates: QUIET, decide: 'as asked' };
  const raft = { persistedIndex: 7, lastIndex, configuration: { voters: [1, 2, 3] }, isSuspect: false };
  const machine = { appliedBytes: 0, snapshotBytes: 0 };
  return {
    serverId,
    name: `member ${serverId}`,
    member: { running: { identity: { raftId: serverId }, replica: { raft }, machine } },
    process: { stalled: false },
    disk,
    volume: { hung: false, decide: disk.decide, capacityBytes: Number.POSITIVE_INFINITY },
  } as unknown as Host;
}

/** What is reported while the first of three leads, or nobody does, for so long each; its disk takes nothing all the time. */
function reportedOf(...phases: readonly (readonly [leads: boolean, ms: number])[]): string[] {
  const hosts = [hostOf(1, 8), hostOf(2, 7), hostOf(3, 7)];
  const reported: string[] = [];
  let now = 0;
  let isLed = false;
  const watch = new DiskWatch((rule) => reported.push(rule), {
    nowMs: () => now,
    hosts: () => hosts,
    leader: () => (isLed ? hosts[0] : undefined),
    snapshotEveryBytes: 1_000_000,
    isMember: () => true,
    isClear: () => true,
  });
  for (const [leads, ms] of phases) {
    isLed = leads;
    for (const end = now + ms; now < end; now += LOOK_MS) watch.look();
  }
  return reported;
}

const RULE = 'a leader that cannot write hands over while others can';

test('a leader that writes nothing for too long is reported', () => {
  expect(reportedOf([true, 3_000])).toEqual([]);
  expect(reportedOf([true, 4_000])).toEqual([RULE]);
});

test('the time before it lost its leadership does not count for who leads again', () => {
  expect(reportedOf([true, 2_000], [false, 1_000], [true, 2_000])).toEqual([]);
  expect(reportedOf([true, 2_000], [false, 1_000], [true, 4_000])).toEqual([RULE]);
});
