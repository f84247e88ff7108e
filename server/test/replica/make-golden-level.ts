/** Writes the golden files of a feature level that this build runs: its highest one, if none is named. Refuses to change what is there. */
import { parseArgs } from 'node:util';
import { rangeOf } from '../../src/model/feature-level.ts';
import { THIS_BUILD } from '../../src/replica/build.ts';
import { makeGolden, writeGolden } from './golden-level.ts';

const { values } = parseArgs({
  options: {
    level: { type: 'string', default: String(rangeOf(THIS_BUILD.levels).highest) },
    replace: { type: 'boolean', default: false },
  },
});
try {
  const level = Number(values.level);
  const written = writeGolden(makeGolden(level, THIS_BUILD), { replace: values.replace });
  console.log(written.length === 0 ? `level ${level} is as it was` : `written: ${written.join(', ')}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
