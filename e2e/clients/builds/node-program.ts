import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, builtFolder } from '../../../testkit/src/built-folder.ts';

const INSTALL_TIMEOUT_MS = 5 * 60_000;

/** The package of the program in JavaScript: what it depends on is nothing that the server or its tests know of. */
const folderOfPackage = join(import.meta.dirname, '..', 'node');

/** Returns a copy of the package's folder with its dependencies beside it, as its lock file pins them. */
export function installNodeProgram(log: (line: string) => void): string {
  const files = readdirSync(folderOfPackage).filter((file) => /\.(js|json)$/.test(file));
  const texts = files.map((file) => readFileSync(join(folderOfPackage, file), 'utf8'));
  const folder = builtFolder('node-clients', texts);
  buildOnce(folder, (unfinished) => {
    log('installing the Node client');
    for (const file of files) copyFileSync(join(folderOfPackage, file), join(unfinished, file));
    execFileSync('npm', ['ci', '--silent', '--no-audit', '--no-fund', '--ignore-scripts'], {
      cwd: unfinished,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: INSTALL_TIMEOUT_MS,
    });
  });
  return folder;
}
