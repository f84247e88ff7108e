/** Writes the golden log of a release and its digests; refuses to change one that is there. */
import { writeFileSync } from 'node:fs';
import { digestsOf, formatEntries } from './golden-log.ts';
import { LogEntries } from './log-entries.ts';

const ENTRIES = 1_000;

const [release, seed = '1'] = process.argv.slice(2);
if (release === undefined || !/^\d+\.\d+$/.test(release)) {
  process.stderr.write('usage: make-golden-log.ts <release, as 0.1> [seed]\n');
  process.exit(2);
}
const log = new LogEntries(Number(seed));
log.more(ENTRIES);
writeFileSync(new URL(`golden/log-${release}.txt`, import.meta.url), formatEntries(log.entries), {
  flag: 'wx',
});
writeFileSync(new URL(`golden/digests-${release}.txt`, import.meta.url), digestsOf(log.entries), {
  flag: 'wx',
});
