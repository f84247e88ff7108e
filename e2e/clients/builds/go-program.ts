import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, builtFolder } from '../../../testkit/src/built-folder.ts';
import { runsHere } from '../../../testkit/src/runs-here.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;

/** The module of all programs in Go. */
const module = join(import.meta.dirname, '..', 'go');

/** What is missing on this machine to build them, in one line; undefined when nothing is. */
export function missingForGo(): string | undefined {
  return runsHere('go', 'version') ? undefined : 'go is not installed';
}

/** Returns the path of the program whose files are in the folder `name` of the module. Its modules are fetched the first time. */
export function buildGoProgram(name: string, log: (line: string) => void): string {
  const files = ['go.mod', 'go.sum', ...readdirSync(join(module, name)).map((file) => join(name, file))];
  const sources = files.map((file) => readFileSync(join(module, file), 'utf8'));
  const folder = builtFolder('go-clients', sources);
  buildOnce(folder, (unfinished) => {
    log(`building the Go client ${name}`);
    execFileSync('go', ['build', '-trimpath', '-o', join(unfinished, name), `./${name}`], {
      cwd: module,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: BUILD_TIMEOUT_MS,
    });
  });
  return join(folder, name);
}
