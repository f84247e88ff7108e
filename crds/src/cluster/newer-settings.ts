import type { CelRule } from '../schema/node.ts';

/** Versions of the server whose members do not know the settings below: they would tell of them in their log, and go on without. */
const OLDER = String.raw`^0\.[0-2]\..*$`;

/** The settings that members know from 0.3.0 on, as CEL on spec sees whether one is asked for. */
const ASKED: readonly string[] = [
  'has(self.config.window)',
  ...['httpForPrograms', 'enforceQuotas', 'readOnlyMode'].map(
    (name) => `(has(self.config.${name}) && self.config.${name})`,
  ),
];

/**
 * Whether members of a version know `window`, `httpForPrograms`, `enforceQuotas` and `readOnlyMode`.
 *
 * @param version of the server, as MAJOR.MINOR.PATCH
 */
export function knowsNewerSettings(version: string): boolean {
  return !new RegExp(OLDER).test(version);
}

/** On spec, because it reads the version besides the settings. */
export const newerSettings: CelRule = {
  rule: `!self.version.matches(r'${OLDER}') || !(${ASKED.join(' || ')})`,
  fieldPath: '.config',
  message:
    'leave out window, httpForPrograms, enforceQuotas and readOnlyMode, which members know from 0.3.0 on, or write a version of at least 0.3.0',
};
