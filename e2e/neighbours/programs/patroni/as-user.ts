import { chownSync } from 'node:fs';

/** Debian's `nobody` and `nogroup`. */
const NOBODY = 65_534;

const isRoot = process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root. Where this process is root's, what is started is nobody's, who may read and write what root may: what it needs lies in
 * root's cache, where nobody else may look.
 */
export function asUser(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  if (!isRoot) return command;
  const user = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
  const reach = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  // access(2), by which PostgreSQL looks at its programs, would leave that out of account otherwise.
  const always = ['--securebits', '+no_setuid_fixup'];
  return ['setpriv', ...always, ...user, ...reach, ...command];
}

/** PostgreSQL wants to own the folder of its data. */
export function giveToUser(folder: string): void {
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
}
