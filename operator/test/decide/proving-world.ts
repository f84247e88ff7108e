import type { CoordinationClusterSpecInput, CoordinationClusterStatus } from '@rookery/crds';
import { planOf } from '../../src/desired/plan.ts';
import { PROOF_SERVER_ID } from '../../src/model/cluster-names.ts';
import type {
  Checkpoint,
  MemberAnswer,
  MemberStanding,
  Observed,
  ObservedPod,
  ProofSite,
  StatefulSet,
  VolumeClaim,
} from '../../src/model/observed.ts';
import {
  answerOf,
  CONTEXT,
  clusterOf,
  NOTHING_FOUND,
  NOW,
  observedOf,
  podOf,
  statefulSetOf,
} from './observed-world.ts';

export const OLD = 'example/server:1.0.0';
export const NEW = 'example/server:1.1.0';
export const PROVER: MemberStanding = {
  serverId: PROOF_SERVER_ID,
  raftId: 90,
  instance: 900,
  role: 'learner',
  connected: true,
  lagEntries: 0,
};

export const at = (...indices: number[]): Checkpoint[] =>
  indices.map((index) => ({ index, digest: `d${index}` }));
export const other = (index: number): Checkpoint => ({ index, digest: `other${index}` });

export interface Given {
  readonly spec?: Partial<CoordinationClusterSpecInput>;
  readonly status?: Partial<CoordinationClusterStatus>;
  /** Digests of the three voters, and of who proves. */
  readonly voters?: readonly (readonly Checkpoint[])[] | 'untold';
  readonly own?: readonly Checkpoint[];
  readonly differs?: MemberAnswer['differs'];
  /** As the leader knows who proves; undefined: it does not. */
  readonly prover?: MemberStanding | undefined;
  readonly changing?: true;
  readonly hasBegun?: false;
  readonly noLeader?: true;
  /** Absent: all of it is there, of this image. */
  readonly site?: Partial<ProofSite> | 'none';
  readonly image?: string;
  readonly podImages?: readonly string[];
  /** Version of the StatefulSet; absent: 1.0.0. */
  readonly made?: string;
  readonly commitIndex?: number;
  readonly now?: string;
}

function setOf(image: string, more: object = {}): StatefulSet {
  const cluster = clusterOf({ version: image.split(':')[1]! }, { status: { clusterId: 'c1' } });
  const running = statefulSetOf(clusterOf());
  const pods = [podOf(0, answerOf(1, 'leader'))];
  const found = { ...NOTHING_FOUND, cluster, statefulSet: running, pods };
  const made = planOf(found, CONTEXT).objects.find(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'zk-proof',
  )!;
  return { ...(made as StatefulSet), metadata: { ...made.metadata, uid: 'uid-proof', ...more } };
}

const CLAIM: VolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data-zk-proof-0', namespace: 'ns', uid: 'uid-proof-claim' },
};

function siteOf({ site, image = NEW, own = [], differs }: Given): { readonly proof?: ProofSite } {
  if (site === 'none') return {};
  const report = answerOf(PROOF_SERVER_ID, 'learner', {
    instance: 900,
    checkpoints: own,
    ...(differs === undefined ? {} : { differs }),
  });
  const pod: ObservedPod = { ...podOf(PROOF_SERVER_ID - 1, report, { ready: false }), name: 'zk-proof-0' };
  return { proof: { statefulSet: setOf(image), pod, claim: CLAIM, podRefused: '', ...site } };
}

/** A cluster of 1.0.0 whose spec says 1.1.0, and a proof of that under way. */
export function world(given: Given = {}): Observed {
  const { voters = [[], [], []], podImages = [OLD, OLD, OLD] } = given;
  const prover = 'prover' in given ? given.prover : PROVER;
  const cluster = clusterOf(
    { version: '1.1.0', ...given.spec },
    { status: { ...(given.hasBegun === false ? {} : { clusterId: 'c1' }), ...given.status } },
  );
  const pods = podImages.map((image, ordinal) => {
    const role = ordinal === 0 && given.noLeader === undefined ? 'leader' : 'follower';
    const checkpoints = voters === 'untold' ? {} : { checkpoints: voters[ordinal] ?? [] };
    const answer = answerOf(ordinal + 1, role, {
      commitIndex: given.commitIndex ?? 1_000,
      changing: given.changing ?? false,
      ...(prover === undefined ? {} : { prover }),
      ...checkpoints,
    });
    return podOf(ordinal, answer, { image });
  });
  return observedOf(cluster, {
    pods,
    statefulSet: statefulSetOf(clusterOf({ version: given.made ?? '1.0.0' })),
    now: given.now ?? NOW,
    ...siteOf(given),
  });
}
