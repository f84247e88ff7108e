import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { recipeBugs } from './recipe-bugs.ts';

const SOURCES = ['client/src', 'client/sim', 'server/src', 'server/sim', 'protocol/src', 'raft/src'];
/** Seeds after which a planted bug counts as missed. */
const SEEDS = 120;

interface Caught {
  readonly seed: number;
  readonly rule: string;
}

for (const bug of recipeBugs) {
  test(`the simulator catches it when ${bug.name}`, { timeout: 1_200_000 }, async () => {
    const { caught, output } = await runMutant(bug, 1, SEEDS);
    expect(caught, output).toBeDefined();
    console.log(`${bug.name}: seed ${caught?.seed}, "${caught?.rule}"`);
    const sound = await runMutant(undefined, caught?.seed ?? 1, 1);
    expect(sound.output).toContain('holds');
    expect(sound.caught, 'the same seed without the bug').toBeUndefined();
  });
}

function runMutant(
  bug: PlantedBug | undefined,
  first: number,
  count: number,
): Promise<{ readonly caught: Caught | undefined; readonly output: string }> {
  return withPlantedBug(SOURCES, bug, async ({ folder }) => {
    const args = [
      'client/sim/main.ts',
      '--from',
      String(first),
      '--seeds',
      String(count),
      '--max-failures',
      '1',
    ];
    const output = await outputOf(folder, args);
    const [, seed, rule] = /^seed (\d+) fails[\s\S]*?✗ ([^\n]*)/m.exec(output) ?? [];
    return {
      caught: seed === undefined || rule === undefined ? undefined : { seed: Number(seed), rule },
      output,
    };
  });
}

function outputOf(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (text: Buffer): void => {
      output += text;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
