import { spawn } from 'node:child_process';
import { type PlantedBug, withPlantedBug } from '../../../../testkit/src/planted-bug.ts';

const SOURCES = ['server/src', 'server/sim', 'protocol/src', 'raft/src', 'testkit/src'];

export interface MutantRun {
  /** The first seed that failed, and what it failed by. */
  readonly caught: { readonly seed: number; readonly rule: string } | undefined;
  readonly output: string;
}

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

/** What the simulator says of a copy of server, protocol and core with the bug in it. */
export function runMutant(bug: PlantedBug | undefined, seeds: SeedRange): Promise<MutantRun> {
  return withPlantedBug(SOURCES, bug, ({ folder }) => simulate(folder, seeds));
}

function simulate(folder: string, { first, count }: SeedRange): Promise<MutantRun> {
  const range = ['--from', String(first), '--seeds', String(count)];
  const args = ['server/sim/main.ts', ...range, '--workers', '1', '--max-failures', '1'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', () => {
      const [, seed, rule] = /^seed (\d+) fails[\s\S]*?✗ ([^\n]*)/m.exec(output) ?? [];
      const caught = seed === undefined || rule === undefined ? undefined : { seed: Number(seed), rule };
      resolve({ caught, output });
    });
  });
}
