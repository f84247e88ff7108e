import type { Write } from 'raft-ts-lite';
import { expect, test } from 'vitest';
import { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { Prng } from '../../sim/prng.ts';
import { Storage } from '../../src/storage/storage.ts';
import { checkRecovered } from './lives/check-recovered.ts';
import { genesis, type MemberState, newMember, stagesOf, withSnapshot } from './lives/member-state.ts';
import { clusterId, digestOf, foreignSnapshot, secret, snapshotChunks } from './lives/snapshot-content.ts';
import { entries, persist, writeOf } from './member.ts';

const segmentBytes = 1024;
const meta = (index: number, term = 1) => ({ index, term, configuration: genesis });

/** What may be found at this point of the script. Undefined: no identity. */
type Possible = (MemberState | undefined)[];

/** A run through everything that storage does. `now` is told what may be found if the machine stops from here on. */
async function script(
  volume: FaultyVolume,
  now: (possible: Possible, isWriting: boolean) => void,
): Promise<void> {
  const options = { segmentBytes, snapRetainCount: 1 };
  let state: MemberState = newMember;
  let { storage } = await Storage.open(volume.mount(), options);
  now([undefined, state], false);
  await storage.writeIdentity({ clusterId, serverId: 1, raftId: 1, secret, genesis });

  const write = async (made: Write): Promise<void> => {
    const stages = stagesOf(state, made);
    now(stages, true);
    await persist(storage, made);
    state = stages.at(-1)!;
    now([state], false);
  };
  const snapshot = async (index: number): Promise<void> => {
    now([state, withSnapshot(state, meta(index))], false);
    const writer = await storage.createSnapshot(meta(index), digestOf(index));
    for (const chunk of snapshotChunks(index)) await writer.write(chunk);
    await writer.finish();
    state = withSnapshot(state, meta(index));
    now([state], false);
  };
  const install = async (index: number): Promise<void> => {
    const file = await foreignSnapshot(Storage, meta(index));
    await storage.receiveSnapshotChunk(meta(index), 0, file.slice(0, 100), false);
    await storage.receiveSnapshotChunk(meta(index), 100, file.slice(100), true);
    await write(
      writeOf({
        snapshot: meta(index),
        hardState: { term: 4, vote: 0 },
        entries: entries(index + 1, index + 2, 4),
      }),
    );
  };

  now([state], false);
  await write(writeOf({ hardState: { term: 1, vote: 1 } }));
  for (let index = 4; index < 64; index += 10)
    await write(writeOf({ entries: entries(index, index + 9, 1, 'x'.repeat(60)) }));
  await write(writeOf({ hardState: { term: 2, vote: 0 }, entries: entries(55, 58, 2) }));
  await snapshot(20);
  await write(writeOf({ entries: entries(59, 90, 2) }));
  await snapshot(50);
  await storage.close();
  ({ storage } = await Storage.open(volume.mount(), options));
  await install(105);
  await write(writeOf({ entries: entries(108, 120, 4) }));
  await storage.close();
}

/** What survives of a call cut short is a matter of chance: those are tried more than once. */
const stops = [
  ...(['before', 'after', 'kill'] as const).map((stop) => ({ stop, seed: 1 })),
  ...[1, 2, 3, 4].map((seed) => ({ stop: 'during' as const, seed })),
];

test('recovers from a stop at every call of the disk, before, during and after it', async () => {
  const totals = { stops: 0, suspect: 0 };
  for (const { stop, seed } of stops) {
    for (let call = 1; ; call++) {
      const volume = new FaultyVolume({ prng: new Prng(call, `${stop} ${seed}`) });
      let possible: Possible = [undefined];
      let isWriting = false;
      const stopped = new Promise<'stopped'>((resolve) => {
        volume.onCrash = () => resolve('stopped');
        volume.decide = ({ number }) => {
          if (number !== call) return {};
          if (stop !== 'kill') return { crash: stop };
          volume.kill();
          resolve('stopped');
          return {};
        };
      });
      const run = script(volume, (found, writing) => {
        possible = found;
        isWriting = writing;
      });
      const end = await Promise.race([stopped, run]);
      volume.decide = () => ({});
      if (end !== 'stopped') break;
      totals.stops++;
      const { storage, recovered } = await Storage.open(volume.mount(), { segmentBytes, snapRetainCount: 1 });
      const where = `${stop} at call ${call}, disk seed ${seed}`;
      if (recovered.identity === undefined) {
        expect(possible, where).toContain(undefined);
        continue;
      }
      const states = possible.filter((state) => state !== undefined);
      await checkRecovered(storage, recovered, states, isWriting).catch((cause: unknown) => {
        throw new Error(`${where}: ${(cause as Error).message}`);
      });
      if (recovered.suspect) totals.suspect++;
    }
  }
  console.log('stops at every call:', JSON.stringify(totals));
  expect(totals.stops).toBeGreaterThan(500);
  expect(totals.suspect).toBeGreaterThan(0);
});
