import { quantityBytes } from '@rookery/crds';
import { ordinalOfClaim, readOrdinalOf } from '../model/cluster-names.ts';
import { endOfOrdinals, type Observed, type StatefulSet, type VolumeClaim } from '../model/observed.ts';
import type { Step } from '../model/step.ts';

/**
 * The next step towards volumes of the size that the spec asks for, the pods running on: first each claim asks for more, then the StatefulSet is
 * made anew around its pods, since nothing of its claim template can be changed. A claim that has more than is asked for is left alone.
 */
export function expandVolumes(observed: Observed): Step | undefined {
  const { cluster, statefulSet } = observed;
  const { size } = cluster.spec.storage;
  const claims = memberClaims(observed);
  const small = claims.find((claim) => isBound(claim) && requestedBytes(claim) < quantityBytes(size));
  if (small !== undefined) return { kind: 'expandVolume', claim: small, size };
  const areLargeEnough =
    claims.length > 0 && claims.every((claim) => requestedBytes(claim) >= quantityBytes(size));
  return statefulSet !== undefined && areLargeEnough && asksForOthers(statefulSet, size)
    ? { kind: 'delete', object: statefulSet, why: 'claimTemplate' }
    : undefined;
}

/** What is not as large yet as the spec says, for people, one for each volume. */
export function volumesBehind(observed: Observed): readonly string[] {
  const { size } = observed.cluster.spec.storage;
  return memberClaims(observed)
    .filter((claim) => isBound(claim) && capacityBytes(claim) < quantityBytes(size))
    .map(
      (claim) =>
        `${claim.metadata.name} has ${claim.status?.capacity?.storage ?? 'nothing'} of ${size}${whyWaiting(claim)}`,
    );
}

/** What the smallest of the members' volumes asks for, as it says so; undefined: there are none. */
export function volumeSize(observed: Observed): string | undefined {
  const [smallest] = memberClaims(observed)
    .filter((claim) => requested(claim) !== undefined)
    .toSorted((a, b) => requestedBytes(a) - requestedBytes(b));
  return smallest && requested(smallest);
}

/** Those that members have, or will find again: what stayed of members that were taken out is none of the spec's business. */
function memberClaims({ cluster, statefulSet, volumeClaims }: Observed): readonly VolumeClaim[] {
  const { name } = cluster.metadata;
  const end = endOfOrdinals(statefulSet);
  return volumeClaims.filter(({ metadata }) => {
    const ordinal = ordinalOfClaim(name, metadata.name) ?? ordinalOfClaim(name, metadata.name, readOrdinalOf);
    return ordinal !== undefined && ordinal < end && metadata.deletionTimestamp === undefined;
  });
}

function asksForOthers({ spec }: StatefulSet, size: string): boolean {
  return (spec.volumeClaimTemplates ?? []).some((template) => {
    const asked = requested(template as VolumeClaim);
    return asked !== undefined && bytesOf(asked) !== bytesOf(size);
  });
}

/** No other may be expanded. */
function isBound({ status }: VolumeClaim): boolean {
  return status?.phase === 'Bound';
}

function requested({ spec }: VolumeClaim): string | undefined {
  return spec?.resources?.requests?.storage;
}

function requestedBytes(claim: VolumeClaim): number {
  return bytesOf(requested(claim) ?? '0');
}

function capacityBytes({ status }: VolumeClaim): number {
  return bytesOf(status?.capacity?.storage ?? '0');
}

/** Claims are made by others, too, in forms that no spec of ours has: what cannot be read is large enough. */
function bytesOf(quantity: string): number {
  try {
    return quantityBytes(quantity);
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** In Kubernetes' words, where it has any. */
function whyWaiting({ status }: VolumeClaim): string {
  const told = status?.conditions?.find((condition) => condition.status === 'True');
  return told === undefined ? '' : ` (${[told.type, told.message].filter((part) => part).join(': ')})`;
}
