import { describe, expect, test } from 'vitest';
import { ArchiveKey } from '../../src/backup/archive-key.ts';
import { ofCluster, readCatalog } from '../../src/backup/catalog.ts';
import { stateAt } from '../../src/backup/choose.ts';
import { AT_END, type Point } from '../../src/backup/replay.ts';
import { takeBackup } from '../../src/backup/take.ts';
import type { Manifest } from '../../src/backup-format/manifest.ts';
import { newMachine, replay } from '../replica/replay.ts';
import { MemoryDestination } from './memory-destination.ts';
import { SentBackups } from './sent-backup.ts';

const KEY = new ArchiveKey(new Uint8Array(32).fill(7));

interface Archived {
  readonly member: SentBackups;
  readonly destination: MemoryDestination;
  readonly taken: Manifest[];
}

function take(
  destination: MemoryDestination,
  source: AsyncIterable<Uint8Array>,
  after?: { index: number; term: number },
  key: ArchiveKey | undefined = KEY,
): Promise<Manifest> {
  return takeBackup(
    { destination, key, progress: () => undefined, nowMs: () => 1_800_000_000_000 },
    source,
    after,
  );
}

/** A snapshot in the middle of a log, then only log, then a snapshot that continues it, then only log. */
async function archived(seed: number, count: number, key: ArchiveKey | undefined = KEY): Promise<Archived> {
  const member = new SentBackups(seed);
  const destination = new MemoryDestination();
  member.more(count);
  const first = member.snapshot();
  member.more(count);
  const taken = [await take(destination, member.stream(first.meta.index, first), undefined, key)];
  const goOn = async (snapshot?: ReturnType<SentBackups['snapshot']>): Promise<void> => {
    const after = taken.at(-1)!.last;
    taken.push(await take(destination, member.stream(after.index, snapshot), after, key));
  };
  member.more(count);
  await goOn();
  member.more(count);
  const second = member.snapshot();
  member.more(count);
  await goOn(second);
  member.more(count);
  await goOn();
  return { member, destination, taken };
}

async function stateOf(
  { destination }: Pick<Archived, 'destination'>,
  point: Point,
  { key }: { key: ArchiveKey | undefined } = { key: KEY },
) {
  const { backups, damaged } = await readCatalog(destination, key);
  expect(damaged).toEqual([]);
  return await stateAt({ destination, key, hashSeed: 5 }, ofCluster(backups, undefined), point);
}

describe('an archive', () => {
  test.each([1, 2, 3])(
    'gives the state after each write that it holds, and no other one (seed %i)',
    async (seed) => {
      const one = await archived(seed, 12);
      const { entries } = one.member.log;
      const first = one.taken[0]!.snapshot!.index;
      const expected = newMachine();
      for (const entry of entries) {
        replay(expected, [entry]);
        if (entry.index < first || expected.restore.isOpen) continue;
        const zxid = expected.lastZxid;
        const { machine } = await stateOf(one, { by: 'zxid', zxid });
        expect(machine.lastZxid, `zxid ${zxid} of seed ${seed}`).toBe(zxid);
        expect(machine.digest(), `zxid ${zxid} of seed ${seed}`).toBe(expected.digest());
      }
      const { machine, compared } = await stateOf(one, AT_END);
      expect(machine.digest()).toBe(one.member.machine.digest());
      expect(compared).toBeGreaterThan(1);
    },
  );

  test.each([4, 5])(
    'gives what was written up to a time, and nothing that came later (seed %i)',
    async (seed) => {
      const one = await archived(seed, 12);
      const first = one.taken[0]!.snapshot!.index;
      const expected = newMachine();
      const { entries } = one.member.log;
      for (const [at, entry] of entries.entries()) {
        replay(expected, [entry]);
        const next = newMachine();
        replay(next, entries.slice(0, at + 2));
        // At a time that several have, the last of them counts.
        if (entry.index < first || next.lastTimeMs <= expected.lastTimeMs || expected.restore.isOpen)
          continue;
        const { machine } = await stateOf(one, { by: 'time', timeMs: expected.lastTimeMs });
        expect(machine.digest(), `entry ${entry.index} of seed ${seed}`).toBe(expected.digest());
      }
    },
  );

  test('says that a point is after its end, or before its beginning', async () => {
    const one = await archived(1, 8);
    const { last, snapshot } = { last: one.taken.at(-1)!.last, snapshot: one.taken[0]!.snapshot! };
    await expect(stateOf(one, { by: 'zxid', zxid: last.zxid + 1 })).rejects.toMatchObject({
      code: 'not-there',
    });
    await expect(stateOf(one, { by: 'zxid', zxid: snapshot.index - 1 })).rejects.toMatchObject({
      code: 'hole',
    });
    await expect(stateOf(one, { by: 'time', timeMs: 1 })).rejects.toMatchObject({ code: 'hole' });
    await expect(stateOf({ destination: new MemoryDestination() }, AT_END)).rejects.toMatchObject({
      code: 'not-there',
    });
  });

  test.each([true, false])(
    'of which any byte of any object was changed, or the end is missing, is not restored (encrypted: %s)',
    async (isEncrypted) => {
      const one = await archived(2, 2, isEncrypted ? KEY : undefined);
      const whole = new Map(one.destination.objects);
      const isRefused = async (what: string): Promise<void> => {
        const { destination } = one;
        const { backups, damaged } = await readCatalog(destination, KEY);
        const restored = stateAt({ destination, key: KEY, hashSeed: 5 }, backups, AT_END);
        if (damaged.length > 0) await restored.catch(() => undefined);
        else await expect(restored, what).rejects.toMatchObject({ name: 'BackupFault' });
      };
      // Those that the newest state needs.
      const needed = one.taken.slice(2).map(({ id }) => id);
      for (const [key, bytes] of whole) {
        if (!needed.some((id) => key.includes(id))) continue;
        const step = Math.max(1, Math.floor(bytes.length / 150));
        for (let at = 0; at < bytes.length; at += step) {
          const changed = Buffer.from(bytes);
          changed[at]! ^= 1 << (at % 8);
          // What is blank in a manifest means nothing.
          if (key.endsWith('.json') && isSameJson(bytes, changed)) continue;
          one.destination.objects.set(key, changed);
          await isRefused(`${key}, byte ${at}`);
          if (key.endsWith('.json') && isSameJson(bytes, bytes.subarray(0, at))) continue;
          one.destination.objects.set(key, bytes.subarray(0, at));
          await isRefused(`${key}, ${at} bytes`);
        }
        one.destination.objects.delete(key);
        if (!key.endsWith('.json')) await isRefused(`without ${key}`);
        one.destination.objects.set(key, bytes);
      }
      expect((await stateOf(one, AT_END)).machine.digest()).toBe(one.member.machine.digest());
    },
  );

  test('in which a backup between two others is missing is not gone through beyond it', async () => {
    const member = new SentBackups(6);
    const destination = new MemoryDestination();
    const snapshot = member.snapshot();
    const taken = [await take(destination, member.stream(snapshot.meta.index, snapshot))];
    for (let i = 0; i < 2; i++) {
      member.more(5);
      const { last } = taken.at(-1)!;
      taken.push(await take(destination, member.stream(last.index), last));
    }
    const lost = `${taken[1]!.clusterId}/${taken[1]!.id}/manifest.json`;
    destination.objects.delete(lost);
    await expect(stateOf({ destination }, { by: 'zxid', zxid: taken[2]!.last.zxid })).rejects.toMatchObject({
      code: 'hole',
    });
    expect((await stateOf({ destination }, { by: 'zxid', zxid: taken[0]!.last.zxid })).machine.digest()).toBe(
      taken[0]!.last.digest,
    );
  });

  test('is not read with another key, or without one, and says which it is', async () => {
    const one = await archived(1, 4);
    const other = new ArchiveKey(new Uint8Array(32).fill(9));
    await expect(stateOf(one, AT_END, { key: other })).rejects.toMatchObject({
      code: 'wrong-key',
      message: expect.stringContaining(KEY.id),
    });
    await expect(stateOf(one, AT_END, { key: undefined })).rejects.toMatchObject({ code: 'wrong-key' });
    // And never into the clear.
    for (const bytes of one.destination.objects.values()) expect(bytes.includes('ROOKBKP1')).toBe(false);
  });

  test('of several clusters says so, unless one is named', async () => {
    const one = await archived(1, 4);
    const other = new SentBackups(2, 'cluster-b');
    const snapshot = other.snapshot();
    await take(one.destination, other.stream(snapshot.meta.index, snapshot));
    const { backups } = await readCatalog(one.destination, KEY);
    expect(() => ofCluster(backups, undefined)).toThrow(/a{32}, cluster-b/);
    expect(ofCluster(backups, 'cluster-b')).toHaveLength(1);
    expect(() => ofCluster(backups, 'cluster-c')).toThrow(/no backup of cluster cluster-c/);
  });

  test('where there is no room, or the member breaks off, has no more in it than before', async () => {
    const member = new SentBackups(1);
    const snapshot = member.snapshot();
    member.more(10);
    const destination = new MemoryDestination();
    const { bytes } = (await take(destination, member.stream(snapshot.meta.index, snapshot))).snapshot!;
    const before = [...destination.objects.keys()];
    for (const room of [0, bytes - 1, bytes, bytes + 200]) {
      destination.room = room;
      await expect(take(destination, member.stream(snapshot.meta.index, snapshot))).rejects.toMatchObject({
        code: 'destination',
      });
      expect([...destination.objects.keys()]).toEqual(before);
    }
    destination.room = Number.POSITIVE_INFINITY;
    for (let pieces = 0; pieces < 6; pieces++) {
      await expect(
        take(destination, brokenOff(member.stream(snapshot.meta.index, snapshot), pieces)),
      ).rejects.toThrow();
      expect([...destination.objects.keys()]).toEqual(before);
    }
  });
});

describe('a member with a bug is found out when its backup is taken, or verified:', () => {
  const bugs: Record<string, (member: SentBackups) => AsyncIterable<Uint8Array>> = {
    'an entry left out': (member) => {
      member.log.entries.splice(-3, 1);
      return member.stream(snapshots.get(member)!.meta.index, snapshots.get(member)!);
    },
    'the last entry left out': (member) => {
      const { reached } = member;
      member.log.entries.pop();
      return member.stream(snapshots.get(member)!.meta.index, snapshots.get(member)!, reached);
    },
    'an entry twice': (member) => {
      member.log.entries.push(member.log.entries.at(-1)!);
      return member.stream(snapshots.get(member)!.meta.index, snapshots.get(member)!);
    },
    'a byte of an entry changed': (member) => {
      const { reached } = member;
      const { entries } = member.log;
      // One that matters: many of them are refused, or change what another one changes back.
      for (let at = entries.length - 1; at > 0; at--) {
        const entry = entries[at]!;
        if (entry.index <= snapshots.get(member)!.meta.index || entry.data.length === 0) continue;
        const data = entry.data.slice();
        data[data.length - 6]! ^= 1;
        const changed = entries.with(at, { ...entry, data });
        const machine = newMachine();
        replay(machine, changed);
        if (machine.digest() === reached.digest) continue;
        entries[at] = { ...entry, data };
        return member.stream(snapshots.get(member)!.meta.index, snapshots.get(member)!, reached);
      }
      throw new Error('no entry matters');
    },
    'a chunk of the snapshot left out': (member) => {
      const { chunks, ...rest } = snapshots.get(member)!;
      return member.stream(rest.meta.index, { ...rest, chunks: chunks.slice(0, -1) });
    },
    'the snapshot of an earlier state': (member) => {
      const { meta, ...rest } = snapshots.get(member)!;
      const later = { ...meta, index: member.reached.index };
      return member.stream(later.index, { ...rest, meta: later });
    },
    'a digest of another state': (member) => {
      const reached = { ...member.reached, digest: '0'.repeat(32) };
      return member.stream(snapshots.get(member)!.meta.index, snapshots.get(member)!, reached);
    },
  };
  const snapshots = new WeakMap<SentBackups, ReturnType<SentBackups['snapshot']>>();

  test.each(Object.keys(bugs))('%s', async (name) => {
    for (let seed = 1; seed <= 5; seed++) {
      const member = new SentBackups(seed);
      member.more(20);
      snapshots.set(member, member.snapshot());
      member.more(20);
      const destination = new MemoryDestination();
      const found = await take(destination, bugs[name]!(member)).then(
        () => stateOf({ destination }, AT_END).then(() => undefined, String),
        String,
      );
      expect(found, `seed ${seed}`).toMatch(/^BackupFault/);
    }
  });
});

async function* brokenOff(source: AsyncIterable<Uint8Array>, pieces: number): AsyncGenerator<Uint8Array> {
  let left = pieces;
  for await (const piece of source) {
    if (left-- <= 0) throw new Error('the connection is gone');
    yield piece;
  }
}

function isSameJson(a: Buffer, b: Buffer): boolean {
  try {
    return JSON.stringify(JSON.parse(a.toString())) === JSON.stringify(JSON.parse(b.toString()));
  } catch {
    return false;
  }
}
