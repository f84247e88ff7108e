import { describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { ReplayFault, ZookeeperState } from '../../src/zookeeper-log/state.ts';
import { SnapshotForm } from '../../src/zookeeper-snapshot/reader.ts';
import { type Rebuilt, TreeFromZookeeper } from '../../src/zookeeper-snapshot/to-own.ts';
import { described } from './described.ts';
import { fuzzySnapshot } from './fuzzy-snapshot.ts';
import { ATTACHED, beginning, golden, goldenTxns, LAST_ZXID, stateAt } from './golden-files.ts';

const SEEDS = 60;

function rebuiltFrom(bytes: Uint8Array): Rebuilt {
  let next = 1;
  const building = new TreeFromZookeeper({}, false, () => next++, ATTACHED, SnapshotForm.file);
  building.feed(bytes);
  const rebuilt = building.finish();
  if ('fault' in rebuilt) throw new Error(rebuilt.fault);
  return rebuilt;
}

function fromSnapshot(bytes: Uint8Array, began: number, ended?: number): ZookeeperState {
  const rebuilt = rebuiltFrom(bytes);
  // The digest of a snapshot that is taken while writes go on is of the tree that was when it ended, not of its nodes.
  const digest = ended === undefined ? undefined : { zxid: ended, ...digestAt(ended) };
  const told = ended === undefined ? rebuilt.told : { zxid: ended, digest };
  return new ZookeeperState({ ...rebuilt, told }, began, ATTACHED);
}

function digestAt(zxid: number) {
  const { high, low } = stateAt(zxid).digest;
  return { high, low };
}

describe('the logs of an Apache ZooKeeper 3.9.5', () => {
  test('give the tree that it had behind each transaction, by its own digests', () => {
    const state = beginning();
    const txns = goldenTxns();
    for (const txn of txns) expect(state.apply(txn)).toBeUndefined();
    expect(state.zxid).toBe(LAST_ZXID);
    expect(state.applied).toBe(LAST_ZXID);
    expect(state.compared).toBe(txns.filter(({ digest }) => digest !== undefined).length);
    expect(state.compared).toBeGreaterThan(25);
    expect(state.isSettled).toBe(true);
  });

  test('hold nodes of every kind, counters of sequences, access lists, and the session that goes on', () => {
    const { nodes, sessions } = described(stateAt(LAST_ZXID));
    expect([...nodes.keys()]).toEqual([
      '/',
      '/after',
      '/app',
      '/app/n-0000000000',
      '/app/n-0000000002',
      '/app/n-0000000003',
      '/box',
      '/box/in',
      '/closed',
      '/live',
      '/locks',
      '/locks/l-0000000002',
      '/mayfly',
      '/t1',
      '/t1/below',
      '/zookeeper',
      '/zookeeper/config',
      '/zookeeper/quota',
    ]);
    const [session] = sessions;
    expect(sessions).toEqual([{ high: session!.high, low: session!.low, timeoutMs: 40_000 }]);
    const owner = { high: session!.high, low: session!.low };
    expect(nodes.get('/live')).toMatchObject({ owner, data: 'held' });
    expect(nodes.get('/locks/l-0000000002')).toMatchObject({ owner });
    // Versions, creations and children.
    expect(nodes.get('/app')).toMatchObject({ data: 'three', numbers: [2, 0, 5, 3] });
    expect(nodes.get('/locks')).toMatchObject({ numbers: [0, 0, 3, 1] });
    expect(nodes.get('/app/n-0000000000')).toMatchObject({
      acl: [{ perms: 1, scheme: 'world', id: 'anyone' }],
      numbers: [0, 1, 0, 0],
    });
    expect(nodes.get('/closed')).toMatchObject({ acl: [{ perms: 31, scheme: 'digest' }] });
    expect(nodes.get('/box')).toMatchObject({ owner: -1 });
    expect(nodes.get('/mayfly')).toMatchObject({ owner: -1 - 600_000 });
  });

  test('continue the snapshot that it wrote when it was started again, with the same end', () => {
    const state = fromSnapshot(golden('snapshot.19'), 0x19);
    for (const txn of goldenTxns()) expect(state.apply(txn)).toBeUndefined();
    expect(state.applied).toBe(LAST_ZXID - 0x19);
    expect(described(state)).toEqual(described(stateAt(LAST_ZXID)));
  });

  test('come to the same end from a snapshot that was taken while writes went on, wherever each node was read', () => {
    const end = described(stateAt(LAST_ZXID));
    for (let seed = 1; seed <= SEEDS; seed++) {
      const prng = new Prng(seed);
      const began = prng.below(LAST_ZXID);
      const states = Array.from({ length: LAST_ZXID - began + 1 }, (_, i) => stateAt(began + i));
      const { bytes, ended } = fuzzySnapshot(states, prng);
      const state = fromSnapshot(bytes, began, ended);
      for (const txn of goldenTxns())
        expect(state.apply(txn), `seed ${seed}, zxid ${txn.header.zxid}`).toBeUndefined();
      expect(described(state), `seed ${seed}`).toEqual(end);
    }
  });
});

describe('a transaction that cannot be the next one', () => {
  test('is a hole where one before it is missing, in whatever place', () => {
    const txns = goldenTxns();
    for (let missing = 0; missing < txns.length - 1; missing++) {
      const state = beginning();
      for (const [i, txn] of txns.entries()) if (i !== missing) state.apply(txn);
      expect(state.fault, `without ${missing + 1}`).toBe(ReplayFault.hole);
    }
  });

  test('may begin an epoch, which counts from one on', () => {
    const [first] = goldenTxns();
    const at = (zxid: number) => {
      const state = stateAt(0x19);
      return state.apply({ ...first!, digest: undefined, header: { ...first!.header, zxid } });
    };
    expect(at(3 * 2 ** 32 + 1)).toBeUndefined();
    expect(at(3 * 2 ** 32 + 2)).toBe(ReplayFault.hole);
    expect(at(2 ** 32)).toBe(ReplayFault.hole);
  });

  test('gives another tree than ZooKeeper had: its digest says so', () => {
    const txns = goldenTxns();
    const told = txns.filter(({ digest }) => digest !== undefined);
    for (const txn of told) {
      const state = stateAt(txn.header.zxid - 1);
      const digest = { ...txn.digest!, low: txn.digest!.low ^ 1 };
      expect(state.apply({ ...txn, digest })).toBe(ReplayFault.wrongDigest);
    }
  });

  test('is none behind a snapshot whose tree has not the digest that it tells', () => {
    const { high, low } = digestAt(0x19);
    for (const digest of [
      { high, low: low ^ 1 },
      { high: high ^ 1, low },
    ]) {
      const rebuilt = rebuiltFrom(golden('snapshot.19'));
      const told = { zxid: 0x19, digest: { zxid: 0x19, ...digest } };
      expect(new ZookeeperState({ ...rebuilt, told }, 0x19, ATTACHED).fault).toBe(ReplayFault.wrongDigest);
    }
  });

  test('changes what is not there, where no digest tells', () => {
    const txns = goldenTxns().map((txn) => ({ ...txn, digest: undefined }));
    const state = fromSnapshot(golden('snapshot.19'), 0x19);
    const deletion = txns.find(({ txn }) => txn.op === 'delete')!;
    expect(state.apply({ ...deletion, header: { ...deletion.header, zxid: 0x1a } })).toBeUndefined();
    expect(state.apply({ ...deletion, header: { ...deletion.header, zxid: 0x1b } })).toBe(
      ReplayFault.unfitting,
    );
  });
});
