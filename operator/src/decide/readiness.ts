import type { ConditionType } from '@rookery/crds';
import type { Observed } from '../model/observed.ts';
import type { Blocker } from './blockers.ts';
import { type Finding, finding } from './finding.ts';
import type { FirstStart } from './first-start.ts';
import { MEMBERS_STUCK } from './held-up.ts';
import { HIBERNATED } from './hibernation.ts';
import { FORCE_REFUSED, FORCING, LOST_FOR_GOOD } from './quorum-loss.ts';
import { UPDATE_STUCK } from './rolling-update.ts';
import { TLS_LACKING } from './tls/lacking.ts';
import { PROOF_STUCK, UPGRADE_DIFFERS } from './upgrade-proof.ts';

/** The other conditions, which these three are made from. */
type Findings = Readonly<Record<Exclude<ConditionType, Readiness>, Finding>>;
type Readiness = 'Ready' | 'Reconciling' | 'Stalled';

/**
 * The three conditions by which tools tell how far an object is (kstatus of sigs.k8s.io/cli-utils: Helm and Flux wait by them):
 *
 * - `Stalled`: it will not become what the spec says until somebody does something
 * - `Reconciling`: it is on its way there
 * - `Ready`: it is there, and serves, or sleeps where it is to
 */
export function readinessOf(
  observed: Observed,
  blocker: Blocker | undefined,
  start: FirstStart | undefined,
  findings: Findings,
): Readonly<Record<Readiness, Finding>> {
  const stalled = stalledBy(observed, blocker, start, findings);
  const reconciling = reconcilingBy(stalled, findings);
  return { Ready: ready(stalled, reconciling, findings), Reconciling: reconciling, Stalled: stalled };
}

function stalledBy(
  { cluster, failure }: Observed,
  blocker: Blocker | undefined,
  start: FirstStart | undefined,
  { Progressing, Degraded, QuorumHealthy, Paused }: Findings,
): Finding {
  if (cluster.metadata.deletionTimestamp !== undefined || cluster.spec.paused)
    return Paused.status === 'True'
      ? finding('False', Paused.reason, Paused.message)
      : finding('False', Progressing.reason, Progressing.message);
  // What is being deleted goes by itself.
  const isBlocked = blocker !== undefined && blocker.reason !== 'FormerObjectsRemain';
  if (isBlocked || failure !== undefined || STANDSTILLS.has(Progressing.reason))
    return finding('True', Progressing.reason, Progressing.message);
  if (QuorumHealthy.reason === LOST_FOR_GOOD && Progressing.reason !== FORCING)
    return finding('True', QuorumHealthy.reason, QuorumHealthy.message);
  if (start?.late === true) return finding('True', 'FirstStartLate', Degraded.message);
  return finding('False', 'NothingInTheWay', 'Nothing waits for somebody to do something.');
}

function reconcilingBy(stalled: Finding, { Progressing, Paused }: Findings): Finding {
  if (stalled.status === 'True') return finding('False', stalled.reason, stalled.message);
  if (Paused.status === 'True') return finding('False', Paused.reason, Paused.message);
  // Former objects are in the way for a moment.
  const isOnItsWay = Progressing.status === 'True' || Progressing.reason === 'FormerObjectsRemain';
  return finding(isOnItsWay ? 'True' : 'False', Progressing.reason, Progressing.message);
}

function ready(
  stalled: Finding,
  reconciling: Finding,
  { Available, Degraded, Progressing }: Findings,
): Finding {
  for (const { status, reason, message } of [stalled, reconciling]) {
    if (status === 'True') return finding('False', reason, message);
  }
  // It is what was asked for, though it serves nobody: Available says that.
  if (Progressing.reason === HIBERNATED) return { ...Progressing, status: 'True' };
  if (Available.status !== 'True') return Available;
  if (Degraded.status === 'True') {
    // Members that are ready and do not answer the operator are, as far as anybody knows, well.
    const isKnown = Degraded.reason !== 'MembersDoNotAnswer';
    return finding(isKnown ? 'False' : 'Unknown', Degraded.reason, Degraded.message);
  }
  return finding('True', 'AsSpecified', Available.message);
}

/** What Progressing says where somebody has to put something right. */
const STANDSTILLS: ReadonlySet<string> = new Set([
  UPDATE_STUCK,
  MEMBERS_STUCK,
  TLS_LACKING,
  UPGRADE_DIFFERS,
  PROOF_STUCK,
  FORCE_REFUSED,
]);
