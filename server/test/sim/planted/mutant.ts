import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** One place in which the sources are made wrong. */
export interface Place {
  /** From the repository's root. */
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface PlantedBug extends Place {
  readonly name: string;
  /** Where one safeguard stands behind another, both are taken away. */
  readonly also?: Place;
}

export interface MutantRun {
  /** The first seed that failed, and what it failed by. */
  readonly caught: { readonly seed: number; readonly rule: string } | undefined;
  readonly output: string;
}

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

/** A copy of server and core with the bug in it, and the simulator that runs on that copy. */
export async function runMutant(bug: PlantedBug | undefined, seeds: SeedRange): Promise<MutantRun> {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-mutant-'));
  try {
    for (const part of ['server/src', 'server/sim', 'server/package.json', 'raft/src', 'raft/package.json']) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync('../raft', join(folder, 'node_modules', 'raft-ts-lite'));
    if (bug !== undefined) plant(folder, bug.name, bug);
    if (bug?.also !== undefined) plant(folder, bug.name, bug.also);
    return await simulate(folder, seeds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function plant(folder: string, name: string, { file, find, replace }: Place): void {
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`"${name}": its place stands ${count} times in ${file}; look for it anew`);
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
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
