import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

export const goldenFolder = join(import.meta.dirname, 'golden');
const VARIABLE = 'UPDATE_GOLDEN';

/** The file holds `text`; with the variable set it is written instead. */
export function expectGolden(file: string, text: string): void {
  const path = join(goldenFolder, file);
  if (process.env[VARIABLE] !== undefined) {
    mkdirSync(goldenFolder, { recursive: true });
    writeFileSync(path, text);
  }
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
  expect(
    text,
    `golden/${file} is not what desired() makes: look at the difference, and if it is meant, run the test with ${VARIABLE}=1`,
  ).toBe(committed);
}
