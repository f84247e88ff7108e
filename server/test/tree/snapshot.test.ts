import { createHash } from 'node:crypto';
import { type Identities, READ_ACL } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { MAX_IDENTITIES } from '../../src/model/identity-record.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { SessionTable } from '../../src/session/table.ts';
import { SnapshotFault } from '../../src/tree/snapshot-fault.ts';
import { beginSnapshot } from '../../src/tree/snapshot-walk.ts';
import { TreeLoader } from '../../src/tree/tree-loader.ts';
import { TreeDriver } from './tree-driver.ts';
import { create, remove, setAcl, setData } from './writes.ts';

const EXTRA = Uint8Array.of(1, 2, 3);

function driver(): { t: TreeDriver; sessions: SessionTable } {
  const t = new TreeDriver();
  t.apply(create('/a', { data: 'one', acl: READ_ACL }));
  t.apply(create('/b', { data: null, acl: [{ perms: 31, scheme: 'digest', id: 'u:x' }] }));
  t.apply(create('/e', { flags: 1 }), 7);
  t.apply(create('/t', { op: 21, flags: 5, ttlMs: 1000 }));
  const sessions = new SessionTable();
  sessions.create(asSessionId(7), 30_000, 12);
  sessions.create(asSessionId(2 ** 45), 4000, 13);
  return { t, sessions };
}

function take({ t, sessions }: ReturnType<typeof driver>): Uint8Array {
  const walk = beginSnapshot(t.tree, sessions, EXTRA);
  const pieces: Uint8Array[] = [];
  for (let piece = walk.next(1000); piece !== undefined; piece = walk.next(1000)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The loader's last word on these bytes, fed in pieces of `size`. */
function load(bytes: Uint8Array, size = bytes.length) {
  const loader = new TreeLoader({ hashSeed: 5 });
  for (let at = 0; at < bytes.length; at += size) loader.feed(bytes.subarray(at, at + size));
  let step = loader.finish(2);
  while (step.state === 'linking') step = loader.finish(2);
  return step;
}

const faultOf = (bytes: Uint8Array) => {
  const step = load(bytes);
  return step.state === 'failed' ? step.fault : undefined;
};

describe('a snapshot', () => {
  test('has the same bytes, whatever the pieces in which it is read and fed', () => {
    const source = driver();
    const whole = take(source);
    for (const size of [1, 2, 3, 7, 64, 1000]) {
      const walk = beginSnapshot(source.t.tree, source.sessions, EXTRA);
      const pieces: Uint8Array[] = [];
      for (let piece = walk.next(size); piece !== undefined; piece = walk.next(size)) {
        expect(piece.length).toBeLessThanOrEqual(size);
        pieces.push(piece);
      }
      expect(Buffer.concat(pieces).equals(whole)).toBe(true);
      expect(load(whole, size)).toMatchObject({ state: 'loaded' });
    }
  });

  test('brings back tree, sessions, last zxid and extra', () => {
    const source = driver();
    const step = load(take(source));
    if (step.state !== 'loaded') throw new Error(JSON.stringify(step));
    expect(step.tree.digest()).toBe(source.t.tree.digest());
    expect(step.tree.lastZxid).toBe(source.t.zxid);
    expect([...step.sessions.values()]).toEqual([...source.sessions.values()]);
    expect(step.extra).toEqual(EXTRA);
    expect(step.tree.ephemeralCount).toBe(1);
    expect(step.tree.acl(step.tree.lookupText('/a'))).toEqual(READ_ACL);
  });

  test('stays as it is while its pieces are held and the walk goes on', () => {
    const source = driver();
    for (let i = 0; i < 2000; i++) source.t.apply(create(`/n${i}`, { data: 'x'.repeat(200) }));
    const walk = beginSnapshot(source.t.tree, source.sessions, EXTRA);
    const pieces: Uint8Array[] = [];
    const copies: Buffer[] = [];
    for (let piece = walk.next(5000); piece !== undefined; piece = walk.next(5000)) {
      pieces.push(piece);
      copies.push(Buffer.from(piece));
    }
    expect(pieces.every((piece, i) => copies[i]!.equals(piece))).toBe(true);
  });

  test('is one at a time; an aborted or finished one makes room for the next', () => {
    const { t, sessions } = driver();
    const walk = beginSnapshot(t.tree, sessions, EXTRA);
    expect(() => beginSnapshot(t.tree, sessions, EXTRA)).toThrow(/under way/);
    walk.abort();
    expect(walk.next(10)).toBeUndefined();
    take({ t, sessions });
    take({ t, sessions });
  });

  test('does not grow with what is written meanwhile, but by each changed node once', () => {
    const source = driver();
    for (let i = 0; i < 100; i++) source.t.apply(create(`/n${i}`, { data: 'x' }));
    const length = take(source).length;
    const walk = beginSnapshot(source.t.tree, source.sessions, EXTRA);
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 100; i++) source.t.apply(setData(`/n${i}`, 'y'.repeat(500)));
      source.t.apply(setAcl(`/n${round}`, READ_ACL));
      source.t.apply(create(`/later${round}`));
      source.t.apply(remove(`/n${99 - round}`));
      source.t.apply(create(`/n${99 - round}`));
    }
    let sum = 0;
    for (let piece = walk.next(999); piece !== undefined; piece = walk.next(999)) sum += piece.length;
    expect(sum).toBe(length);
  });
});

describe('the identities of a snapshot', () => {
  const user: Identities = [
    { scheme: 'ip', id: '10.0.0.1' },
    { scheme: 'digest', id: 'café:x' },
  ];

  test('come back with their sessions', () => {
    const source = driver();
    source.sessions.identify(asSessionId(7), user);
    source.sessions.attach(asSessionId(2 ** 45), 14, [...user]);
    const step = load(take(source), 5);
    if (step.state !== 'loaded') throw new Error(JSON.stringify(step));
    expect([...step.sessions.values()]).toEqual([...source.sessions.values()]);
    expect(step.sessions.identityLists).toBe(1);
  });

  test('are those of its beginning, whatever changes meanwhile', () => {
    const source = driver();
    source.sessions.identify(asSessionId(7), user);
    const whole = take(source);
    const walk = beginSnapshot(source.t.tree, source.sessions, EXTRA);
    source.sessions.identify(asSessionId(7), user.slice(1));
    source.sessions.close(asSessionId(2 ** 45));
    const pieces: Uint8Array[] = [];
    for (let piece = walk.next(50); piece !== undefined; piece = walk.next(50)) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  });

  test('are damage where they are more than a connection may have, or not what was written', () => {
    const source = driver();
    const many = Array.from({ length: MAX_IDENTITIES + 1 }, (_, i) => ({ scheme: 'digest', id: `u${i}:x` }));
    source.sessions.identify(asSessionId(7), many);
    expect(faultOf(take(source))).toBe(SnapshotFault.malformed);
    source.sessions.identify(asSessionId(7), user);
    const whole = take(source);
    const at = Buffer.from(whole).indexOf('10.0.0.1');
    for (let bit = 1; bit < 256; bit *= 2) {
      const damaged = Uint8Array.from(whole);
      damaged[at]! ^= bit;
      expect(faultOf(damaged)).toBe(SnapshotFault.wrongDigest);
    }
  });
});

describe('a damaged snapshot', () => {
  const source = driver();
  const whole = take(source);

  test('is noticed wherever a bit flips, or does no harm', () => {
    const faults = new Set<string>();
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [1, 128]) {
        const damaged = Uint8Array.from(whole);
        damaged[at]! ^= bit;
        const step = load(damaged);
        if (step.state === 'failed') faults.add(step.fault);
        else if (step.state === 'loaded') {
          // Only an ACL's id that no node uses, or its list, may change unseen.
          expect(step.tree.digest(), `byte ${at}`).toBe(source.t.tree.digest());
          expect(step.tree.lastZxid).toBe(source.t.zxid);
          expect([...step.sessions.values()]).toEqual([...source.sessions.values()]);
        }
      }
    }
    expect(faults).toContain(SnapshotFault.wrongDigest);
    expect(faults).toContain(SnapshotFault.orphan);
    expect(faults).toContain(SnapshotFault.malformed);
  });

  test('is noticed wherever it is cut off, and where it goes on', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(faultOf(whole.subarray(0, length)), `${length} bytes`).toBeDefined();
    }
    expect(faultOf(Buffer.concat([whole, Uint8Array.of(0)]))).toBe(SnapshotFault.incomplete);
    expect(faultOf(Buffer.concat([whole, whole]))).toBe(SnapshotFault.incomplete);
  });

  test('is named by what is wrong', () => {
    const records: Buffer[] = [];
    for (let at = 0; at < whole.length; ) {
      const end = at + 4 + Buffer.from(whole).readInt32BE(at);
      records.push(Buffer.from(whole.subarray(at, end)));
      at = end;
    }
    const nodeAt = records.findIndex((record) => record[4] === 4 && record.includes('/a'));
    const sessionAt = records.findIndex((record) => record[4] === 3);
    const without = (at: number) => Buffer.concat(records.filter((_, i) => i !== at));
    const twice = (at: number) =>
      Buffer.concat([...records.slice(0, at), records[at]!, ...records.slice(at)]);
    expect(faultOf(without(0))).toBe(SnapshotFault.unknownFormat);
    expect(faultOf(without(nodeAt))).toBe(SnapshotFault.wrongCount);
    expect(faultOf(without(sessionAt))).toBe(SnapshotFault.wrongCount);
    expect(faultOf(twice(nodeAt))).toBe(SnapshotFault.duplicate);
    expect(faultOf(twice(sessionAt))).toBe(SnapshotFault.duplicate);
    expect(faultOf(without(1))).toBe(SnapshotFault.malformed);
    const rootAt = records.findIndex((record) => record[4] === 4 && record.readInt32BE(5) === 1);
    expect(faultOf(without(rootAt))).toBe(SnapshotFault.orphan);
    expect(faultOf(Buffer.concat([records[0]!, records.at(-1)!]))).toBe(SnapshotFault.wrongCount);
  });

  test('made of noise never throws', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const noise = random.bytes(random.below(400));
      // Half of them begin well.
      const bytes = random.chance(0.5)
        ? Buffer.concat([whole.subarray(0, random.below(whole.length)), noise])
        : noise;
      expect(faultOf(bytes), `seed ${seed}`).toBeDefined();
    }
  });
});

describe('the format', () => {
  test('is the same in every version that can read it', () => {
    const hash = createHash('sha256').update(take(driver())).digest('hex');
    expect(hash).toBe('b12f52f1a5ac89459208a23309e3bef604f01237ce012a5f57120b13f56b343e');
  });

  test('is the same with identities', () => {
    const source = driver();
    source.sessions.identify(asSessionId(7), [
      { scheme: 'ip', id: '10.0.0.1' },
      { scheme: 'digest', id: 'u:x' },
    ]);
    const hash = createHash('sha256').update(take(source)).digest('hex');
    expect(hash).toBe('c1864dfed78b50e87cadcbd96d21a05278205c0648477019d29aa22dd570bc59');
  });
});
