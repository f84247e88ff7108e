import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from '../recorded/recording.ts';
import { replay } from '../recorded/replay.ts';
import type { Scenario } from '../scenario.ts';

const folder = join(import.meta.dirname, '..', 'recorded', 'programs');

/** What real programs send, as `node e2e/neighbours/run.ts --record` has seen it. */
export const programs: readonly Scenario[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) =>
    replay(
      `programs/${file.replace('.json', '')}`,
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording,
    ),
  );
