import { parseArgs } from 'node:util';
import { expect, test } from 'vitest';
import { Complaint } from '../../src/scenarios/complaint.ts';
import { exitCodeOf } from '../../src/scenarios/exit-code.ts';
import type { Counts } from '../../src/scenarios/runner.ts';

async function ends(main: () => Promise<Counts | undefined>) {
  const printed: string[] = [];
  const complained: string[] = [];
  const exitCode = await exitCodeOf(
    main,
    (line) => printed.push(line),
    (line) => complained.push(line),
  );
  return { exitCode, printed, complained };
}

test('the last line is plain, and the exit code is 0 where nothing failed', async () => {
  expect(await ends(async () => ({ passed: 12, failed: 0 }))).toEqual({
    exitCode: 0,
    printed: ['12 passed, 0 failed'],
    complained: [],
  });
});

test('the exit code is 1 where anything failed', async () => {
  const { exitCode, printed } = await ends(async () => ({ passed: 12, failed: 1 }));
  expect(exitCode).toBe(1);
  expect(printed).toEqual(['12 passed, 1 failed']);
});

test('where nothing was to be run, nothing is counted', async () => {
  expect(await ends(async () => undefined)).toEqual({ exitCode: 0, printed: [], complained: [] });
});

test('bad usage ends with 2 and its message alone', async () => {
  const main = () => Promise.reject(new Complaint('--seed takes a whole number'));
  expect(await ends(main)).toEqual({
    exitCode: 2,
    printed: [],
    complained: ['--seed takes a whole number'],
  });
});

test('an unknown option is bad usage, too', async () => {
  const { exitCode, complained } = await ends(async () => {
    parseArgs({ args: ['--colour'], options: {} });
    return undefined;
  });
  expect(exitCode).toBe(2);
  expect(complained[0]).toMatch(/^Unknown option '--colour'/);
  expect(complained[0]).not.toContain('\n    at ');
});

test('what nobody foresaw ends with 2 and says where it was thrown', async () => {
  const error = new Error('no port is free');
  expect(await ends(() => Promise.reject(error))).toEqual({
    exitCode: 2,
    printed: [],
    complained: [error.stack],
  });
});
