import { describe, expect, test } from 'vitest';
import { ApiError } from '../src/api-error.ts';
import { Controller, type ControllerOptions } from '../src/controller.ts';
import { KubeMetrics } from '../src/metrics.ts';
import { testPorts } from './manual-time.ts';
import { settle, until } from './until.ts';

type Reconcile = ControllerOptions['reconcile'];

function start(reconcile: Reconcile, workers = 2) {
  const ports = testPorts();
  const metrics = new KubeMetrics('rookery_operator');
  const controller = new Controller({ name: 'cluster', workers, reconcile }, { ...ports, metrics });
  controller.start();
  return { ...ports, metrics, controller, queue: controller.queue };
}

/** A reconcile that waits until the test lets it end. */
function gate() {
  const open: { key: string; signal: AbortSignal; end: () => void; fail: (error: Error) => void }[] = [];
  const reconcile: Reconcile = (key, signal) =>
    new Promise((resolve, reject) => {
      open.push({ key, signal, end: () => resolve({}), fail: reject });
    });
  return { open, reconcile };
}

describe('a controller', () => {
  test('works on several keys at a time, on each of them with one worker', async () => {
    const { open, reconcile } = gate();
    const { queue } = start(reconcile);
    for (const key of ['a', 'b', 'c', 'a']) queue.add(key);
    await settle();
    queue.add('a');
    await settle();
    expect(open.map(({ key }) => key)).toEqual(['a', 'b']);
    open[1]?.end();
    await until(() => open.length === 3, 'the third');
    expect(open[2]?.key).toBe('c');
    open[0]?.end();
    await until(() => open.length === 4, 'the fourth');
    expect(open[3]?.key).toBe('a');
  });

  test('a failure is tried again after 5 ms, 10 ms, …; a success makes the next wait short again', async () => {
    const runs: string[] = [];
    let failing = true;
    const { queue, time, log, metrics } = start(async (key) => {
      runs.push(key);
      if (failing) throw new Error('planted');
      return {};
    });
    queue.add('a');
    for (const delayMs of [5, 10, 20]) await time.pass(delayMs);
    failing = false;
    await time.pass(40);
    await until(() => runs.length === 5, 'five runs');
    expect(queue.failuresOf('a')).toBe(0);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(4);
    const text = await metrics.registry.metrics();
    expect(text).toContain('rookery_operator_queue_retries_total{controller="cluster"} 4');
    expect(text).toContain('rookery_operator_reconcile_seconds_count{controller="cluster",outcome="done"} 1');
  });

  test('waits as long as the API server asks; a conflict is no error in the log', async () => {
    const errors = [
      new ApiError(429, 'TooManyRequests', 'busy', { retryAfterMs: 9_000 }),
      new ApiError(409, 'Conflict', 'changed'),
    ];
    const { queue, time, log } = start(async () => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      return {};
    });
    queue.add('a');
    await time.pass(9_000);
    await time.pass(10);
    await until(() => queue.taken === 0, 'the end');
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'debug']);
  });

  test('looks again after the time that was asked for', async () => {
    let runs = 0;
    const { queue, time } = start(async () => (++runs < 3 ? { requeueAfterMs: 30_000 } : {}));
    queue.add('a');
    await time.pass(30_000);
    await time.pass(30_000);
    await until(() => runs === 3, 'three runs');
    await settle();
    expect(time.delays).toEqual([]);
  });

  test('one that takes too long is told to end', async () => {
    const { open, reconcile } = gate();
    const { queue, time } = start(reconcile);
    queue.add('a');
    await until(() => open.length === 1, 'the reconcile');
    expect(open[0]?.signal.aborted).toBe(false);
    await time.pass(300_000);
    expect(open[0]?.signal.aborted).toBe(true);
    open[0]?.fail(new Error('given up'));
    await time.pass(5);
    await until(() => open.length === 2, 'the next try');
  });

  test('a stop lets what is at work end, and begins nothing more', async () => {
    const { open, reconcile } = gate();
    const { queue, controller } = start(reconcile, 1);
    queue.add('a');
    queue.add('b');
    await until(() => open.length === 1, 'the reconcile');
    const stopped = controller.stop(5_000);
    await settle();
    expect(open[0]?.signal.aborted).toBe(false);
    open[0]?.end();
    expect(await stopped).toBe(true);
    expect(open.length).toBe(1);
  });

  test('a stop with no patience left aborts, and says when somebody does not heed it', async () => {
    const { open, reconcile } = gate();
    const { queue, controller, time } = start(reconcile);
    queue.add('a');
    await until(() => open.length === 1, 'the reconcile');
    const stopped = controller.stop(5_000);
    await time.pass(5_000);
    expect(open[0]?.signal.aborted).toBe(true);
    await settle();
    await time.pass(5_000);
    expect(await stopped).toBe(false);
  });

  test('a lost lease aborts at once', async () => {
    const { open, reconcile } = gate();
    const { queue, controller } = start(reconcile);
    queue.add('a');
    await until(() => open.length === 1, 'the reconcile');
    expect(await controller.stop(0)).toBe(false);
    expect(open[0]?.signal.aborted).toBe(true);
  });
});
