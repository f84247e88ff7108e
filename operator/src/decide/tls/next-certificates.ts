import { ROTATE_CA_ANNOTATION, ROTATE_CERTIFICATES_ANNOTATION } from '../../model/cluster-names.ts';
import { AUTHORITY_LIFE_MS, LEAF_LIFE_MS } from '../../model/lifetimes.ts';
import type { Observed } from '../../model/observed.ts';
import {
  type AuthorityFacts,
  type AuthoritySecret,
  bundleOf,
  type LeafFacts,
  type TlsStep,
  type WantedLeaf,
} from '../../model/tls.ts';
import { isDue, validity } from './lifetimes.ts';
import { canonicalName, needsAuthority, wantedLeaves } from './wanted-leaves.ts';

type Step<K extends TlsStep['kind']> = Extract<TlsStep, { readonly kind: K }>;

/**
 * The authority that is to be made: the first one, or one that is to follow. Where NAME-authority is gone and NAME-certificates is not, members show
 * certificates whose authority nobody has: what they trust stays trusted, and the new one signs once they trust it, too.
 */
export function nextAuthority(observed: Observed): Step<'makeAuthority'> | undefined {
  const { cluster, tls, now } = observed;
  if (!needsAuthority(observed)) return undefined;
  const { authority, certificates, broughtAuthority } = tls;
  if (broughtAuthority !== undefined && broughtAuthority.kind !== 'there') return undefined;
  const asked = cluster.metadata.annotations?.[ROTATE_CA_ANNOTATION] ?? '';
  const made = {
    kind: 'makeAuthority',
    brought:
      broughtAuthority === undefined
        ? undefined
        : { secretName: broughtAuthority.name, fingerprint: broughtAuthority.fingerprint },
    ...validity(now, AUTHORITY_LIFE_MS),
    rotatedFor: asked,
  } as const;
  if (authority.kind === 'missing') {
    const trusted = certificates.kind === 'there' ? certificates.bundle : '';
    return { ...made, as: trusted === '' ? 'current' : 'next', seen: undefined, former: trusted };
  }
  if (authority.kind !== 'there') return undefined;
  const { current, next, former, seen } = authority;
  const isToFollow =
    broughtAuthority === undefined
      ? next === undefined &&
        former === '' &&
        current !== undefined &&
        (isDue(current, now) || asked !== authority.rotatedFor)
      : broughtAuthority.fingerprint !== (next ?? current)?.fingerprint;
  return isToFollow ? { ...made, as: 'next', seen, former: '' } : undefined;
}

/** What members show and trust, where it is not as it should be; everything in one write, and so in one folder that members see change at once. */
export function nextCertificates(observed: Observed): Step<'writeCertificates'> | undefined {
  const { cluster, tls, now } = observed;
  const { authority, certificates } = tls;
  if (!needsAuthority(observed) || authority.kind !== 'there') return undefined;
  if (certificates.kind !== 'there' && certificates.kind !== 'missing') return undefined;
  const { current } = authority;
  const there = certificates.kind === 'there' ? certificates : undefined;
  const asked = cluster.metadata.annotations?.[ROTATE_CERTIFICATES_ANNOTATION] ?? '';
  const span = validity(now, LEAF_LIFE_MS, current?.notAfter);
  const isAsked = there !== undefined && asked !== there.renewedFor;
  const leaves =
    current === undefined
      ? []
      : wantedLeaves(observed).filter(
          (leaf) => isAsked || !isRight(there?.leaves[leaf.file], leaf, current, span.notAfterMs, now),
        );
  const isBundleRight =
    there !== undefined &&
    isSame(there.trusted, bundleOf(authority).trusted) &&
    !Number.isNaN(Date.parse(there.writtenAt));
  if (leaves.length === 0 && isBundleRight) return undefined;
  return {
    kind: 'writeCertificates',
    seen: there?.seen,
    authority: authority.seen,
    leaves,
    ...span,
    writtenAt: now,
    // What was asked for before the key was lost is done once there is one again.
    renewedFor: current === undefined ? (there?.renewedFor ?? asked) : asked,
  };
}

/** @param notAfterMs how long another one would count */
function isRight(
  found: LeafFacts | undefined,
  { names }: WantedLeaf,
  current: AuthorityFacts,
  notAfterMs: number,
  now: string,
): boolean {
  if (found === undefined || found.issuer !== current.fingerprint) return false;
  const named = new Set(found.names.map(canonicalName));
  if (!names.every((name) => named.has(canonicalName(name)))) return false;
  // One that ends with its authority is not made better by another one.
  return !isDue(found, now) || notAfterMs <= Date.parse(found.notAfter);
}

/** Both are sorted. */
function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

/** Whether an authority follows another one, and the former is trusted still. */
export function isRotating({ current, next, former }: AuthoritySecret): boolean {
  return current === undefined || next !== undefined || former !== '';
}
