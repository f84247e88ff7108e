import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

const DECIDE = 'operator/src/decide';

/** Ways in which operators have lost a quorum, data or themselves. */
export const PLANTED_BUGS: readonly (PlantedBug & {
  /** The one that finds it soonest. */
  readonly scenario: string;
})[] = [
  {
    name: 'the pod that is to go counts for the majority that is left',
    scenario: 'another version for fewer members',
    file: `${DECIDE}/rolling-update.ts`,
    find: 'isMajority(others.length - away.length, others.length + 1)',
    replace: 'isMajority(others.length + 1 - away.length, others.length + 1)',
  },
  {
    name: 'a voter that has yet to read its data counts as there',
    scenario: 'another version of three, twice disturbed',
    file: `${DECIDE}/quorum.ts`,
    find: '!hasCaughtUp(member) || hasYetToCome(member, pods)',
    replace: '!hasCaughtUp(member)',
  },
  {
    name: 'nobody asks whether a member has caught up',
    scenario: 'the first start of three, and five asked for meanwhile',
    file: `${DECIDE}/quorum.ts`,
    find: 'return connected && lagEntries !== undefined && lagEntries < CAUGHT_UP_ENTRIES;',
    replace: 'return connected || lagEntries !== undefined;',
  },
  {
    name: 'a leader is restarted before it has handed over',
    scenario: 'another version of two',
    file: `${DECIDE}/rolling-update.ts`,
    find: 'if (standing.serverId !== leader.answer.serverId) return',
    replace: 'if (standing.serverId >= 0) return',
  },
  {
    name: 'a second pod goes while the first is away',
    scenario: 'another version of one',
    file: `${DECIDE}/rolling-update.ts`,
    find: "if (coming !== '')",
    replace: "if (coming.includes(','))",
  },
  {
    name: 'the next pod goes before the one that came back has caught up',
    scenario: 'another version of five',
    file: `${DECIDE}/rolling-update.ts`,
    find: 'if (behind.length > 0)',
    replace: 'if (behind.length > 100)',
  },
  {
    name: 'a change of the membership is asked for while one is in flight',
    scenario: 'one becomes three becomes one, and answers are lost',
    file: `${DECIDE}/membership.ts`,
    find: "if (leader.answer.changing) return { step: { kind: 'inFlight' }, leader };",
    replace: '',
  },
  {
    name: 'a vote is given before the leader has heard from a majority',
    scenario: 'five that lose a volume and their leader',
    file: `${DECIDE}/membership.ts`,
    find: 'return isMajority(others.length - away.length + 1, others.length + 1) ? undefined : awaiting(away);',
    replace: 'return away.length < 100 ? undefined : awaiting(away);',
  },
  {
    name: 'a learner gets its vote before it has caught up',
    scenario: 'the first start of three, and five asked for meanwhile',
    file: `${DECIDE}/membership.ts`,
    find: 'const behind = learners.filter((member) => !hasCaughtUp(member));',
    replace: 'const behind = learners.filter(() => false);',
  },
  {
    name: 'a member is taken out though no majority is left',
    scenario: 'three become one',
    file: `${DECIDE}/membership.ts`,
    find: 'return isMajority(others.length - away.length, others.length) ? undefined : awaiting(away);',
    replace: 'return away.length <= others.length ? undefined : awaiting(away);',
  },
  {
    name: 'members are named by their server ids where Raft ids are meant',
    scenario: 'the first start of three, and five asked for meanwhile',
    file: `${DECIDE}/membership.ts`,
    find: 'return { raftId, serverId };',
    replace: 'return { raftId: serverId, serverId };',
  },
  {
    name: 'a member that waits for its id is taken for one that lost its data',
    scenario: 'the first start of three, and five asked for meanwhile',
    file: `${DECIDE}/membership.ts`,
    find: 'answer.instance !== instance,',
    replace: 'answer.instance > 0,',
  },
  {
    name: 'the StatefulSet is taken for seen as soon as it is written',
    scenario: 'three become one',
    file: `${DECIDE}/rolling-update.ts`,
    find: 'return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);',
    replace: 'return status !== metadata.name;',
  },
  {
    name: 'the spec tells how many members there are',
    scenario: 'the first start of three, and five asked for meanwhile',
    file: 'operator/src/desired/plan.ts',
    find: 'const members = runningMembers(found);',
    replace: 'const members = runningMembers(found) && found.cluster.spec.replicas;',
  },
  {
    name: 'the pod of a member that is replaced goes with its id',
    scenario: 'three that lose a volume',
    file: 'operator/src/desired/running.ts',
    find: 'return Math.max(membersOf(leader.answer), Math.min(made ?? 0, found.cluster.spec.replicas));',
    replace: 'return membersOf(leader.answer);',
  },
  {
    name: 'the claim template of the StatefulSet is written over',
    scenario: 'larger volumes',
    file: 'operator/src/desired/plan.ts',
    find: 'statefulSet === undefined ? objects : objects.map((object) => keepClaims(object, statefulSet))',
    replace:
      "statefulSet === undefined ? objects : objects.map((object) => keepClaims(object, object.kind === 'StatefulSet' ? (object as never) : statefulSet))",
  },
  {
    name: 'the StatefulSet is made anew before all volumes are asked to grow',
    scenario: 'larger volumes for more members',
    file: `${DECIDE}/volumes.ts`,
    find: 'claims.length > 0 && claims.every((claim) => requestedBytes(claim) >= quantityBytes(size));',
    replace: 'claims.length > 0;',
  },
  {
    name: 'the StatefulSet goes with its pods where its claim template is another',
    scenario: 'larger volumes',
    file: `${DECIDE}/volumes.ts`,
    find: "{ kind: 'delete', object: statefulSet, why: 'claimTemplate' }",
    replace: "{ kind: 'delete', object: statefulSet, why: 'surplus' }",
  },
  {
    name: 'a pod is taken for stuck though its member answers',
    scenario: 'another version of three, disturbed',
    file: `${DECIDE}/stuck-pod.ts`,
    find: "outdated && !ready && !deleting && trouble !== '' && report.kind === 'silent',",
    replace: "outdated && !ready && !deleting && (trouble !== '' || report.kind !== 'silent'),",
  },
  {
    name: 'a pod is restarted before the status says so',
    scenario: 'another version of one',
    file: `${DECIDE}/decide.ts`,
    find: "if (first !== undefined) return first;\n  if (step.kind === 'restart')",
    replace: "if (step.kind === 'restart')",
  },
  {
    name: 'the identity of a cluster is not recorded first',
    scenario: 'the first start of three, and answers are lost',
    file: `${DECIDE}/decide.ts`,
    find: 'if (cluster.status?.clusterId === undefined && begunClusterId(observed) !== undefined) {',
    replace: 'if (cluster.status?.clusterId === undefined && begunClusterId(observed) === cluster.kind) {',
  },
  {
    name: 'an authority signs before all members trust it',
    scenario: 'another authority',
    file: `${DECIDE}/tls/rotation.ts`,
    find: 'const waiting = whoDoesNot(observed, (pod) => trustsAll(pod, authority.next?.trusted ?? []));',
    replace: "const waiting = '';",
  },
  {
    name: 'an authority is dropped while members show what it has signed',
    scenario: 'another authority',
    file: `${DECIDE}/tls/rotation.ts`,
    find: 'const waiting = whoDoesNot(observed, (pod) => showsNewest(observed, certificates, pod));',
    replace: "const waiting = '';",
  },
  {
    name: 'a member that does not answer is taken for one that trusts the next authority',
    scenario: 'another authority, disturbed',
    file: `${DECIDE}/who-does-not.ts`,
    find: "pod.report.kind === 'answer' && does(pod)",
    replace: "(pod.report.kind === 'silent' || does(pod))",
  },
  {
    name: 'a pause stops nothing',
    scenario: 'paused with another version',
    file: `${DECIDE}/decide.ts`,
    find: 'if (cluster.spec.paused) return settle(observed, assessment, POLL_MS);',
    replace: '',
  },
  {
    name: 'volumes are deleted under pods that may write',
    scenario: 'deleted with its volumes',
    file: `${DECIDE}/decide.ts`,
    find: "if (pods.length > 0) return { kind: 'wait', forMs: SOON_MS };",
    replace: '',
  },
  {
    name: 'a read replica is promoted',
    scenario: 'a read replica is added, and taken away',
    file: `${DECIDE}/read-replicas/membership.ts`,
    find: 'if (missing === undefined) return undefined;',
    replace:
      "if (missing === undefined) { const [one] = members; return one && ({ kind: 'change', change: { kind: 'promote', raftId: one.raftId, serverId: one.serverId }, expectedIndex: leader.configurationIndex, why: 'scaleUp' } as never); }",
  },
  {
    name: 'those that vote are told from those that read by nothing',
    scenario: 'a read replica is added, and taken away',
    file: `${DECIDE}/membership.ts`,
    find: 'const members = leader.members.filter(({ raftId }) => raftId !== 0);',
    replace:
      'const members = [...leader.members, ...(leader.readReplicas ?? [])].filter(({ raftId }) => raftId !== 0);',
  },
  {
    name: 'the pod of a read replica goes before it has left Raft',
    scenario: 'a read replica is added, and taken away',
    file: 'operator/src/desired/running.ts',
    find: '? Math.max(places, Math.min(made ?? 0, cluster.spec.readReplicas))',
    replace: '? Math.min(Math.max(places, made ?? 0), cluster.spec.readReplicas)',
  },
  {
    name: 'the pod of a read replica is made before it has its place',
    scenario: 'two read replicas are added, and one is taken away',
    file: 'operator/src/desired/running.ts',
    find: '? Math.max(places, Math.min(made ?? 0, cluster.spec.readReplicas))',
    replace: '? Math.max(places, cluster.spec.readReplicas)',
  },
  {
    name: 'read replicas are rolled before the members',
    scenario: 'another version with a read replica',
    file: `${DECIDE}/read-replicas/rolling-update.ts`,
    find: 'if (!areMembersUpdated(observed))',
    replace: 'if (cluster.spec.paused)',
  },
  {
    name: 'read replicas are rolled all at once',
    scenario: 'another version with two read replicas',
    file: `${DECIDE}/read-replicas/rolling-update.ts`,
    find: "if (coming !== '')",
    replace: "if (coming.split(', ').length > 2)",
  },
  {
    name: 'read replicas are added without waiting for one another',
    scenario: 'two read replicas are added, and one is taken away',
    file: `${DECIDE}/read-replicas/membership.ts`,
    find: 'if (coming !== undefined) return',
    replace: 'if (coming?.raftId === 0) return',
  },
  {
    name: 'read replicas that lost their data keep their ids',
    scenario: 'a read replica is added, disturbed',
    file: `${DECIDE}/read-replicas/membership.ts`,
    find: 'hasLostItsData(member, answersOf(pool.pods)) || isAbandoned',
    replace: 'isAbandoned',
  },
  {
    name: 'a status that has not changed is written again',
    scenario: 'the first start of three',
    file: `${DECIDE}/status.ts`,
    find: 'return canonical(status) === canonical(',
    replace: 'return canonical(status) === canonical([]) + canonical(',
  },
  {
    name: 'a cluster is forced out of one member though a quorum can come back',
    scenario: 'three that may come back, and one of them named',
    file: `${DECIDE}/survivor.ts`,
    find: 'if (loss === undefined) {',
    replace: 'if (loss === undefined && voters.length === 0) {',
  },
  {
    name: 'a cluster is forced out of the survivor that has less',
    scenario: 'four of which two survive',
    file: `${DECIDE}/survivor.ts`,
    find: 'compareLogs(b.answer, a.answer) ||',
    replace: 'compareLogs(a.answer, b.answer) ||',
  },
  {
    name: 'what may have been forced already is forgotten where another member is named',
    scenario: 'four of which two survive, and the other one named meanwhile',
    file: `${DECIDE}/force-new-cluster.ts`,
    find: 'if (record === undefined) return asked === undefined ? undefined : chosen(observed, ensemble, asked);',
    replace: `if (record === undefined || !isDone(pods, record)) {
      const now = asked === undefined ? undefined : chosen(observed, ensemble, asked);
      if (now?.survivor === undefined || record?.target !== now.record?.target) return now;
      return { ...now, step: { kind: 'force', survivor: now.survivor } };
    }`,
  },
  {
    name: 'a cluster is forced before it is recorded out of whom',
    scenario: 'three of which one survives',
    file: `${DECIDE}/decide.ts`,
    find: "if (first !== undefined) return first;\n  if (step.kind === 'deleteClaim')",
    replace: `if (step.kind === 'record') {
      const { target, forced: { lastIndex } } = forced!.record!;
      const { ordinal, address = '' } = observed.pods.find(({ name }) => name === target)!;
      return { kind: 'forceNewCluster', serverId: ordinal + 1, lastIndex, member: { pod: target, address } };
    }
    if (first !== undefined) return first;
    if (step.kind === 'deleteClaim')`,
  },
  {
    name: 'the volume of the survivor goes with those of the former cluster',
    scenario: 'four of which two survive',
    file: `${DECIDE}/force-new-cluster.ts`,
    find: '.filter((ordinal) => ordinal !== pod.ordinal)',
    replace: '',
  },
  {
    name: 'a former member is added before its volume is gone',
    scenario: 'four of which two survive',
    file: `${DECIDE}/membership.ts`,
    find: '&& !isOfFormerCluster(observed, serverId - 1),',
    replace: ',',
  },
  {
    name: 'a former cluster is heard beside the one that was forced',
    scenario: 'four of which two survive',
    file: 'operator/src/observe/pods.ts',
    find: 'if ((report.answer.recovery ?? 0) >= recovery) return pod;',
    replace: 'if (recovery >= 0) return pod;',
  },
];
