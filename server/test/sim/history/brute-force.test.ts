import { ErrorCode } from '@rookery/protocol';
import { expect, test } from 'vitest';
import { checkHistory } from '../../../sim/history/check.ts';
import type { Operation, Result } from '../../../sim/history/operation.ts';
import { Prng } from '../../../sim/prng.ts';

/*
 * The checker against one that cannot be wrong: a handful of operations on one node, every placement of the writes without an answer
 * tried. Answers are made up at random around a true run, so that about half of the histories are wrong.
 */

interface Node {
  czxid: number;
  mzxid: number;
  version: number;
  value: string;
}

const STEP = 10;

function perform(
  node: Node | undefined,
  { action }: Operation,
  zxid: number,
): { next: Node | undefined; result: Result } {
  const error = (code: number) => ({ next: node, result: { kind: 'error', zxid, code } as const });
  switch (action.kind) {
    case 'create':
      if (node !== undefined) return error(ErrorCode.nodeExists);
      return {
        next: { czxid: zxid, mzxid: zxid, version: 0, value: action.value },
        result: { kind: 'ok', zxid },
      };
    case 'set':
    case 'delete': {
      if (node === undefined) return error(ErrorCode.noNode);
      if (action.version !== -1 && action.version !== node.version) return error(ErrorCode.badVersion);
      if (action.kind === 'delete') return { next: undefined, result: { kind: 'ok', zxid } };
      const stat = { czxid: node.czxid, mzxid: zxid, version: node.version + 1 };
      return { next: { ...stat, value: action.value }, result: { kind: 'ok', zxid, stat } };
    }
    default: {
      if (node === undefined) return error(ErrorCode.noNode);
      const { value, ...stat } = node;
      return { next: node, result: { kind: 'ok', zxid, stat, value } };
    }
  }
}

function zxidOf(result: Result): number {
  return result.kind === 'unknown' ? 0 : result.zxid;
}

/** Whether some choice of zxids for the unanswered writes makes a single node answer exactly so. */
function explained(answered: readonly Operation[], unanswered: readonly Operation[]): boolean {
  const byZxid = [...answered].sort((a, b) => zxidOf(a.result) - zxidOf(b.result));
  const run = (at: number, node: Node | undefined, left: readonly Operation[]): boolean => {
    const operation = byZxid[at];
    for (const write of left) {
      // Between the observations before and at `at`; where it stands exactly does not matter but to what Stats show.
      const zxids = operation === undefined ? [] : between(byZxid[at - 1], operation);
      for (const zxid of zxids) {
        if (zxid <= shownTo(write, answered) || (node !== undefined && node.mzxid >= zxid)) continue;
        const { next, result } = perform(node, write, zxid);
        if (
          result.kind === 'ok' &&
          run(
            at,
            next,
            left.filter((other) => other !== write),
          )
        )
          return true;
      }
    }
    if (operation === undefined) return true;
    const { next, result } = perform(node, operation, zxidOf(operation.result));
    return JSON.stringify(result) === JSON.stringify(operation.result) && run(at + 1, next, left);
  };
  return run(0, undefined, unanswered);
}

function between(before: Operation | undefined, operation: Operation): number[] {
  const low = before === undefined ? 0 : zxidOf(before.result);
  // A read may show the very write that took the zxid of its reply.
  const high = zxidOf(operation.result) + (operation.action.kind === 'get' ? 1 : 0);
  return Array.from({ length: Math.max(0, high - low - 1) }, (_, at) => low + 1 + at);
}

function shownTo(write: Operation, answered: readonly Operation[]): number {
  return Math.max(
    0,
    ...answered.filter((other) => other.completed < write.invoked).map((other) => zxidOf(other.result)),
  );
}

/** Sequential answers, some lost, some spoiled. Unanswered writes took zxids of their own in the true run. */
function randomHistory(seed: number): Operation[] {
  const prng = new Prng(seed);
  let node: Node | undefined;
  let zxid = 0;
  const operations: Operation[] = [];
  const count = 3 + prng.below(4);
  for (let id = 0; id < count; id++) {
    const kind = prng.pick(['create', 'set', 'set', 'delete', 'get', 'get'] as const);
    const version = prng.chance(0.6) ? -1 : prng.below(2);
    const path = '/r';
    const action =
      kind === 'create'
        ? { kind, path, value: `v${id}` }
        : kind === 'set'
          ? { kind, path, value: `v${id}`, version }
          : kind === 'delete'
            ? { kind, path, version }
            : { kind, path };
    zxid += STEP;
    const operation = { id, client: id, session: id, action, invoked: 2 * id, completed: 2 * id + 1 };
    const { next, result } = perform(node, { ...operation, result: { kind: 'unknown' } }, zxid);
    const lost = kind !== 'get' && result.kind === 'ok' && prng.chance(0.35);
    if (!lost || prng.chance(0.6)) node = next;
    operations.push(
      lost
        ? { ...operation, completed: Infinity, result: { kind: 'unknown' } }
        : { ...operation, result: prng.chance(0.12) ? spoiled(prng, result) : result },
    );
  }
  return operations;
}

function spoiled(prng: Prng, result: Result): Result {
  if (result.kind !== 'ok')
    return { kind: 'error', zxid: zxidOf(result), code: prng.pick([-101, -103, -110]) };
  if (result.stat === undefined) return { ...result, zxid: result.zxid + 1 };
  const stat = { ...result.stat };
  const field = prng.pick(['czxid', 'mzxid', 'version'] as const);
  stat[field] += field === 'version' ? 1 : prng.pick([-STEP, STEP, -3]);
  return { ...result, stat };
}

test('the checker and the trial of every placement agree', () => {
  const verdicts = { right: 0, wrong: 0, unanswered: 0 };
  for (let seed = 1; seed <= 3_000; seed++) {
    const operations = randomHistory(seed);
    const answered = operations.filter(({ result }) => result.kind !== 'unknown');
    const unanswered = operations.filter(({ result }) => result.kind === 'unknown');
    const right = explained(answered, unanswered);
    const found = checkHistory(operations, []);
    const text = `seed ${seed}: ${operations.map((operation) => JSON.stringify(operation)).join('\n')}`;
    expect(found.length === 0, `${text}\n${JSON.stringify(found)}`).toBe(right);
    verdicts[right ? 'right' : 'wrong']++;
    verdicts.unanswered += unanswered.length;
  }
  console.log(verdicts);
  expect(verdicts.right).toBeGreaterThan(500);
  expect(verdicts.wrong).toBeGreaterThan(500);
  expect(verdicts.unanswered).toBeGreaterThan(500);
});
