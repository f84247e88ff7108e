import { Reader } from '@rookery/protocol';
import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { Prng } from '../../sim/prng.ts';
import { readLoggedTxn } from '../../src/zookeeper-log/txn.ts';
import { described } from './described.ts';
import { fuzzySnapshot } from './fuzzy-snapshot.ts';
import { ATTACHED, golden, goldenTxns, LAST_ZXID, stateAt } from './golden-files.ts';

type Subject = Pick<typeof import('../../src/zookeeper-log/state.ts'), 'ZookeeperState'> &
  Pick<typeof import('../../src/zookeeper-log/log-reader.ts'), 'ZookeeperLogReader'> &
  Pick<typeof import('../../src/zookeeper-snapshot/to-own.ts'), 'TreeFromZookeeper'>;

const SEEDS = 30;
const STATE = 'server/src/zookeeper-log/state.ts';
const READER = 'server/src/zookeeper-log/log-reader.ts';

const BUGS: readonly PlantedBug[] = [
  {
    name: 'of a deletion that was done already the parent does not hear',
    file: STATE,
    find: 'if (parent !== NO_SLOT && nodes.real(parent, Real.pzxid) < zxid)',
    replace: 'if (parent === NO_SLOT)',
  },
  {
    name: 'a parent forgets a later change of its children for an older one',
    file: STATE,
    find: 'asZxid(Math.max(known, zxid))',
    replace: 'asZxid(zxid)',
  },
  {
    name: 'a session that is in the snapshot already is taken for another one',
    file: STATE,
    find: 'if (known === undefined || !this.sessions.attach',
    replace: 'if (known !== undefined || !this.sessions.attach',
  },
  {
    name: 'a transaction that is missing is not missed',
    file: STATE,
    find: 'if (!isNext(this.#zxid, zxid)) return this.#fail(ReplayFault.hole);',
    replace: '',
  },
  {
    name: 'digests are not looked at',
    file: STATE,
    find: 'if (digest.high !== high || digest.low !== low)',
    replace: 'if (digest.high !== high && digest.low !== low)',
  },
  {
    name: 'a length that was overwritten is taken for a record that was not written in whole',
    file: READER,
    find: 'if (this.#isShorter(until) || this.#holdsRecord(until))',
    replace: 'if (this.#holdsRecord(until))',
  },
  {
    name: 'a record with others behind it is taken for the last one',
    file: READER,
    find: 'if (this.#isShorter(until) || this.#holdsRecord(until))',
    replace: 'if (this.#isShorter(until))',
  },
];

/** What is wrong with how the golden files are read; undefined: nothing is. */
function complaintOf(subject: Subject): string | undefined {
  return replaysWrongly(subject) ?? missesWhatIsMissing(subject) ?? missesDamage(subject);
}

function replaysWrongly({ ZookeeperState, TreeFromZookeeper }: Subject): string | undefined {
  const end = JSON.stringify([...described(stateAt(LAST_ZXID)).nodes]);
  for (let seed = 1; seed <= SEEDS; seed++) {
    const prng = new Prng(seed);
    const began = prng.below(LAST_ZXID);
    const states = Array.from({ length: LAST_ZXID - began + 1 }, (_, i) => stateAt(began + i));
    const { bytes, ended } = fuzzySnapshot(states, prng);
    let next = 1;
    const building = new TreeFromZookeeper({}, false, () => next++, ATTACHED, 'file');
    building.feed(bytes);
    const rebuilt = building.finish();
    if ('fault' in rebuilt) return rebuilt.fault;
    const { high, low } = stateAt(ended).digest;
    const told = { zxid: ended, digest: { zxid: ended, high, low } };
    const state = new ZookeeperState({ ...rebuilt, told }, began, ATTACHED);
    for (const txn of goldenTxns()) state.apply(txn);
    if (state.fault !== undefined) return `${state.fault}, seed ${seed}`;
    const { nodes, sessions } = described(state);
    if (sessions.length !== 1) return `${sessions.length} sessions, seed ${seed}`;
    if (JSON.stringify([...nodes]) !== end) return `another tree, seed ${seed}`;
  }
  return undefined;
}

function missesWhatIsMissing({ ZookeeperState, TreeFromZookeeper }: Subject): string | undefined {
  const from = () => {
    let next = 1;
    const building = new TreeFromZookeeper({}, false, () => next++, ATTACHED, 'file');
    building.feed(golden('snapshot.0'));
    const rebuilt = building.finish();
    if ('fault' in rebuilt) throw new Error(rebuilt.fault);
    return new ZookeeperState(rebuilt, 0, ATTACHED);
  };
  // Of sessions no digest tells.
  const [first, second] = goldenTxns();
  if (from().apply({ ...second!, digest: undefined }) === undefined) return 'what is missing is not missed';
  const state = from();
  state.apply(first!);
  const digest = { ...second!.digest!, low: second!.digest!.low ^ 1 };
  return state.apply({ ...second!, digest }) === undefined ? 'another digest is taken' : undefined;
}

function missesDamage({ ZookeeperLogReader }: Subject): string | undefined {
  const log = golden('log.1a');
  const reader = new Reader();
  for (let at = 16, left = goldenTxns().length - 0x19; left > 0; left--) {
    const length = reader.reset(log, at + 8, log.length).readInt();
    if (readLoggedTxn(new Reader().reset(log, at + 12, at + 12 + length)) === undefined)
      return 'no transaction';
    // It says to be longer than all that follows.
    const changed = Uint8Array.from(log);
    changed[at + 8] = 1;
    const read = new ZookeeperLogReader(() => undefined);
    read.feed(changed);
    if (!('fault' in read.finish())) return `damage at ${at} is not found`;
    // Nor is it found by its own checksum.
    changed[at + 4]! ^= 1;
    const again = new ZookeeperLogReader(() => undefined);
    again.feed(changed);
    if (left > 1 && !('fault' in again.finish())) return `damage at ${at} is not found`;
    at += 13 + length;
  }
  return undefined;
}

function complaintWith(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) =>
    complaintOf({
      ...(await load<Pick<Subject, 'ZookeeperState'>>(STATE)),
      ...(await load<Pick<Subject, 'ZookeeperLogReader'>>(READER)),
      ...(await load<Pick<Subject, 'TreeFromZookeeper'>>('server/src/zookeeper-snapshot/to-own.ts')),
    }),
  );
}

test('what is there has no complaint', async () => {
  expect(await complaintWith(undefined)).toBeUndefined();
});

test.each(BUGS)('$name: it is noticed', async (bug) => {
  expect(await complaintWith(bug)).toBeDefined();
});
