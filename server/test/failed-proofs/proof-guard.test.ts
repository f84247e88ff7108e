import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { boundsOf } from '../../src/bounds/bounds.ts';
import { ProofGuard, ProofKind } from '../../src/failed-proofs/proof-guard.ts';

const bounds = boundsOf({ client: { maxFrameBytes: 1_048_575 } });

let nowMs: number;
let log: KeptLog;
let guard: ProofGuard;

beforeEach(() => {
  nowMs = 1_000;
  log = new KeptLog();
  guard = new ProofGuard({
    bounds,
    clock: { monotonicMs: () => nowMs, wallMs: () => nowMs },
    log,
    witness: undefined,
  });
});

describe('the guard of a member', () => {
  test('counts failures by kind, and each against the address at whatever door it failed', () => {
    const kinds = Object.values(ProofKind);
    for (let i = 0; i < bounds.freeProofFailures + 1; i++) guard.failedProof('10.0.0.1', kinds[i % 4]!);
    expect(guard.failures).toEqual({ auth: 3, 'session password': 3, 'admin token': 3, 'join secret': 2 });
    expect(guard.delayMs('10.0.0.1')).toBe(bounds.proofDelayStepMs);
  });

  test('takes the same address for the same, as each kind of socket tells it', () => {
    for (let i = 0; i <= bounds.freeProofFailures; i++) guard.failedProof('::ffff:10.0.0.1', ProofKind.auth);
    expect(guard.delayMs('10.0.0.1')).toBe(bounds.proofDelayStepMs);
    for (let i = 0; i <= bounds.freeProofFailures; i++) guard.failedProof('fe80::1%eth0', ProofKind.auth);
    expect(guard.delayMs('fe80::1')).toBe(bounds.proofDelayStepMs);
  });

  test('says once a minute which address it slows, by which kind of proof, and counts the proofs that waited', () => {
    for (let i = 0; i < 1_000; i++) {
      guard.delayMs('10.0.0.1');
      guard.failedProof('10.0.0.1', ProofKind.auth);
    }
    expect(guard.slowed).toBe(1_000 - bounds.freeProofFailures - 1);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatchObject({
      fields: { address: '10.0.0.1', proof: 'auth', delayMs: bounds.proofDelayStepMs },
    });
    nowMs += 60_000;
    for (let i = 0; i < 20; i++) guard.failedProof('10.0.0.1', ProofKind.auth);
    expect(log.lines).toHaveLength(2);
  });

  test('says nothing of who mistypes', () => {
    for (let i = 0; i < bounds.freeProofFailures; i++) guard.failedProof('10.0.0.1', ProofKind.adminToken);
    expect(log.lines).toEqual([]);
  });
});
