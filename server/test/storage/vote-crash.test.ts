import { expect, test } from 'vitest';
import { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { Prng } from '../../sim/prng.ts';
import { Storage } from '../../src/storage/storage.ts';
import { readGolden } from './golden-files.ts';
import { entries, identity, persist, volumeWith, writeOf } from './member.ts';

const options = { segmentBytes: 400, snapRetainCount: 1 };
const stops = ['before', 'during', 'after', 'kill'] as const;

/** Stops `run` at its call `number` of the disk; false where it made fewer. */
async function stopAt(
  volume: FaultyVolume,
  number: number,
  stop: (typeof stops)[number],
  run: () => Promise<void>,
): Promise<boolean> {
  const at = volume.callCount + number;
  const stopped = new Promise<boolean>((resolve) => {
    volume.onCrash = () => resolve(true);
    volume.decide = (call) => {
      if (call.number !== at) return {};
      if (stop !== 'kill') return { crash: stop };
      volume.kill();
      resolve(true);
      return {};
    };
  });
  const isStopped = await Promise.race([stopped, run().then(() => false)]);
  volume.decide = () => ({});
  return isStopped;
}

/** Opens, then the power fails, then opens again: what the first found was good for a promise, so the second finds it, too. */
async function findTwice(volume: FaultyVolume, segmentBytes: number): Promise<string> {
  const first = await Storage.open(volume.mount(), { ...options, segmentBytes });
  volume.crash();
  const second = await Storage.open(volume.mount(), { ...options, segmentBytes });
  await second.storage.close();
  const { hardState } = first.recovered;
  expect(second.recovered.hardState).toEqual(hardState);
  return `${hardState.term}:${hardState.vote}`;
}

test('finds after a stop at every call of the disk the last vote that was reported, or the one under way', async () => {
  const totals = { stops: 0, under: 0 };
  for (const stop of stops) {
    for (let call = 1; ; call++) {
      const volume = new FaultyVolume({ prng: new Prng(call, stop) });
      const begin = await Storage.open(volume.mount(), options);
      await begin.storage.writeIdentity(identity);
      await begin.storage.close();
      let reported = '0:0';
      let under = reported;
      let next = 4;
      const isStopped = await stopAt(volume, call, stop, async () => {
        for (let life = 0; life < 2; life++) {
          const { storage } = await Storage.open(volume.mount(), options);
          for (let step = 0; step < 8; step++) {
            const number = life * 8 + step;
            const hardState = { term: 1 + (number >> 1), vote: number % 2 === 0 ? 0 : 1 + (number % 3) };
            under = `${hardState.term}:${hardState.vote}`;
            // Votes alone, and votes in one Write with entries.
            const count = step % 3;
            await persist(
              storage,
              writeOf({ hardState, entries: entries(next, next + count - 1, hardState.term) }),
            );
            next += count;
            reported = under;
          }
          await storage.close();
        }
      });
      if (!isStopped) break;
      totals.stops++;
      const found = await findTwice(volume, options.segmentBytes);
      expect([reported, under], `${stop} at call ${call}`).toContain(found);
      if (found !== reported) totals.under++;
    }
  }
  console.log('stops around votes:', JSON.stringify(totals));
  expect(totals.stops).toBeGreaterThan(300);
  expect(totals.under).toBeGreaterThan(0);
});

test('forgets no vote of an earlier release, wherever the first start of this one stops', async () => {
  let count = 0;
  for (const stop of stops) {
    for (let call = 1; ; call++) {
      const volume = await volumeWith(readGolden('votes-in-log'), call);
      const isStopped = await stopAt(volume, call, stop, async () => {
        await (await Storage.open(volume.mount(), { ...options, segmentBytes: 640 })).storage.close();
      });
      if (!isStopped) break;
      count++;
      expect(await findTwice(volume, 640), `${stop} at call ${call}`).toBe('5:1');
    }
  }
  console.log('stops in the first start:', count);
  expect(count).toBeGreaterThan(100);
});
