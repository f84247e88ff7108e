/**
 * Asks the registry which of the packages in package-lock.json have known vulnerabilities, and prints them as warnings: one that was found this
 * morning must not keep a fix from going out, and whether it can be met here is for people to say. Where the registry answers no such question (a
 * mirror, no network) that is said, loudly, and nothing is known.
 *
 *   node scripts/known-vulnerabilities.ts
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { vulnerabilityReport } from './vulnerability-report.ts';

const TIMEOUT_MS = 60_000;

const { stdout, stderr } = spawnSync('npm', ['audit', '--json'], {
  cwd: resolve(import.meta.dirname, '..'),
  encoding: 'utf8',
  timeout: TIMEOUT_MS,
  stdio: ['ignore', 'pipe', 'pipe'],
});
console.log(vulnerabilityReport(stdout, stderr).join('\n'));
