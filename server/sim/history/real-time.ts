import type { Placement } from './observations.ts';
import { describe, isWrite, type Operation, type Violation } from './operation.ts';

/**
 * The order that zxids claim against the order that clients saw.
 *
 * - A write takes a zxid above every zxid that anybody had been shown when it was sent, and one that no other write has.
 * - A read after a sync is answered from a state at least as new as anything that anybody had been shown when the sync was sent.
 * - Within a session the zxids of replies never fall, and a write's rises.
 *
 * With the replay of each node in zxid order (register.ts) this is linearizability: the claimed order respects real time and explains
 * each reply.
 */
export function checkRealTime(
  operations: readonly Operation[],
  placed: ReadonlyMap<number, Placement>,
  shown: readonly number[],
): Violation[] {
  const violations: Violation[] = [];
  const writers = new Map<number, Operation>();
  const sessions = new Map<number, { zxid: number; synced: number | undefined; last: Operation }>();
  for (const operation of operations) {
    const { result, action } = operation;
    const session = sessions.get(operation.session);
    const state = session ?? { zxid: 0, synced: undefined, last: operation };
    sessions.set(operation.session, state);
    const before = shown[operation.id] as number;
    if (action.kind === 'sync') state.synced = before;
    const written = placed.get(operation.id)?.zxid;
    if (written !== undefined) {
      if (written <= before) {
        violations.push({
          rule: 'zxid order is real-time order',
          message: `a write took zxid ${written} though ${before} had been shown before it was sent: ${describe(operation)}`,
          operations: [operation.id],
        });
      }
      const other = writers.get(written);
      if (other !== undefined) {
        violations.push({
          rule: 'one write, one zxid',
          message: `two writes with zxid ${written}: ${describe(other)} and ${describe(operation)}`,
          operations: [other.id, operation.id],
        });
      }
      writers.set(written, operation);
    }
    if (result.kind === 'unknown') continue;
    if (!isWrite(action) && state.synced !== undefined && result.zxid < state.synced) {
      violations.push({
        rule: 'reads after sync are fresh',
        message: `answered from zxid ${result.zxid} though ${state.synced} had been shown before the sync was sent: ${describe(operation)}`,
        operations: [operation.id],
      });
    }
    if (
      session !== undefined &&
      (result.zxid < state.zxid || (written !== undefined && result.zxid === state.zxid))
    ) {
      violations.push({
        rule: 'a session sees zxids rise',
        message: `${describe(operation)} after ${describe(state.last)}`,
        operations: [state.last.id, operation.id],
      });
    }
    state.zxid = Math.max(state.zxid, result.zxid);
    state.last = operation;
  }
  return violations;
}

/** For each operation, by id, the highest zxid that any reply had shown when it was sent. */
export function shownBefore(operations: readonly Operation[]): number[] {
  const completions = operations
    .filter((operation) => operation.result.kind !== 'unknown')
    .sort((a, b) => a.completed - b.completed);
  const shown: number[] = [];
  let highest = 0;
  let at = 0;
  for (const operation of operations) {
    for (; at < completions.length; at++) {
      const done = completions[at] as Operation;
      if (done.completed > operation.invoked) break;
      if (done.result.kind !== 'unknown') highest = Math.max(highest, done.result.zxid);
    }
    shown[operation.id] = highest;
  }
  return shown;
}
