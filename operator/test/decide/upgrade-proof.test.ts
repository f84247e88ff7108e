import type { CoordinationClusterStatus } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { eventsOf } from '../../src/decide/events.ts';
import { statusOf } from '../../src/decide/status.ts';
import { upgradeProofOf } from '../../src/decide/upgrade-proof.ts';
import { PROOF_SERVER_ID } from '../../src/model/cluster-names.ts';
import type { Observed, StatefulSet } from '../../src/model/observed.ts';
import { answerOf, NOW, podOf } from './observed-world.ts';
import { at, type Given, NEW, OLD, other, PROVER, world } from './proving-world.ts';

/** What is next of the proof, in a few words; undefined: there is none, or it has come to its end and is cleared away. */
function next(given: Given): string | undefined {
  const proof = upgradeProofOf(world(given));
  if (proof === undefined) return undefined;
  const { step } = proof;
  switch (step.kind) {
    case 'change':
      return step.change.kind === 'add' ? 'add' : `${step.change.kind} ${step.change.raftId}`;
    case 'delete':
      return `delete ${step.object.metadata.name}`;
    case 'await':
      return `await ${step.why}`;
    case 'end':
      return `${step.result.result} ${step.result.checkpoint}`;
    default:
      return step.kind;
  }
}

const ALL = (...indices: number[]) => [at(...indices), at(...indices), at(...indices)];

describe('a proof', () => {
  test.each<readonly [title: string, given: Given, wanted: string | undefined]>([
    ['a learner is added once its pod is planned', { prover: undefined }, 'add'],
    [
      'of what does not run waits for it, and says why',
      { site: { pod: undefined, podRefused: 'quota' } },
      'await zk-proof-0 has to be made from the StatefulSet zk-proof: quota',
    ],
    [
      'waits for its pod',
      { site: { pod: podOf(254, 'silent', { name: 'zk-proof-0', trouble: 'ImagePullBackOff' }) } },
      'await zk-proof-0 does not run: ImagePullBackOff',
    ],
    [
      'waits until it has caught up',
      { prover: { ...PROVER, lagEntries: 5_000 } },
      'await zk-proof-0 has to catch up with the log',
    ],
    [
      'counts what is equal',
      { voters: ALL(10, 20), own: at(10, 20) },
      'await its state is that of the voters at 2 of 3 checkpoints',
    ],
    [
      'counts what a majority of the voters has said',
      { voters: [at(10, 20), at(10), []], own: at(10, 20) },
      'await its state is that of the voters at 1 of 3 checkpoints',
    ],
    ['ends at three', { voters: ALL(10, 20, 30), own: at(10, 20, 30) }, 'Equal 30'],
    [
      'ends at as many as the spec says',
      { voters: ALL(10), own: at(10), spec: { update: { proof: { checkpoints: 1 } } } },
      'Equal 10',
    ],
    [
      'does not end before it has caught up',
      { voters: ALL(10, 20, 30), own: at(10, 20, 30), prover: { ...PROVER, lagEntries: 5_000 } },
      'await zk-proof-0 has to catch up with the log',
    ],
    [
      'asks for a checkpoint where nothing is written',
      { voters: ALL(10), own: at(10), commitIndex: 10 },
      'logCheckpoint',
    ],
    [
      'waits for one that is due by itself',
      { voters: ALL(10), own: at(10), commitIndex: 11 },
      'await its state is that of the voters at 1 of 3 checkpoints',
    ],
    [
      'waits for the learner to apply the last one before it asks for the next',
      { voters: ALL(10, 20), own: at(10), commitIndex: 20 },
      'await its state is that of the voters at 1 of 3 checkpoints',
    ],
    [
      'names the first checkpoint that differs',
      { voters: ALL(10, 20, 30, 40), own: [...at(10), other(20), other(30), ...at(40)] },
      'Differs 20',
    ],
    [
      'names what the learner found itself, where that was earlier',
      { voters: ALL(20, 30), own: [other(20)], differs: { index: 7, own: 'a', theirs: 'b' } },
      'Differs 7',
    ],
    [
      'takes no side where the voters differ among themselves',
      { voters: [at(10), [other(10)], []], own: at(10) },
      'await its state is that of the voters at 0 of 3 checkpoints',
    ],
    [
      'remembers that it differed, though nobody can say so any more',
      { status: { upgradeProof: { image: NEW, result: 'Differs', checkpoint: 20 } } },
      'Differs 20',
    ],
    ['waits for a leader', { noLeader: true }, 'await a leader that a majority follows has to be there'],
    [
      'waits for a change of the membership',
      { changing: true },
      'await a change of the membership has to come to its end',
    ],
    [
      'replaces a learner that has lost its data',
      {
        site: {
          pod: podOf(254, answerOf(PROOF_SERVER_ID, 'joining', { clusterId: '', raftId: 0, instance: 901 }), {
            name: 'zk-proof-0',
          }),
        },
      },
      'remove 90',
    ],
    [
      'cannot be of a version that does not tell its state',
      {
        site: {
          pod: podOf(254, answerOf(PROOF_SERVER_ID, 'learner', { version: '0.9.0', instance: 900 }), {
            name: 'zk-proof-0',
          }),
        },
      },
      'await zk-proof-0 runs 0.9.0, which does not tell its state at checkpoints: this one update cannot be proved, and needs spec.update.proof.enabled: false',
    ],
    [
      'cannot be where the members do not tell their state',
      { voters: 'untold' },
      'await the members run 1.0.0, which does not tell its state at checkpoints: this one update cannot be proved, and needs spec.update.proof.enabled: false',
    ],
  ])('%s', (_title, given, wanted) => {
    expect(next(given)).toBe(wanted);
  });
});

describe('what a version was proved by goes,', () => {
  const over: Given = { spec: { version: '1.0.0' } };
  test.each<readonly [title: string, given: Given, wanted: string | undefined]>([
    ['the learner out of Raft first', over, 'remove 90'],
    ['then the StatefulSet', { ...over, prover: undefined }, 'delete zk-proof'],
    [
      'then the claim',
      { ...over, prover: undefined, site: { statefulSet: undefined } },
      'delete data-zk-proof-0',
    ],
    [
      'then what is on its way',
      { ...over, prover: undefined, site: { statefulSet: undefined, claim: undefined } },
      'await what it was proved by has to be gone',
    ],
    ['until nothing is left', { ...over, prover: undefined, site: 'none' }, undefined],
    [
      'not while nobody leads',
      { ...over, noLeader: true },
      'await a leader that a majority follows has to be there',
    ],
    [
      'once it is proved',
      { status: { upgradeProof: { image: NEW, result: 'Equal', checkpoint: 30 } } },
      'remove 90',
    ],
    [
      'where no proof is asked for any more',
      { spec: { update: { proof: { enabled: false } } } },
      'remove 90',
    ],
    ['where the spec asks for yet another version', { spec: { version: '1.2.0' } }, 'remove 90'],
    [
      'and the next is proved when nothing is left of it',
      { spec: { version: '1.2.0' }, prover: undefined, site: 'none' },
      'await its pod has to be made',
    ],
    ['a learner too whose pod is gone already', { ...over, site: 'none' }, 'remove 90'],
  ])('%s', (_title, given, wanted) => {
    expect(next(given)).toBe(wanted);
  });

  test('without asking anybody while the cluster is hibernated', () => {
    expect(next({ spec: { hibernated: true }, noLeader: true })).toBe('delete zk-proof');
  });
});

describe('nothing is proved', () => {
  const none: Given = { site: 'none', prover: undefined };
  test.each<readonly [title: string, given: Given]>([
    ['where the version is the one that runs', { ...none, spec: { version: '1.0.0' } }],
    [
      'where other settings alone are asked for',
      { ...none, spec: { version: '1.0.0', config: { syncLimit: 7 } } },
    ],
    ['where a member serves with it already', { ...none, podImages: [OLD, OLD, NEW] }],
    ['before the cluster has begun', { ...none, hasBegun: false }],
    ['where the spec says so', { ...none, spec: { update: { proof: { enabled: false } } } }],
    ['while the cluster is hibernated', { ...none, spec: { hibernated: true } }],
  ])('%s', (_title, given) => {
    expect(world(given).plan.proof).toBeUndefined();
    expect(next(given)).toBeUndefined();
  });
});

test('a version that comes into force while nobody runs is told of: nothing could be compared', () => {
  const observed = world({ site: 'none', spec: { hibernated: true } });
  const object = observed.plan.objects.find(({ kind }) => kind === 'StatefulSet')!;
  const over = observed.statefulSet;
  const events = eventsOf({ kind: 'apply', object, why: 'differs', over }, observed);
  expect(events.map(({ reason }) => reason)).toEqual(['UpgradeNotProved']);
  const asIs = { kind: 'apply', object, why: 'differs', over: object } as const;
  expect(eventsOf(asIs, observed)).toEqual([]);
});

describe('until a version is proved', () => {
  const imageIn = ({ plan }: Observed, name: string): string | undefined => {
    const set = plan.objects.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === name);
    return (set as StatefulSet | undefined)?.spec.template?.spec?.containers?.[0]?.image;
  };

  test('the members keep the one that they run, whatever else the spec says of them', () => {
    const observed = world({ spec: { config: { syncLimit: 7 }, replicas: 5 } });
    expect([imageIn(observed, 'zk'), imageIn(observed, 'zk-proof')]).toEqual([OLD, NEW]);
    const proved = world({ status: { upgradeProof: { image: NEW, result: 'Equal', checkpoint: 30 } } });
    expect([imageIn(proved, 'zk'), imageIn(proved, 'zk-proof')]).toEqual([NEW, undefined]);
  });

  test('they keep the one that they serve with, where they were to get one that none has come up with', () => {
    expect(world({ made: '1.0.5' }).plan.proof).toEqual({ image: NEW, running: OLD });
    const mixed = world({ made: '1.0.5', podImages: [OLD, OLD, 'example/server:1.0.5'] });
    expect(mixed.plan.proof?.running).toBe('example/server:1.0.5');
  });

  test('no pod is restarted, even where other settings have made them outdated', () => {
    const observed = world({ voters: ALL(10), own: at(10) });
    const outdated = { ...observed, pods: observed.pods.map((pod) => ({ ...pod, outdated: true })) };
    const first = decide(outdated);
    expect(first.kind).toBe('writeStatus');
    const status = statusOf(outdated);
    expect(decide({ ...outdated, cluster: { ...outdated.cluster, status } })).toMatchObject({ kind: 'wait' });
  });

  test('the status says which version, by whom and since when', () => {
    const status = statusOf(world({ voters: ALL(10), own: at(10) }));
    expect(status).toMatchObject({
      phase: 'Updating',
      targetVersion: '1.0.0',
      operation: { type: 'ProveUpgrade', target: '1.1.0', memberId: 90, startedAt: NOW },
    });
    const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
    expect(progressing).toMatchObject({ status: 'True', reason: 'ProvingUpgrade' });
    expect(progressing?.message).toContain('1 of 3 checkpoints');
  });
});

describe('the end of a proof', () => {
  const conditionIn = (status: CoordinationClusterStatus, wanted: string) =>
    status.conditions?.find(({ type }) => type === wanted);

  test('that differs stands in the conditions, in an Event and in the status, and stays', () => {
    const observed = world({ voters: ALL(10, 20), own: [...at(10), other(20)] });
    const step = decide(observed);
    if (step.kind !== 'writeStatus') throw new Error(`${step.kind} instead of a status`);
    const { status } = step;
    expect(status.upgradeProof).toEqual({ image: NEW, result: 'Differs', checkpoint: 20 });
    expect(conditionIn(status, 'Progressing')).toMatchObject({ status: 'False', reason: 'UpgradeDiffers' });
    expect(conditionIn(status, 'Stalled')).toMatchObject({ status: 'True', reason: 'UpgradeDiffers' });
    expect(conditionIn(status, 'Progressing')?.message).toContain('at the checkpoint at log index 20');
    expect(eventsOf(step, observed)).toContainEqual(
      expect.objectContaining({ type: 'Warning', reason: 'UpgradeDiffers' }),
    );
    const later = world({ status, voters: ALL(100), own: at(100) });
    expect(decide(later)).toMatchObject({ kind: 'wait' });
  });

  test('that is equal stands in the status before any member is made anew', () => {
    const observed = world({ voters: ALL(10, 20, 30), own: at(10, 20, 30) });
    const step = decide(observed);
    if (step.kind !== 'writeStatus') throw new Error(`${step.kind} instead of a status`);
    expect(step.status.upgradeProof).toEqual({ image: NEW, result: 'Equal', checkpoint: 30 });
    expect(eventsOf(step, observed)).toContainEqual(
      expect.objectContaining({ type: 'Normal', reason: 'UpgradeProved' }),
    );
  });

  test('is forgotten once the spec asks for another version', () => {
    const upgradeProof = { image: 'example/server:0.9.0', result: 'Equal', checkpoint: 3 } as const;
    expect(statusOf(world({ status: { upgradeProof } })).upgradeProof).toBeUndefined();
  });

  test('that does not come in time is told, with what is in the way, and comes all the same', () => {
    const status = {
      operation: { type: 'ProveUpgrade', target: '1.1.0', startedAt: '2025-12-31T23:29:00Z' },
    } as const;
    const given: Given = {
      status,
      site: { pod: podOf(254, 'silent', { name: 'zk-proof-0', trouble: 'ErrImagePull' }) },
    };
    const told = statusOf(world(given));
    expect(conditionIn(told, 'Stalled')).toMatchObject({ status: 'True', reason: 'UpgradeProofStuck' });
    expect(conditionIn(told, 'Stalled')?.message).toMatch(/ErrImagePull.*not proved after 30m/);
    expect(next({ status, voters: ALL(10, 20, 30), own: at(10, 20, 30) })).toBe('Equal 30');
  });

  test('that cannot come is told at once', () => {
    expect(conditionIn(statusOf(world({ voters: 'untold' })), 'Stalled')?.reason).toBe('UpgradeProofStuck');
  });
});

describe('what is asked of the leader', () => {
  /** The step that follows once the status says what is about to be done. */
  function told(observed: Observed) {
    return decide({ ...observed, cluster: { ...observed.cluster, status: statusOf(observed) } });
  }

  test('a learner that never votes, under a server id that no member has', () => {
    expect(told(world({ prover: undefined }))).toMatchObject({
      kind: 'changeMembership',
      change: {
        kind: 'add',
        member: { serverId: 255, host: 'zk-proof.ns.svc', peerPort: 2888, provesVersion: true },
      },
      leader: { pod: 'zk-0' },
    });
  });

  test('a checkpoint, where nothing is written', () => {
    expect(told(world({ voters: ALL(10), own: at(10), commitIndex: 10 }))).toEqual({
      kind: 'logCheckpoint',
      leader: { pod: 'zk-0', address: '10.0.0.0' },
    });
  });
});
