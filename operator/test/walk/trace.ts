import type { Step } from '../../src/model/step.ts';
import { podName } from './move.ts';

/** A step of the operator, in a few words. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'apply':
      return `apply ${step.object.kind} ${step.object.metadata.name} (${step.why})${replicasOf(step)}`;
    case 'delete':
      return `delete ${step.object.kind} ${step.object.metadata.name} (${step.why})`;
    case 'expandVolume':
      return `expand ${step.claim.metadata.name} to ${step.size}`;
    case 'changeMembership':
      return `${step.change.kind} ${podName((step.change.kind === 'add' ? step.change.member : step.change).serverId - 1)}`;
    case 'handOver':
      return `hand over to zk-${step.to - 1}`;
    case 'forceNewCluster':
      return `make the cluster of ${step.member.pod}`;
    case 'endForceNewCluster':
      return `take the annotation away (${step.forced === undefined ? 'there is a quorum' : 'done'})`;
    case 'writeStatus': {
      const { phase, conditions = [] } = step.status;
      return `status ${phase}, ${conditions.find(({ type }) => type === 'Progressing')?.reason}`;
    }
    default:
      return step.kind;
  }
}

function replicasOf({ object }: Extract<Step, { kind: 'apply' }>): string {
  const { spec } = object as { readonly spec?: { readonly replicas?: number } };
  return object.kind === 'StatefulSet' ? ` of ${spec?.replicas}` : '';
}
