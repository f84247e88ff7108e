import { Fitness, type Raft, Role } from 'raft-ts-lite';
import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { DiskTrouble } from '../../src/replica/disk-trouble.ts';

interface Shown {
  role: Role;
  fitness: Fitness;
  isRefused: boolean;
  transferee: number;
  fitterSuccessor: number;
}

let log: KeptLog;
let trouble: DiskTrouble;
let raft: Shown;
let retries: number;

beforeEach(() => {
  log = new KeptLog();
  trouble = new DiskTrouble(log);
  raft = { role: Role.leader, fitness: Fitness.able, isRefused: false, transferee: 0, fitterSuccessor: 0 };
  retries = 0;
});

function pass(ticks: number): void {
  const retryWrites = (): void => {
    retries += 1;
  };
  for (let i = 0; i < ticks; i++)
    trouble.tick({ ...raft, retryWrites } as unknown as Raft, (raftId) => raftId + 100);
}

describe('a disk that takes no writes', () => {
  test('is tried again twice a second for as long as it refuses, and said once, with the reason', () => {
    trouble.refused('no room on the disk');
    raft = { ...raft, role: Role.follower, fitness: Fitness.full, isRefused: true };
    pass(49);
    expect(retries).toBe(0);
    pass(1);
    expect(retries).toBe(1);
    pass(200);
    expect(retries).toBe(5);
    expect(log.of('error', 'the log cannot be written for now')).toHaveLength(1);
    raft = { ...raft, fitness: Fitness.able, isRefused: false };
    pass(200);
    expect(retries).toBe(5);
    expect(log.of('info', 'disk takes writes again')).toHaveLength(1);
    expect(log.of('error', '')).toHaveLength(1);
  });

  test('keeps a leader that nobody can follow, which says so once, after a second', () => {
    raft.fitness = Fitness.stalled;
    pass(99);
    expect(log.of('error', 'leads on although it cannot write')).toHaveLength(0);
    pass(500);
    expect(log.of('error', 'leads on although it cannot write')).toHaveLength(1);
  });

  test('lets the log say to whom leadership goes', () => {
    raft = { ...raft, fitness: Fitness.full, isRefused: true, transferee: 3, fitterSuccessor: 3 };
    pass(200);
    expect(log.of('info', 'handing leadership to a member that is fitter to lead')).toHaveLength(1);
    expect(log.of('error', 'leads on')).toHaveLength(0);
  });
});
