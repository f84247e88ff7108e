import { FaultyVolume } from '../../../sim/disk/faulty-volume.ts';
import { Prng } from '../../../sim/prng.ts';
import { Storage } from '../../../src/storage/storage.ts';
import { identity, options, persistEntries, snapshotAt, takeSnapshot, writeOf } from '../member.ts';

/** While a Write is under way, another call of the disk fails. Throws where the Write is acknowledged all the same. */
export async function checkFailureElsewhere(): Promise<void> {
  const volume = new FaultyVolume({ prng: new Prng(1) });
  const held: (() => void)[] = [];
  let isHolding = false;
  const disk = volume.mount((delayMs, run) => {
    if (isHolding && delayMs > 0) held.push(run);
    else queueMicrotask(run);
  });
  const { storage } = await Storage.open(disk, options);
  await storage.writeIdentity(identity);
  await persistEntries(storage, 4, 20);
  volume.decide = (call) => {
    if (call.kind === 'append') return { delayMs: 1 };
    return call.kind === 'sync' && call.name.includes('snapshot') ? { error: 'EIO' } : {};
  };
  isHolding = true;
  let outcome = 'none';
  storage.persist(writeOf({ hardState: { term: 1, vote: 1 } }), (error) => {
    outcome = error === undefined ? 'acknowledged' : error.code;
  });
  const failed = await takeSnapshot(storage, snapshotAt(10).index).then(
    () => false,
    () => true,
  );
  if (!failed) throw new Error('the snapshot did not fail');
  for (const run of held) run();
  if (outcome !== 'failed') throw new Error(`the Write under way beside a failure: ${outcome}`);
}
