/** Replays one seed with a readable trace: `node raft/test/simulation/replay.ts SEED [messages]` (Node 26). */
import { runSeed } from './run-seed.ts';
import { printTotals } from './totals.ts';

const seed = Number(process.argv[2]);
if (!Number.isSafeInteger(seed)) {
  process.stderr.write('usage: replay.ts SEED\n');
  process.exit(2);
}
const totals = runSeed(seed, { print: (line) => process.stdout.write(`${line}\n`) });
process.stdout.write(`seed ${seed} holds\n${printTotals(totals)}\n`);
