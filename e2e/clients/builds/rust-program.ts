import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, builtFolder } from '../../../testkit/src/built-folder.ts';
import { runsHere } from '../../../testkit/src/runs-here.ts';

const BUILD_TIMEOUT_MS = 10 * 60_000;

/** The one package of programs in Rust, and the program that it makes. */
const crate = join(import.meta.dirname, '..', 'rust');
const PROGRAM = 'library-client';

/** What is missing on this machine to build it, in one line; undefined when nothing is. */
export function missingForRust(): string | undefined {
  return runsHere('cargo', '--version') ? undefined : 'cargo is not installed';
}

/** Returns the path of the program. Its crates are fetched the first time, as Cargo.lock pins them. */
export function buildRustProgram(log: (line: string) => void): string {
  const sources = join(crate, 'src');
  const files = ['Cargo.toml', 'Cargo.lock', ...readdirSync(sources).map((file) => join('src', file))];
  const texts = files.map((file) => readFileSync(join(crate, file), 'utf8'));
  const folder = builtFolder('rust-clients', texts);
  buildOnce(folder, (unfinished) => {
    log('building the Rust client');
    const target = join(unfinished, 'target');
    execFileSync('cargo', ['build', '--quiet', '--release', '--locked', '--target-dir', target], {
      cwd: crate,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: BUILD_TIMEOUT_MS,
    });
    copyFileSync(join(target, 'release', PROGRAM), join(unfinished, PROGRAM));
    rmSync(target, { recursive: true });
  });
  return join(folder, PROGRAM);
}
