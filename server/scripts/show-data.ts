/**
 * Shows what a member's data folder says, one line of JSON for each fact: who it is, term and vote, snapshots, and each entry of the log.
 *
 *   node server/scripts/show-data.ts DATADIR
 *   node server/scripts/show-data.ts DATADIR | jq 'select(.kind == "entry" and .index >= 4000)'
 *
 * Nothing is changed. Of a member that runs, look at a copy.
 */
import { existsSync } from 'node:fs';
import { FolderDisk } from '../src/platform/disk.ts';
import { factsOf } from './show-data/facts.ts';

const folder = process.argv[2];
if (folder === undefined || !existsSync(folder)) {
  console.error(folder === undefined ? 'which data folder?' : `there is no folder ${folder}`);
  process.exit(2);
}
for await (const fact of factsOf(new FolderDisk(folder))) {
  if (!process.stdout.write(`${JSON.stringify(fact)}\n`))
    await new Promise((resolve) => process.stdout.once('drain', resolve));
}
