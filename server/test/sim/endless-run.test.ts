import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { runCost, whyEndless } from '../../sim/endless-run.ts';

test.each([
  [{ processor: 1, real: 299 }, undefined],
  // A machine on which others have the processor.
  [{ processor: 20, real: 1_799 }, undefined],
  [{ processor: 300, real: 301 }, /300 s of processor time/],
  [{ processor: 0.4, real: 1_800 }, /1800 s of real time, of which it had the processor for 0 s/],
])('a run that took %j is endless: %s', (cost, why) => {
  if (why === undefined) expect(whyEndless(cost)).toBeUndefined();
  else expect(whyEndless(cost)).toMatch(why);
});

test('what a run costs is what its process took since it began, not what time went by', async () => {
  const burning =
    'const until = process.cpuUsage().user + 400_000; while (process.cpuUsage().user < until); console.log(""); process.stdin.resume()';
  const child = spawn(process.execPath, ['-e', burning], { stdio: ['pipe', 'pipe', 'inherit'] });
  let nowMs = 0;
  const cost = runCost(child.pid!, () => nowMs);
  await once(child.stdout, 'data');
  nowMs = 7_000;
  const { processor, real } = cost();
  expect(real).toBe(7);
  expect(processor).toBeGreaterThanOrEqual(0.35);
  // Another run of the same process begins at nothing.
  expect(runCost(child.pid!)().processor).toBeLessThan(0.2);
  child.stdin.end();
  await once(child, 'exit');
});
