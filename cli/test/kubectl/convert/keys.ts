import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceName } from '../../../src/kubectl/convert/convert.ts';

/** All keys that a source has, as the file in `keys/` lists them. */
export function keysOf(source: SourceName): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, 'keys', `${source}.txt`), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
