import type { Configuration } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import {
  decodeContext,
  encodeContext,
  type MemberContext,
  NOBODY,
  type WantedMember,
} from '../../../src/replica/membership/membership.ts';
import {
  decideReconfig,
  holdsPlaces,
  keepReconfigured,
  newestReconfig,
  type ReconfiguredView,
} from '../../../src/replica/membership/reconfigured.ts';
import { helloOf } from '../hellos.ts';

const address = (serverId: number) => ({
  serverId,
  host: `zoo${serverId}`,
  peerPort: 2888,
  clientHost: '0.0.0.0',
  clientPort: 2181,
});
const wanted = (serverId: number, role: WantedMember['role'] = 'voter'): WantedMember => ({
  ...address(serverId),
  role,
});

type Said = Partial<Omit<MemberContext, 'serverId'>>;

/** Members 1, 2, … under the Raft ids 10, 20, …; who is no voter is a learner. */
function configurationOf(
  voters: readonly number[],
  said: readonly Said[],
  changes: Partial<Configuration> = {},
): Configuration {
  const contexts = new Map(
    said.map((context, at) => [
      10 * (at + 1),
      encodeContext({ ...address(at + 1), instance: 100 * (at + 1), ...context }),
    ]),
  );
  const ids = [...contexts.keys()];
  return {
    index: 100,
    voters: voters.map((serverId) => 10 * serverId),
    outgoing: [],
    learners: ids.filter((id) => !voters.includes(id / 10)),
    contexts,
    ...changes,
  };
}

const asVoter: Said = { reconfigured: { index: 90, timeMs: 5, role: 'voter' } };
const asLearner: Said = { reconfigured: { index: 90, timeMs: 5, role: 'learner' } };

describe('who decides on the membership', () => {
  test('is the configuration file until the first reconfig, and then the newest one', () => {
    expect(newestReconfig(configurationOf([1, 2], [{}, {}]))).toBeUndefined();
    expect(newestReconfig(configurationOf([1, 2], [asVoter, asVoter]))?.index).toBe(90);
    const joint = configurationOf(
      [1, 2],
      [{ reconfigured: { index: 50, timeMs: 4, role: 'voter' } }, asVoter],
    );
    expect(newestReconfig(joint)?.index).toBe(90);
  });

  test('is the configuration file again after a forced recovery, whose survivor knows of reconfigs before it', () => {
    const recovery = { number: 1, survivor: 10, index: 95, term: 3 };
    expect(newestReconfig(configurationOf([1], [asVoter], { recovery }))).toBeUndefined();
    const after = configurationOf([1], [{ reconfigured: { index: 96, timeMs: 6, role: 'voter' } }], {
      recovery,
    });
    expect(newestReconfig(after)?.index).toBe(96);
  });
});

describe('a reconfig', () => {
  const decide = (
    configuration: Configuration,
    members: readonly WantedMember[],
    caughtUp: readonly number[] = [],
  ) => decideReconfig(configuration, members, 101, 9, (id) => caughtUp.includes(id));

  test('gives each newcomer a place first, of which nobody is told', () => {
    const three = configurationOf([1, 2], [{}, {}]);
    const step = decide(three, [wanted(1), wanted(2), wanted(3)]);
    if (step.kind !== 'place') throw new Error(step.kind);
    expect(step.add).toHaveLength(1);
    expect(step.add[0]!.role).toBe('learner');
    const context = decodeContext(step.add[0]!.context);
    expect(context).toEqual({ ...address(3), instance: NOBODY, isToCome: true });
    const withPlace = configurationOf([1, 2], [{}, {}, { isToCome: true, instance: NOBODY }]);
    expect(holdsPlaces(withPlace)).toBe(true);
    expect(decide(withPlace, [wanted(1), wanted(2), wanted(3)]).kind).toBe('change');
  });

  test('is one change: addresses, roles, who goes, who votes at once', () => {
    const four = configurationOf([1, 2, 3], [{}, {}, {}, {}, { isToCome: true, instance: NOBODY }]);
    const moved = { ...wanted(1), host: 'elsewhere', electionPort: 3888 };
    const step = decide(four, [moved, wanted(2, 'learner'), wanted(4), wanted(5)], [40]);
    if (step.kind !== 'change') throw new Error(step.kind);
    const { update, ...lists } = step.change;
    expect(lists).toEqual({ remove: [30], promote: [40], demote: [20] });
    expect(update!.map(({ id, context }) => [id, decodeContext(context)])).toEqual([
      [
        10,
        {
          ...address(1),
          host: 'elsewhere',
          electionPort: 3888,
          instance: 100,
          reconfigured: { index: 101, timeMs: 9, role: 'voter' },
        },
      ],
      [20, { ...address(2), instance: 200, reconfigured: { index: 101, timeMs: 9, role: 'learner' } }],
      [40, { ...address(4), instance: 400, reconfigured: { index: 101, timeMs: 9, role: 'voter' } }],
      [50, { ...address(5), instance: NOBODY, reconfigured: { index: 101, timeMs: 9, role: 'voter' } }],
    ]);
  });
});

describe('of what reconfigs have said the leader', () => {
  const view = (configuration: Configuration, changes: Partial<ReconfiguredView> = {}): ReconfiguredView => ({
    selfId: 10,
    configuration,
    hellos: new Map(),
    caughtUp: () => true,
    ...changes,
  });
  const there = (serverId: number) =>
    helloOf(serverId, { clusterId: 'c', raftId: 10 * serverId, running: true });

  test('owes nothing where each is what it is to be', () => {
    const configuration = configurationOf([1, 2], [asVoter, asVoter, asLearner]);
    const hellos = new Map([2, 3].map((serverId) => [serverId, there(serverId)]));
    expect(keepReconfigured(view(configuration, { hellos }))).toEqual({ kind: 'none' });
  });

  test('takes back the place of a reconfig whose leader is gone', () => {
    const configuration = configurationOf([1, 2], [{}, {}, { isToCome: true, instance: NOBODY }]);
    expect(keepReconfigured(view(configuration))).toMatchObject({ serverId: 3, change: { remove: [30] } });
  });

  test('gives a place to the first process with an empty disk that comes for it', () => {
    const configuration = configurationOf([1, 2], [asVoter, asVoter, { ...asVoter, instance: NOBODY }]);
    const hellos = new Map([[3, helloOf(3, { instance: 7 })]]);
    const step = keepReconfigured(view(configuration, { hellos }));
    if (step.kind !== 'change') throw new Error(step.kind);
    expect(step.change.update!.map(({ id, context }) => [id, decodeContext(context)])).toEqual([
      [30, { ...address(3), ...asVoter, instance: 7 }],
    ]);
    // It is that process's from then on: the same one is waited for, another one has lost the disk.
    const bound = configurationOf([1, 2], [asVoter, asVoter, { ...asVoter, instance: 7 }]);
    expect(keepReconfigured(view(bound, { hellos }))).toEqual({ kind: 'none' });
  });

  test('gives another id to a member that has lost its disk, in one change, and no vote', () => {
    const configuration = configurationOf([1, 2, 3], [asVoter, asVoter, asVoter]);
    const step = keepReconfigured(
      view(configuration, { hellos: new Map([[3, helloOf(3, { instance: 8 })]]) }),
    );
    if (step.kind !== 'change') throw new Error(step.kind);
    const { add, ...others } = step.change;
    expect(others).toEqual({ remove: [30] });
    expect(add!.map(({ role, context }) => [role, decodeContext(context)])).toEqual([
      ['learner', { ...address(3), ...asVoter, instance: 8 }],
    ]);
  });

  test('has a learner vote that is to, once it has caught up under its own id, and no other', () => {
    const configuration = configurationOf([1, 2], [asVoter, asVoter, asVoter, asLearner]);
    const hellos = new Map([3, 4].map((serverId) => [serverId, there(serverId)]));
    expect(keepReconfigured(view(configuration, { hellos }))).toMatchObject({ change: { promote: [30] } });
    expect(keepReconfigured(view(configuration, { hellos, caughtUp: () => false }))).toEqual({
      kind: 'none',
    });
    expect(keepReconfigured(view(configuration, { hellos: new Map([[4, there(4)]]) }))).toEqual({
      kind: 'none',
    });
    const another = new Map([[3, helloOf(3, { clusterId: 'c', raftId: 29 })]]);
    expect(keepReconfigured(view(configuration, { hellos: another }))).toEqual({ kind: 'none' });
  });

  test('never replaces itself', () => {
    const configuration = configurationOf([1, 2], [asVoter, asVoter]);
    const hellos = new Map([[1, helloOf(1, { instance: 5 })]]);
    expect(keepReconfigured(view(configuration, { hellos }))).toEqual({ kind: 'none' });
  });
});
