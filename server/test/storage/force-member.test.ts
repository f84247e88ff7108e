import { decodeConfiguration, EntryKind, encodeConfiguration, FORCED_TERM_LEAD } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { Prng } from '../../sim/prng.ts';
import { type ForceOutcome, forceMember } from '../../src/storage/force-member.ts';
import {
  codeOf,
  entries,
  genesis,
  identity,
  newMember,
  open,
  options,
  persist,
  persistEntries,
  takeSnapshot,
  volumeOf,
  writeOf,
} from './member.ts';

const LAST = 9;
const VOTED = { term: 4, vote: 2 };
const force = (volume: FaultyVolume, serverId = 1, lastIndex?: number): Promise<ForceOutcome> =>
  forceMember({ disk: volume.mount(), storage: options }, serverId, lastIndex);

/** A member that has voted, of whose entries none is known to be committed. */
async function voterOn(volume: FaultyVolume, withSnapshot = false): Promise<FaultyVolume> {
  const storage = await newMember(volume);
  await persistEntries(storage, 4, LAST);
  await persist(storage, writeOf({ hardState: VOTED }));
  if (withSnapshot) await takeSnapshot(storage, LAST);
  await storage.close();
  return volume;
}

/** The newest configuration and what stands before it. */
async function found(volume: FaultyVolume) {
  const { storage, recovered } = await open(volume);
  await storage.close();
  const newest = recovered.configurations.at(-1);
  const kept = recovered.entries
    .filter(({ kind }) => kind !== EntryKind.configuration)
    .map(({ index }) => index);
  return { recovered, kept, configuration: newest && decodeConfiguration(newest.data) };
}

describe('a member that is forced', () => {
  test.each([[false], [true]])(
    'keeps all of its log and is the only voter (a snapshot of all of it: %j)',
    async (withSnapshot) => {
      const volume = await voterOn(volumeOf(), withSnapshot);
      const term = VOTED.term + FORCED_TERM_LEAD;
      const recovery = { number: 1, survivor: 1, index: LAST + 1, term };
      expect(await force(volume, 1, LAST)).toEqual({ recovery, isNew: true });
      const { recovered, kept, configuration } = await found(volume);
      expect(kept).toEqual(withSnapshot ? [] : entries(4, LAST).map(({ index }) => index));
      expect(recovered).toMatchObject({ lastIndex: LAST + 1, hardState: { term, vote: 1 }, suspect: false });
      expect(configuration).toMatchObject({
        index: LAST + 1,
        voters: [1],
        outgoing: [],
        learners: [],
        recovery,
      });
      expect([...configuration!.contexts]).toEqual([[1, 'one']]);
    },
  );

  test('is not forced twice, also after a snapshot, and is once others vote', async () => {
    const volume = await voterOn(volumeOf());
    const made = await force(volume);
    const again = { ...made, isNew: false };
    expect(await force(volume, 1, 17)).toEqual(again);
    const { recovered, configuration } = await found(volume);
    const { storage } = await open(volume);
    const index = recovered.lastIndex + 1;
    const { term } = recovered.hardState;
    const others = {
      ...configuration!,
      index,
      voters: [1, index],
      contexts: new Map([
        [1, 'one'],
        [index, 'new'],
      ]),
    };
    const data = encodeConfiguration(others);
    await persist(storage, writeOf({ entries: [{ index, term, kind: EntryKind.configuration, data }] }));
    await storage.close();
    const second = await force(volume);
    expect(second).toMatchObject({ isNew: true, recovery: { number: 2, survivor: 1, index: index + 1 } });
  });
});

describe('nothing is forced', () => {
  test('of another member, another log, no data, or a log that does not name the member', async () => {
    const volume = await voterOn(volumeOf());
    expect(await force(volume, 2)).toEqual({ refused: 'other-member', lastIndex: LAST });
    expect(await force(volume, 1, LAST - 1)).toEqual({ refused: 'other-log', lastIndex: LAST });
    expect(await force(volumeOf())).toEqual({ refused: 'no-data', lastIndex: 0 });
    const late = volumeOf();
    const { storage } = await open(late);
    await storage.writeIdentity({ ...identity, raftId: 7 });
    await storage.close();
    expect(await force(late)).toEqual({ refused: 'not-a-member', lastIndex: genesis.index });
    expect((await found(volume)).recovered).toMatchObject({ lastIndex: LAST, hardState: VOTED });
  });

  test('where the disk has no room; asked again with room, it is', async () => {
    const volume = await voterOn(volumeOf());
    volume.capacityBytes = volume.usedBytes();
    expect(await force(volume, 1, LAST)).toEqual({ refused: 'no-room', lastIndex: LAST });
    volume.capacityBytes = Number.POSITIVE_INFINITY;
    expect((await found(volume)).recovered).toMatchObject({ lastIndex: LAST, hardState: VOTED });
    expect(await force(volume, 1, LAST)).toMatchObject({ isNew: true });
  });

  test('while another process uses the data', async () => {
    const volume = await voterOn(volumeOf());
    const { storage } = await open(volume);
    expect(await codeOf(force(volume))).toBe('locked');
    await storage.close();
  });
});

/** What survives of a call cut short is a matter of chance. */
const stops = [
  ...(['before', 'after'] as const).map((stop) => ({ stop, seed: 1 })),
  ...[1, 2, 3].map((seed) => ({ stop: 'during' as const, seed })),
];

test('a crash at any call of the disk leaves the member of before or the one that was forced, with all of its log', async () => {
  const totals = { former: 0, forced: 0 };
  for (const { stop, seed } of stops) {
    for (let call = 1; ; call++) {
      const volume = await voterOn(new FaultyVolume({ prng: new Prng(call, `${stop} ${seed}`) }));
      let calls = 0;
      const crashed = new Promise<'crashed'>((resolve) => {
        volume.onCrash = () => resolve('crashed');
        volume.decide = () => (++calls === call ? { crash: stop } : {});
      });
      const end = await Promise.race([crashed, force(volume)]);
      volume.decide = () => ({});
      if (end !== 'crashed') break;
      const where = `${stop} at call ${call}, disk seed ${seed}`;
      const { recovered, kept, configuration } = await found(volume);
      expect(kept, where).toEqual(entries(4, LAST).map(({ index }) => index));
      if (configuration === undefined) {
        totals.former++;
        // Its own vote in a term that nobody else has is no harm.
        const isVoted = recovered.hardState.term === VOTED.term || recovered.hardState.vote === 1;
        expect([recovered.lastIndex, isVoted], where).toEqual([LAST, true]);
      } else {
        totals.forced++;
        expect([configuration.voters, recovered.hardState.vote], where).toEqual([[1], 1]);
      }
      expect(await force(volume, 1, LAST), where).toMatchObject({ recovery: { number: 1, index: LAST + 1 } });
    }
  }
  expect(totals.former).toBeGreaterThan(20);
  expect(totals.forced).toBeGreaterThan(0);
});
