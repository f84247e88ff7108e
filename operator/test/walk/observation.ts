import { CLUSTER_LABEL, FIRST_READ_ORDINAL, readName } from '../../src/model/cluster-names.ts';
import {
  type MemberAnswer,
  type MemberReport,
  type MemberStanding,
  NO_READ_REPLICAS,
  type Observed,
  type ObservedPod,
  type VolumeClaim,
} from '../../src/model/observed.ts';
import type { Pod as KubePod } from '../../src/observe/pod.ts';
import { heardIn, memberAddress, observedPod as readPod } from '../../src/observe/pods.ts';
import { answerOf, claimOf, NOW } from '../decide/observed-world.ts';
import { type Catalogue, type Planned, READ_SET_UID, revisionOf, SIZES } from './catalogue.ts';
import { observedTls, shownBy } from './certificates.ts';
import { podName } from './move.ts';
import {
  Data,
  everyOrdinal,
  isFormer,
  isUp,
  ordinals,
  Pod,
  Role,
  raftIdOf,
  readOrdinals,
  runs,
  type Site,
  siteOf,
  type World,
} from './world.ts';

/** Where each part of an observation comes from: caches may be a write behind, members are asked. */
export interface Sources {
  readonly objects: World;
  readonly pods: World;
  readonly members: World;
}

const LONG_AGO = '2025-12-31T00:00:00Z';
export const CLUSTER_ID = 'c1';

/** What the operator's observer would make of it. */
export function observe(
  catalogue: Catalogue,
  { objects, pods, members }: Sources,
): { readonly observed: Observed; readonly planned: Planned } {
  const cluster = catalogue.cluster(objects);
  const statefulSet = catalogue.statefulSet(objects);
  const answers = answersOf(catalogue, members);
  const sources = { objects, pods, members };
  const found = {
    cluster,
    statefulSet,
    pods: ordinals(pods).flatMap((ordinal) => observedPod(catalogue, sources, ordinal, answers)),
    volumeClaims: ordinals(objects).flatMap((ordinal) => observedClaim(objects, ordinal)),
    tls: observedTls(objects),
    readReplicas: {
      ...NO_READ_REPLICAS,
      statefulSet: catalogue.readStatefulSet(objects),
      pods: readOrdinals(pods).flatMap((ordinal) => observedPod(catalogue, sources, ordinal, answers)),
      volumeClaims: readOrdinals(objects).flatMap((ordinal) => observedClaim(objects, ordinal)),
    },
  };
  const planned = catalogue.plan(found, objects);
  const { plan, infrastructure, set, readSet } = planned;
  const observed: Observed = {
    ...found,
    adminToken: objects.hasSecret ? 'there' : 'missing',
    plan,
    objects: plan.objects.map((wanted) => {
      const isSet = wanted.kind === 'StatefulSet';
      const state = isSet
        ? stateOf(set, objects.set, objects.appliedSet)
        : stateOf(infrastructure, objects.infrastructure, objects.appliedInfrastructure);
      return { wanted, state, found: isSet ? statefulSet : state === 'missing' ? undefined : wanted };
    }),
    // Of those of the read replicas it is their StatefulSet alone that is looked at.
    readReplicas: {
      ...found.readReplicas,
      objects: plan.readReplicas.map((wanted) => {
        if (wanted.kind !== 'StatefulSet') return { wanted, state: 'right', found: wanted };
        const state = stateOf(readSet, objects.readSet, objects.appliedReadSet);
        return { wanted, state, found: found.readReplicas.statefulSet };
      }),
    },
    surplus: [],
    podsRefused: '',
    now: NOW,
  };
  return { observed, planned };
}

/** The same for observations that are the same. */
export function keyOf({ objects, pods, members }: Sources): string {
  const parts = [
    objects.edits,
    objects.deletion + 4 * Number(objects.isHeld) + 8 * Number(objects.hasSecret),
    objects.status,
    objects.infrastructure,
    objects.set,
    Number(objects.isSetSeen) + 2 * objects.setUid,
    objects.seenTemplate,
    objects.appliedInfrastructure,
    objects.appliedSet,
    Number(pods.isOrphaned) + 2 * pods.setUid,
    members.leader + 1,
    members.changing + 1,
    objects.readSet,
    Number(objects.isReadSetSeen),
    objects.seenReadTemplate,
    objects.appliedReadSet,
    objects.asks + 16 * members.recovery,
    objects.authority + 4 * objects.certificates + 32 * Number(objects.isOverlapOver),
  ];
  for (const { claim, requested, capacity, isLeaving, isRenewed } of [...objects.sites, ...objects.readers])
    parts.push(
      Number(claim) + 2 * requested + 8 * capacity + 32 * Number(isLeaving) + 64 * Number(isRenewed),
    );
  for (const { pod, deleting, ready, late, template } of [...pods.sites, ...pods.readers])
    parts.push(pod + 4 * Number(deleting) + 8 * Number(ready) + 16 * Number(late) + 32 * template);
  for (const site of [...members.sites, ...members.readers]) {
    const { isIn, caughtUp, mute, file, data, role, isBound, generation, template, isPast } = site;
    parts.push(
      data + 4 * role + 16 * generation + 32 * Number(isBound) + 64 * Number(caughtUp) + 128 * Number(isPast),
    );
    // What does not run says nothing.
    parts.push(
      runs(site)
        ? 1 + 2 * Number(isIn) + 4 * Number(mute) + 8 * file + 128 * template + 8_192 * site.mounted
        : 0,
    );
  }
  return String.fromCharCode(...parts);
}

/** As AppliedObjects tells it. */
function stateOf(wanted: number, found: number, applied: number): Observed['objects'][number]['state'] {
  if (found === 0) return applied === wanted ? 'drifted' : 'missing';
  if (applied !== wanted) return 'differs';
  return found === wanted ? 'right' : 'drifted';
}

/** What is changed of a pod with each of its versions. */
export function podVersion({ isOrphaned }: World, { pod, deleting, ready, template }: Site): string {
  return [pod, deleting, ready, template, isOrphaned].map(Number).join('-');
}

export function claimVersion({ requested, capacity, isLeaving }: Site): string {
  return `${requested}-${capacity}${isLeaving ? '-leaving' : ''}`;
}

export function claimUid({ isRenewed }: Site, ordinal: number): string {
  return `uid-${ordinal}${isRenewed ? '-renewed' : ''}`;
}

function observedPod(
  catalogue: Catalogue,
  { objects, pods, members }: Sources,
  ordinal: number,
  answers: ReadonlyMap<number, MemberReport>,
): ObservedPod[] {
  const site = siteOf(pods, ordinal);
  if (site.pod === Pod.none) return [];
  const pod = podObject(catalogue, pods, site, ordinal);
  const isReader = ordinal >= FIRST_READ_ORDINAL;
  const statefulSet = isReader ? catalogue.readStatefulSet(objects) : catalogue.statefulSet(objects);
  const report =
    memberAddress(pod, statefulSet) === undefined
      ? silent('its pod does not run')
      : reachable(objects, siteOf(members, ordinal), answers.get(ordinal)!);
  return [heardIn(catalogue.cluster(objects), readPod('zk', pod, statefulSet, report))];
}

/** As the API server shows it. */
function podObject(catalogue: Catalogue, pods: World, site: Site, ordinal: number): KubePod {
  const isReader = ordinal >= FIRST_READ_ORDINAL;
  const set = isReader
    ? { name: readName('zk'), uid: READ_SET_UID }
    : { name: 'zk', uid: `uid-set-${pods.setUid}` };
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', ...set };
  const conditions = [
    {
      type: 'Ready',
      status: site.ready ? 'True' : 'False',
      lastTransitionTime: site.late ? LONG_AGO : NOW,
    },
  ];
  const waiting = { state: { waiting: { reason: 'ImagePullBackOff', message: 'nobody has it' } } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(ordinal),
      namespace: 'ns',
      uid: `uid-pod-${ordinal}`,
      resourceVersion: podVersion(pods, site),
      labels: { [CLUSTER_LABEL]: 'zk', 'controller-revision-hash': revisionOf(site.template) },
      ...(pods.isOrphaned && !isReader ? {} : { ownerReferences: [{ ...owner, controller: true }] }),
      ...(site.deleting ? { deletionTimestamp: NOW } : {}),
    },
    spec: {
      containers: catalogue.containersOf(site.template),
      ...(runs(site) ? { nodeName: `node-${ordinal}` } : {}),
    },
    status: runs(site)
      ? { phase: 'Running', podIP: `10.0.0.${ordinal}`, conditions }
      : {
          phase: 'Pending',
          conditions,
          ...(site.pod === Pod.heldUp ? { containerStatuses: [waiting] } : {}),
        },
  };
}

function reachable(objects: World, asked: Site, answer: MemberReport): MemberReport {
  if (!objects.hasSecret) return silent('there is no admin token to ask it with');
  return runs(asked) && !asked.mute ? answer : silent('it cannot be reached on its HTTP port');
}

function silent(why: string): MemberReport {
  return { kind: 'silent', why };
}

function observedClaim(objects: World, ordinal: number): VolumeClaim[] {
  const site = siteOf(objects, ordinal);
  if (!site.claim) return [];
  const sizes = {
    requested: SIZES[site.requested - 1]!,
    capacity: SIZES[site.capacity - 1] ?? '0',
    phase: site.capacity === 0 ? 'Pending' : 'Bound',
  };
  const metadata = {
    uid: claimUid(site, ordinal),
    resourceVersion: claimVersion(site),
    ...(site.isLeaving ? { deletionTimestamp: NOW } : {}),
  };
  return [claimOf(ordinal, metadata, sizes)];
}

const BEHIND_ENTRIES = 5_000;
const TERM = 5;

/** What each member would say of itself and of the others. */
function answersOf(catalogue: Catalogue, world: World): ReadonlyMap<number, MemberReport> {
  const index = configurationIndex(world);
  const named = Math.max(0, ...world.sites.map(({ file }) => file));
  const readReplicas = readOrdinals(world).flatMap((ordinal) =>
    siteOf(world, ordinal).role === Role.none ? [] : [standing(world, ordinal, true)],
  );
  const standings = new Map<boolean, readonly MemberStanding[]>();
  const standingsOf = (byLeader: boolean, file: number): readonly MemberStanding[] => {
    let all = standings.get(byLeader);
    if (all === undefined) {
      all = ordinals(world).map((ordinal) => standing(world, ordinal, byLeader));
      standings.set(byLeader, all);
    }
    return all.filter(({ raftId, serverId }) => raftId !== 0 || serverId <= file);
  };
  const answerOf = (ordinal: number): MemberReport => {
    const site = siteOf(world, ordinal);
    const isLeader = ordinal === world.leader;
    const takesPart = isUp(site) && site.role !== Role.none;
    const leads = takesPart && world.leader >= 0;
    if (site.isPast && site.isIn) return { kind: 'answer', answer: past(world, ordinal) };
    const isOut = isFormer(site);
    const known = site.data === Data.current || site.data === Data.outdated;
    const answer: MemberAnswer = {
      version: site.template === 0 ? '' : catalogue.versionOf(site.template),
      serverId: ordinal + 1,
      raftId: known ? raftIdOf(world, ordinal) : 0,
      instance: site.data === Data.granted ? 100 + ordinal : 200 + ordinal,
      clusterId: known ? CLUSTER_ID : '',
      role: ownRole(site, isLeader),
      term: takesPart ? TERM : known && site.isIn ? TERM - 1 : 0,
      leader: leads ? world.leader + 1 : undefined,
      // Who was taken out has not heard of that.
      configurationIndex: takesPart ? index : isOut ? 1 : 0,
      changing: takesPart && world.changing >= 0,
      featureLevel: 1,
      certificates: runs(site) ? shownBy(site, ordinal) : [],
      highestFeatureLevel: 1,
      ...(known ? logOf(world, site) : { recovery: 0, lastLogTerm: 0, lastLogIndex: 0 }),
      serving: leads,
      reason: '',
      ...(isLeader && readReplicas.length > 0 ? { readReplicas } : {}),
      members: takesPart
        ? standingsOf(isLeader, site.file)
        : isOut
          ? [
              ...standingsOf(false, 0).filter(({ serverId }) => serverId !== ordinal + 1),
              former(world, ordinal),
            ]
          : Array.from({ length: Math.min(site.file, named) }, (_, other) => stranger(other)),
    };
    return { kind: 'answer', answer };
  };
  return new Map(everyOrdinal(world).map((ordinal) => [ordinal, answerOf(ordinal)]));
}

/** As Raft compares it: who has caught up with the last leader has more than others. */
function logOf({ recovery }: World, { isPast, caughtUp }: Site) {
  return { recovery: isPast ? 0 : recovery, lastLogTerm: TERM, lastLogIndex: caughtUp ? 101 : 100 };
}

/** Of the former cluster, which it speaks for as before: by numbers it is ahead of the other. */
function past(world: World, ordinal: number): MemberAnswer {
  return {
    ...answerOf(ordinal + 1, 'candidate'),
    ...logOf(world, siteOf(world, ordinal)),
    raftId: raftIdOf(world, ordinal),
    term: TERM + 1,
    leader: undefined,
    configurationIndex: Number.MAX_SAFE_INTEGER,
    serving: false,
    members: ordinals(world).map((other) => former(world, other)),
  };
}

function ownRole({ data, isIn, role }: Site, isLeader: boolean): MemberAnswer['role'] {
  if (data === Data.empty || data === Data.granted) return 'joining';
  if (!isIn) return 'starting';
  if (role === Role.none || data === Data.outdated) return 'joining';
  if (role === Role.learner) return 'learner';
  return isLeader ? 'leader' : 'follower';
}

/** As it sees itself. */
function former(world: World, ordinal: number): MemberStanding {
  return { ...stranger(ordinal), raftId: raftIdOf(world, ordinal), role: 'voter', connected: true };
}

/** Named by the configuration file alone. */
function stranger(ordinal: number): MemberStanding {
  return {
    serverId: ordinal + 1,
    raftId: 0,
    role: 'joining',
    instance: 0,
    connected: false,
    lagEntries: undefined,
  };
}

function standing(world: World, ordinal: number, byLeader: boolean): MemberStanding {
  const site = siteOf(world, ordinal);
  if (site.role === Role.none) return { ...stranger(ordinal), connected: runs(site) };
  const isLearner = site.role === Role.learner;
  const behind = isLearner && site.isIn ? BEHIND_ENTRIES : undefined;
  return {
    serverId: ordinal + 1,
    raftId: raftIdOf(world, ordinal),
    role:
      ordinal === world.leader ? 'leader' : isLearner ? 'learner' : world.leader < 0 ? 'voter' : 'follower',
    instance: site.isBound ? 100 + ordinal : 0,
    // A link is up as soon as the process is, whatever has become of its data.
    connected: runs(site),
    lagEntries: byLeader ? (site.caughtUp ? 0 : behind) : undefined,
  };
}

/** Another one for each membership; in no order, since nobody compares those of one moment. */
export function configurationIndex(world: World): number {
  let index = world.changing + 2;
  for (const { role, isBound, generation } of [...world.sites, ...world.readers])
    index = index * 12 + role + (isBound ? 3 : 0) + generation * 6;
  return index;
}
