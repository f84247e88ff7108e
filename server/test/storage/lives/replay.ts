import { Storage } from '../../../src/storage/storage.ts';
import { noTotals, runSeed } from './run-seed.ts';

/** Runs one seed with a trace: node server/test/storage/lives/replay.ts <seed> */
const seed = Number(process.argv[2]);
const totals = noTotals();
await runSeed(seed, Storage, totals, (line) => console.log(line));
console.log(totals);
