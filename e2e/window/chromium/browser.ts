import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Program } from './program.ts';

/** Of each process that draws a page, in MiB: a page that keeps all that it ever saw is ended by it. */
const MAX_HEAP_MIB = 512;
const LAUNCH_TIMEOUT_MS = 60_000;

/** @param folder gets its profile, and whatever else it writes; the browser ends with this process */
export function launch(program: Program, folder: string): Promise<Browser> {
  const home = join(folder, 'browser-home');
  mkdirSync(home, { recursive: true });
  return chromium.launch({
    executablePath: program.path,
    headless: true,
    // The kernel lets nobody be root within it.
    chromiumSandbox: process.getuid?.() !== 0,
    timeout: LAUNCH_TIMEOUT_MS,
    args: [
      `--js-flags=--max-old-space-size=${MAX_HEAP_MIB}`,
      '--renderer-process-limit=3',
      // Containers have little of it.
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--no-first-run',
      '--force-color-profile=srgb',
      '--font-render-hinting=none',
    ],
    env: {
      ...definedOf(process.env),
      ...program.environment,
      HOME: home,
      TMPDIR: home,
      XDG_CONFIG_HOME: home,
    },
  });
}

function definedOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
