import { expect, test } from 'vitest';
import { Complaint } from '../../src/scenarios/complaint.ts';
import { type Attempt, Runner } from '../../src/scenarios/runner.ts';

function make(): { runner: Runner; lines: string[] } {
  const lines: string[] = [];
  return { runner: new Runner((line) => lines.push(line)), lines };
}

function passes(name: string, account = 'all is well'): Attempt {
  return { name, run: async () => account };
}

function rejects(name: string, error: unknown, more: Partial<Attempt> = {}): Attempt {
  return { name, ...more, run: () => Promise.reject(error) };
}

test('a scenario that resolves has passed, and its account stands behind its name', async () => {
  const { runner, lines } = make();
  await runner.runAll([passes('one', '3 things told'), passes('two', '')]);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^passed +\d+\.\d s {2}one: 3 things told$/);
  expect(lines[1]).toMatch(/^passed +\d+\.\d s {2}two$/);
  expect(runner.counts).toEqual({ passed: 2, failed: 0 });
});

test('a scenario that rejects is counted as failed, and the next one still runs', async () => {
  const { runner, lines } = make();
  await runner.runAll([rejects('one', new Error('lost')), passes('two')]);
  expect(lines[0]).toMatch(/^FAILED +\d+\.\d s {2}one$/);
  expect(lines.at(-1)).toMatch(/^passed .* two: all is well$/);
  expect(runner.counts).toEqual({ passed: 1, failed: 1 });
});

test('a scenario that throws at once, or rejects without saying why, is counted as failed, too', async () => {
  const { runner, lines } = make();
  const throws = (): never => {
    throw new Error('at once');
  };
  await runner.runAll([{ name: 'one', run: throws }, rejects('two', undefined)]);
  expect(runner.counts).toEqual({ passed: 0, failed: 2 });
  expect(lines.at(-1)).toBe('failed without saying why');
});

test('the next scenario begins when the one before has ended and its evidence is kept and what it made is taken away', async () => {
  const { runner } = make();
  const seen: string[] = [];
  const slowly = async (what: string): Promise<void> => {
    seen.push(`${what} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.push(`${what} ends`);
  };
  await runner.runAll([
    {
      name: 'one',
      run: async () => {
        await slowly('one');
        throw new Error('lost');
      },
      evidence: async () => {
        await slowly('evidence');
        return [];
      },
      clear: () => slowly('clearing'),
    },
    {
      name: 'two',
      run: async () => {
        seen.push('two');
        return '';
      },
    },
  ]);
  const ofOne = ['one', 'evidence', 'clearing'].flatMap((what) => [`${what} begins`, `${what} ends`]);
  expect(seen).toEqual([...ofOne, 'two']);
});

test('beneath a failure stand what it would have proven, the stack, what is kept and how to run it again', async () => {
  const { runner, lines } = make();
  const error = new Error('lost');
  await runner.run(
    rejects('one', error, {
      proves: 'nothing is lost',
      again: 'node run.ts --only one',
      evidence: async () => ['logs are kept in /a', 'data are kept in /b'],
    }),
  );
  expect(lines[0]).toMatch(/^FAILED .* one \(nothing is lost\)$/);
  expect(lines.slice(1)).toEqual([
    error.stack,
    '  logs are kept in /a',
    '  data are kept in /b',
    '  again: node run.ts --only one',
  ]);
});

test('a complaint is told without a stack', async () => {
  const { runner, lines } = make();
  await runner.run(rejects('one', new Complaint('two replies differ')));
  expect(lines.slice(1)).toEqual(['two replies differ']);
});

test('evidence that cannot be had hides neither the failure nor how to run it again', async () => {
  const { runner, lines } = make();
  const evidence = () => Promise.reject(new Complaint('the disk is full'));
  await runner.runAll([rejects('one', new Complaint('lost'), { evidence, again: 'again' }), passes('two')]);
  expect(lines.slice(1, 4)).toEqual(['lost', '  no evidence is kept: the disk is full', '  again: again']);
  expect(runner.counts).toEqual({ passed: 1, failed: 1 });
});

test('of a scenario that has passed, nobody asks for evidence', async () => {
  const { runner, lines } = make();
  await runner.run({ ...passes('one'), evidence: async () => ['kept'], again: 'again' });
  expect(lines).toHaveLength(1);
});

test('a scenario that is left out is told with the reason, not run and not counted', async () => {
  const { runner, lines } = make();
  expect(await runner.run(rejects('one', new Error('ran'), { leftOutFor: 'it needs root' }))).toBe(false);
  expect(lines).toEqual(['left out        one: it needs root']);
  expect(runner.counts).toEqual({ passed: 0, failed: 0 });
});

test('who runs a scenario is told whether it passed', async () => {
  const { runner } = make();
  expect(await runner.run(passes('one'))).toBe(true);
  expect(await runner.run(rejects('two', new Error('lost')))).toBe(false);
});

test('what cannot be taken away after a failure is told, and the next one still runs', async () => {
  const { runner, lines } = make();
  const clear = (): Promise<void> => Promise.reject(new Complaint('the namespace stays'));
  await runner.runAll([rejects('one', new Complaint('lost'), { clear }), passes('two')]);
  expect(lines).toContain('  what it made is left: the namespace stays');
  expect(runner.counts).toEqual({ passed: 1, failed: 1 });
});
