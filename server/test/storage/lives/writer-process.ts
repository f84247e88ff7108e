import { FolderDisk } from '../../../src/platform/disk.ts';
import { Storage } from '../../../src/storage/storage.ts';
import { entries, identity, takeSnapshot, writeOf } from '../member.ts';

/** Appends for ever, with a snapshot now and then, and prints the last index that was acknowledged: writer-process.ts <folder> */
const root = process.argv[2]!;
const { storage, recovered } = await Storage.open(new FolderDisk(root), {
  segmentBytes: 256 * 1024,
  snapRetainCount: 2,
});
if (recovered.identity === undefined) await storage.writeIdentity(identity);
let last = recovered.identity === undefined ? identity.genesis.index : recovered.lastIndex;

for (let round = 0; ; round++) {
  for (let write = 0; write < 40; write++) {
    // Small ones, which are synced in this thread, and large ones, which are not.
    const count = write % 5 === 0 ? 300 : 1;
    const made = writeOf({ entries: entries(last + 1, last + count) });
    await new Promise<void>((resolve, reject) => {
      storage.persist(made, (error) => (error === undefined ? resolve() : reject(error)));
    });
    last += count;
    process.stdout.write(`${last}\n`);
  }
  if (round % 3 === 0) await takeSnapshot(storage, last);
}
