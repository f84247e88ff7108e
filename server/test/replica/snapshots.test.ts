import { EntryKind, type SnapshotMeta } from 'raft-ts-lite';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { Snapshots } from '../../src/replica/snapshots.ts';
import { genesis, open, persist, writeOf } from '../storage/member.ts';
import { LogEntries } from './log-entries.ts';
import { newMachine, replay } from './replay.ts';
import { EVERY, EVERY_BYTES, SnapshotSubject } from './snapshot-subject.ts';

let subject: SnapshotSubject;
let log: LogEntries;

beforeEach(async () => {
  subject = await new SnapshotSubject().open();
  log = new LogEntries(7);
  await subject.live(log.entries);
});

/** Everything a member far behind would get of the newest snapshot, piece by piece. */
async function transfer(to: SnapshotSubject, damage?: (data: Uint8Array) => void): Promise<SnapshotMeta> {
  for (let offset = 0; ; ) {
    const before = subject.pieces.length;
    subject.snapshots.serve(
      { to: 2, index: offset === 0 ? 0 : subject.pieces[0]!.snapshot.index, offset },
      subject.host,
    );
    await subject.until(() => subject.pieces.length > before);
    const piece = subject.pieces.at(-1)!;
    damage?.(piece.data);
    const told = to.told.length;
    to.snapshots.receive(piece, to.host);
    await to.until(() => to.told.length > told);
    if (piece.done) return piece.snapshot;
    offset += piece.data.length;
  }
}

describe('a snapshot is taken', () => {
  test('once the entries since the last one are as many as wanted, and then begins to count anew', async () => {
    await subject.live(log.more(EVERY - 1 - subject.machine.appliedIndex));
    subject.snapshots.consider(subject.host);
    await subject.pass(5);
    expect(subject.snapshots.taken).toBe(0);
    await subject.live(log.more(1));
    const { appliedIndex, appliedTerm } = subject.machine;
    expect(appliedIndex).toBe(EVERY);
    subject.snapshots.consider(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    expect(subject.storage.newestSnapshot()).toEqual({
      index: appliedIndex,
      term: appliedTerm,
      configuration: genesis,
    });
    expect(subject.told).toEqual([`compact ${subject.storage.metrics().firstIndex - 1}`]);
    await subject.live(log.more(EVERY - 1));
    subject.snapshots.consider(subject.host);
    await subject.pass(5);
    expect(subject.snapshots.taken).toBe(1);
    await subject.live(log.more(1));
    subject.snapshots.consider(subject.host);
    await subject.until(() => subject.snapshots.taken === 2);
  });

  test('once the log has grown by as many bytes as wanted, however few its entries, or by as many as the tree holds', async () => {
    const heavy = new Uint8Array(EVERY_BYTES);
    await subject.live(log.values('/', [heavy]));
    subject.snapshots.consider(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    const before = subject.machine.appliedIndex;
    const held = subject.machine.tree.storedBytes;
    expect(held).toBeGreaterThan(EVERY_BYTES);
    await subject.live(log.values('/', [heavy.subarray(0, EVERY_BYTES - 1_000)]));
    subject.snapshots.consider(subject.host);
    await subject.pass(20);
    expect(subject.snapshots.taken).toBe(1);
    await subject.live(log.values('/', [heavy]));
    subject.snapshots.consider(subject.host);
    await subject.until(() => subject.snapshots.taken === 2);
    expect(subject.machine.appliedIndex - before).toBeLessThan(EVERY);
  });

  test('one at a time, and not again where nothing was applied since', async () => {
    await subject.live(log.more(60));
    subject.snapshots.takeSnapshot(subject.host);
    subject.snapshots.takeSnapshot(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    subject.snapshots.takeSnapshot(subject.host);
    await subject.pass(10);
    expect(subject.snapshots.taken).toBe(1);
  });

  test('not in the middle of an entry, but once that is through', async () => {
    const machine = newMachine(1, 1);
    const cut = await new SnapshotSubject(1, machine).open();
    const entries = new LogEntries(7);
    await cut.live(entries.entries);
    while (!machine.isAmid) {
      const [entry] = entries.more(1);
      await persist(cut.storage, writeOf({ entries: [entry!] }));
      if (entry!.kind === EntryKind.command) machine.apply(entry!);
      else machine.skip(entry!);
    }
    const before = machine.appliedIndex;
    cut.snapshots.takeSnapshot(cut.host);
    cut.snapshots.serve({ to: 2, index: 0, offset: 0 }, cut.host);
    await cut.pass(20);
    expect([cut.snapshots.taken, cut.told]).toEqual([0, ['read for 2 failed']]);
    while (machine.isAmid) machine.goOn();
    cut.snapshots.takeSnapshot(cut.host);
    await cut.until(() => cut.snapshots.taken === 1);
    expect(cut.storage.newestSnapshot()?.index).toBe(before + 1);
  });

  test('of the state at its index, whatever is applied while it is written', async () => {
    await subject.live(log.more(300));
    const digest = subject.machine.digest();
    const index = subject.machine.appliedIndex;
    subject.snapshots.takeSnapshot(subject.host);
    while (subject.snapshots.taken === 0) {
      await subject.live(log.more(3));
      await subject.pass(1);
    }
    expect(subject.machine.digest()).not.toBe(digest);
    const stored = await subject.storage.openSnapshot(index);
    expect(stored?.digest).toBe(digest);
    subject.snapshots.load();
    await subject.until(() => subject.snapshots.installed === 1);
    expect(subject.machine.digest()).toBe(digest);
    expect(subject.machine.appliedIndex).toBe(index);
  });

  test('but not ahead of the durable log: it waits until the entries that it holds are written', async () => {
    await subject.live(log.more(60));
    const late = log.more(5);
    replay(subject.machine, late);
    subject.snapshots.takeSnapshot(subject.host);
    await subject.pass(50);
    expect(subject.storage.newestSnapshot()).toBeUndefined();
    // The wait is as long as a full disk stays full: it must not keep the loop busy.
    expect(subject.waitingTurns).toBe(0);
    await persist(subject.storage, writeOf({ entries: late }));
    await subject.until(() => subject.snapshots.taken === 1);
    expect(subject.storage.newestSnapshot()?.index).toBe(late.at(-1)?.index);
  });

  test('unless the member stops: it is given up', async () => {
    await subject.live(log.more(60));
    replay(subject.machine, log.more(5));
    subject.snapshots.takeSnapshot(subject.host);
    await subject.pass(50);
    subject.snapshots.stop();
    await subject.pass(50);
    expect(subject.waitingTurns + subject.waitingTimers).toBe(0);
    expect(subject.volume.fileNames().filter((name) => name.startsWith('member/snapshot-'))).toEqual([]);
    expect(subject.fatal).toBeUndefined();
  });

  test('again later where the disk has no room for it, and nothing is left of the attempt', async () => {
    await subject.live(log.more(100));
    const files = subject.volume.fileNames();
    subject.volume.capacityBytes = subject.volume.usedBytes();
    subject.snapshots.consider(subject.host);
    await subject.until(() => subject.log.of('warn', 'no room').length === 1);
    expect(subject.snapshots.taken).toBe(0);
    expect(subject.volume.fileNames()).toEqual(files);
    expect(subject.fatal).toBeUndefined();
    // While there is none it is not begun again.
    await subject.live(log.more(EVERY));
    const calls = subject.volume.callCount;
    for (let turn = 0; turn < 20; turn++) {
      subject.snapshots.consider(subject.host);
      await subject.pass(1);
    }
    expect(subject.volume.callCount).toBe(calls);
    expect(subject.log.of('warn', 'no room')).toHaveLength(2);
    subject.volume.capacityBytes = Number.POSITIVE_INFINITY;
    await subject.storage.refreshSpace();
    subject.snapshots.consider(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
  });

  test('again at once where what goes for want of room makes enough', async () => {
    const kept = await new SnapshotSubject(3).open({ segmentBytes: 4096 });
    await kept.live(log.entries);
    for (let count = 1; count <= 3; count++) {
      await kept.live(log.more(100));
      kept.snapshots.takeSnapshot(kept.host);
      await kept.until(() => kept.snapshots.taken === count);
    }
    expect(kept.storage.metrics().snapshots).toBe(3);
    // Each batch needs a segment, and a snapshot makes all but the last one unnecessary.
    for (let batch = 0; batch < 8; batch++) await kept.live(log.more(20));
    kept.volume.capacityBytes = kept.volume.usedBytes();
    kept.snapshots.takeSnapshot(kept.host);
    await kept.until(() => kept.log.of('warn', 'no room').length === 1);
    await kept.until(() => kept.storage.metrics().snapshots === 1);
    await kept.until(() => {
      kept.snapshots.consider(kept.host);
      return kept.snapshots.taken === 4;
    });
    expect(kept.fatal).toBeUndefined();
  });

  test('again where no more is free but much of the state was deleted: that is what makes room', async () => {
    const full = await new SnapshotSubject(5).open({ segmentBytes: 4096 });
    await full.live(log.entries);
    for (let batch = 0; batch < 8; batch++) await full.live(log.more(5));
    let { snapshotBytes } = full.machine;
    full.volume.capacityBytes = full.volume.usedBytes() + 2 * 4096 + 2 * snapshotBytes;
    vi.spyOn(full.machine, 'snapshotBytes', 'get').mockImplementation(() => snapshotBytes);
    await full.storage.refreshSpace();
    full.volume.decide = ({ kind }) => (kind === 'create' ? { error: 'ENOSPC' } : {});
    full.snapshots.consider(full.host);
    await full.until(() => full.log.of('warn', 'no room').length === 1);
    full.volume.decide = () => ({});
    const tries = async (): Promise<number> => {
      for (let turn = 0; turn < 50; turn++) {
        full.snapshots.consider(full.host);
        await full.pass(1);
      }
      return full.snapshots.taken;
    };
    expect(await tries()).toBe(0);
    snapshotBytes *= 0.8;
    expect(await tries()).toBe(0);
    snapshotBytes *= 0.8;
    expect(await tries()).toBe(1);
  });

  test('again soon where only a file descriptor was wanting for the one that is to make room', async () => {
    const short = await new SnapshotSubject(4).open({ segmentBytes: 4096 });
    await short.live(log.entries);
    for (let batch = 0; batch < 8; batch++) await short.live(log.more(5));
    short.volume.capacityBytes = short.volume.usedBytes() + 2 * 4096 + 2 * short.machine.snapshotBytes;
    await short.storage.refreshSpace();
    short.volume.decide = ({ kind }) => (kind === 'create' ? { error: 'EMFILE' } : {});
    short.snapshots.consider(short.host);
    await short.until(() => short.log.of('warn', 'no file descriptor').length === 1);
    const { appliedIndex } = short.machine;
    expect(appliedIndex).toBeLessThan(EVERY);
    short.volume.decide = () => ({});
    await short.until(() => {
      short.snapshots.consider(short.host);
      return short.snapshots.taken === 1;
    });
    expect(short.storage.newestSnapshot()?.index).toBe(appliedIndex);
  });

  test('and the member stops where the disk fails', async () => {
    await subject.live(log.more(100));
    subject.volume.decide = ({ kind }) => (kind === 'create' ? { error: 'EIO' } : {});
    subject.snapshots.consider(subject.host);
    await subject.until(() => subject.fatal !== undefined);
    expect(subject.fatal).toMatchObject({ code: 'failed' });
  });
});

describe('a member far behind', () => {
  test('is told to ask again where there is no snapshot yet, and one is begun', async () => {
    subject.snapshots.serve({ to: 2, index: 0, offset: 0 }, subject.host);
    expect(subject.told).toEqual(['read for 2 failed']);
    await subject.until(() => subject.snapshots.taken === 1);
  });

  test('is told to begin anew where the snapshot under way is no longer the newest', async () => {
    subject.snapshots.takeSnapshot(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    subject.told.length = 0;
    subject.snapshots.serve({ to: 2, index: 999, offset: 100 }, subject.host);
    expect(subject.told).toEqual(['read for 2 failed']);
  });

  test('gets the newest one in pieces and has the very state that it shows', async () => {
    await subject.live(log.more(400));
    subject.snapshots.takeSnapshot(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    const digest = subject.machine.digest();
    const behind = await new SnapshotSubject(2).open();
    const snapshot = await transfer(behind);
    await persist(behind.storage, writeOf({ snapshot, hardState: { term: snapshot.term, vote: 0 } }));
    const loading = behind.snapshots.load();
    await behind.until(() => behind.snapshots.installed === 1);
    await loading;
    expect(behind.machine.digest()).toBe(digest);
    expect(behind.machine.appliedIndex).toBe(snapshot.index);
    const more = log.more(50);
    expect(replay(behind.machine, more)).toEqual(replay(subject.machine, more));
    expect(behind.machine.digest()).toBe(subject.machine.digest());
  });

  test('is told to ask again where there is no file descriptor to read it with, and the member goes on', async () => {
    await subject.live(log.more(60));
    subject.snapshots.takeSnapshot(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    subject.volume.decide = ({ kind }) => (kind === 'open' ? { error: 'EMFILE' } : {});
    subject.snapshots.serve({ to: 2, index: 0, offset: 0 }, subject.host);
    await subject.until(() => subject.told.includes('read for 2 failed'));
    const digest = subject.machine.digest();
    let loaded = false;
    subject.snapshots.load().then(() => {
      loaded = true;
    });
    await subject.pass(20);
    expect([loaded, subject.log.of('warn', 'tried again').length > 0]).toEqual([false, true]);
    subject.volume.decide = () => ({});
    await subject.until(() => loaded);
    expect([subject.machine.digest(), subject.fatal]).toEqual([digest, undefined]);
  });

  test('refuses one that is damaged on the way, and tells Raft to begin anew', async () => {
    await subject.live(log.more(100));
    subject.snapshots.takeSnapshot(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    const behind = await new SnapshotSubject(2).open();
    await transfer(behind, (data) => {
      data[data.length >> 1]! ^= 1;
    });
    expect(behind.told).toEqual(['write failed']);
    expect(behind.log.of('warn', 'was not taken')).toHaveLength(1);
    expect(behind.fatal).toBeUndefined();
    behind.told.length = 0;
    subject.pieces.length = 0;
    await transfer(behind);
    expect(behind.told.every((line) => line.startsWith('written'))).toBe(true);
  });

  test('without room for it goes on, and tells Raft to begin anew', async () => {
    await subject.live(log.more(100));
    subject.snapshots.takeSnapshot(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    const behind = await new SnapshotSubject(2).open();
    behind.volume.capacityBytes = behind.volume.usedBytes();
    await transfer(behind);
    expect(behind.told).toEqual(['write failed']);
    expect(behind.fatal).toBeUndefined();
  });

  test('gives up the snapshot of its own that it was taking', async () => {
    await subject.live(log.more(400));
    subject.snapshots.takeSnapshot(subject.host);
    await subject.until(() => subject.snapshots.taken === 1);
    const behind = await new SnapshotSubject(2).open();
    await behind.live(new LogEntries(3).more(20).map((entry, i) => ({ ...entry, index: 4 + i, term: 1 })));
    const snapshot = await transfer(behind);
    behind.snapshots.takeSnapshot(behind.host);
    await persist(behind.storage, writeOf({ snapshot }));
    const loading = behind.snapshots.load();
    await behind.until(() => behind.snapshots.installed === 1);
    await loading;
    await behind.pass(50);
    expect(behind.snapshots.taken).toBe(0);
    expect(behind.storage.newestSnapshot()?.index).toBe(snapshot.index);
    expect(behind.volume.fileNames().filter((name) => name.startsWith('member/snapshot-'))).toHaveLength(1);
  });
});

test('whatever a snapshot shows, loading it and replaying the rest is the same as replaying all', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const prng = new Prng(seed, 'snapshots');
    const member = await new SnapshotSubject(seed).open();
    const entries = new LogEntries(seed);
    await member.live(entries.entries);
    await member.live(entries.more(prng.below(300)));
    member.snapshots.takeSnapshot(member.host);
    while (member.snapshots.taken === 0) {
      await member.live(entries.more(prng.below(4) + 1));
      await member.pass(1);
    }
    await member.storage.close();
    const whole = member.machine.digest();
    const { storage, recovered } = await open(member.volume, { segmentBytes: 64 * 1024 });
    const machine = newMachine(seed);
    const reborn = new Snapshots({
      storage,
      machine,
      everyEntries: EVERY,
      everyBytes: EVERY_BYTES,
      chunkBytes: 256 * 1024,
      clock: { monotonicMs: () => 0, wallMs: () => 0 },
      scheduler: { defer: (task) => void setImmediate(task), every: () => () => {} },
      log: member.log,
      fatal: () => {},
    });
    await reborn.load();
    replay(machine, recovered.entries);
    expect(machine.digest(), `seed ${seed}`).toBe(whole);
    await storage.close();
  }
});
