import { authoritySecretName, certificatesSecretName } from '../../model/cluster-names.ts';
import type { Observed } from '../../model/observed.ts';
import type { BroughtSecret } from '../../model/tls.ts';
import { type Finding, finding } from '../finding.ts';
import { needsAuthority, wantedLeaves } from './wanted-leaves.ts';

/** The reason of Progressing, too, where pods cannot be made without what is lacking. */
export const TLS_LACKING = 'CertificatesLacking';

/** What is to be mounted in pods, and is not there: pods that ask for it would not start. undefined: all is there, or is being made. */
export function lacking(observed: Observed): Finding | undefined {
  const { cluster, tls } = observed;
  const { name } = cluster.metadata;
  if (cluster.spec.tls.client.mode !== 'Disabled') {
    const why = whyUnusable(tls.broughtLeaf, 'what members show to clients');
    if (why !== undefined) return finding('False', TLS_LACKING, why);
  }
  if (!needsAuthority(observed)) return undefined;
  const brought = whyUnusable(tls.broughtAuthority, "the authority that signs the members' certificates");
  if (brought !== undefined) return finding('False', TLS_LACKING, brought);
  for (const [secret, found] of [
    [authoritySecretName(name), tls.authority],
    [certificatesSecretName(name), tls.certificates],
  ] as const) {
    if (found.kind === 'there' || found.kind === 'missing') continue;
    const way =
      found.kind === 'unusable'
        ? 'Put back what it held, or delete it: another authority is then made, and takes over once all members trust it.'
        : found.kind === 'foreign'
          ? 'It is left alone. Delete or rename it, or give the CoordinationCluster another name.'
          : 'It has to go first.';
    return finding('False', TLS_LACKING, `The Secret ${secret} cannot be used: ${found.why}. ${way}`);
  }
  return undefined;
}

/** Whether all that pods mount is there: only then others than those that run may be made. */
export function isMountable(observed: Observed): boolean {
  const { cluster, tls, plan } = observed;
  const { mode } = cluster.spec.tls.client;
  if (mode !== 'Disabled' && tls.broughtLeaf !== undefined && tls.broughtLeaf.kind !== 'there') return false;
  const leaves = plan.peerTls.mode === 'off' && plan.peerTls.wanted !== 'off' ? [] : wantedLeaves(observed);
  const there = tls.certificates.kind === 'there' ? tls.certificates.leaves : {};
  return leaves.every(({ file }) => there[file] !== undefined);
}

function whyUnusable<T>(secret: BroughtSecret<T> | undefined, what: string): string | undefined {
  if (secret === undefined || secret.kind === 'there') return undefined;
  const why = secret.kind === 'missing' ? 'is not there' : `cannot be used: ${secret.why}`;
  return `The Secret ${secret.name}, which the spec names for ${what}, ${why}. Make it, or name another one: what runs goes on as it is.`;
}
