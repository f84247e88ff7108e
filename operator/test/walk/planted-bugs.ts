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
    find: 'others.length - away.length >= majorityOf(others.length + 1)',
    replace: 'others.length + 1 - away.length >= majorityOf(others.length + 1)',
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
    find: 'if (awaited.length > 0)',
    replace: 'if (awaited.length > 1)',
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
    find: 'return away.length * 2 < others.length',
    replace: 'return away.length <= others.length',
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
    name: 'a status that has not changed is written again',
    scenario: 'the first start of three',
    file: `${DECIDE}/status.ts`,
    find: 'return canonical(status) === canonical(',
    replace: 'return canonical(status) === canonical([]) + canonical(',
  },
];
