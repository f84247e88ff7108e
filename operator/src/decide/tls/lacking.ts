import { authoritySecretName, certificatesSecretName } from '../../model/cluster-names.ts';
import type { Observed } from '../../model/observed.ts';
import { type BroughtSecret, CLIENTS_FILE, type IssuerReference } from '../../model/tls.ts';
import { type Finding, finding } from '../finding.ts';
import { whyNotIssued } from './issued.ts';
import { isReadReplicaFile, needsAuthority, wantedLeaves } from './wanted-leaves.ts';

/** The reason of Progressing, too, where pods cannot be made without what is lacking. */
export const TLS_LACKING = 'CertificatesLacking';

/** What is to be mounted in pods, and is not there: pods that ask for it would not start. undefined: all is there, or is being made. */
export function lacking(observed: Observed): Finding | undefined {
  const { cluster, tls } = observed;
  const { name } = cluster.metadata;
  const { peer, client } = cluster.spec.tls;
  if (client.mode !== 'Disabled') {
    const why =
      whyUnusable(observed, tls.broughtLeaf, client.issuer, 'what members show to clients') ??
      whyUnusable(
        observed,
        tls.clientAuthorities,
        undefined,
        "the authorities that sign clients' certificates",
      );
    if (why !== undefined) return finding('False', TLS_LACKING, why);
  }
  if (!needsAuthority(observed)) return undefined;
  const brought = whyUnusable(
    observed,
    tls.broughtAuthority,
    peer.issuer,
    "the authority that signs the members' certificates",
  );
  if (brought !== undefined) return finding('False', TLS_LACKING, brought);
  for (const [secret, found] of [
    [authoritySecretName(name), tls.authority],
    [certificatesSecretName(name), tls.certificates],
  ] as const) {
    if (found.kind === 'there' || found.kind === 'missing') continue;
    const reason = found.kind === 'leaving' ? 'FormerObjectsRemain' : TLS_LACKING;
    return finding(
      'False',
      reason,
      `The Secret ${secret} cannot be used: ${found.why}. ${WAY_OUT[found.kind]}`,
    );
  }
  return undefined;
}

const WAY_OUT = {
  unusable:
    'Put back what it held, or delete it: another authority is then made, and takes over once all members trust it.',
  foreign: 'It is left alone. Delete or rename it, or give the CoordinationCluster another name.',
  leaving: 'It has to go first.',
} as const;

/** Whether all that pods mount is there: only then others than those that run may be made. Members do not wait for what read replicas show. */
export function isMountable(observed: Observed, pods: 'members' | 'readReplicas'): boolean {
  const { cluster, tls, plan } = observed;
  const { mode } = cluster.spec.tls.client;
  if (mode !== 'Disabled') {
    const brought = [tls.broughtLeaf, tls.clientAuthorities];
    if (brought.some((secret) => secret !== undefined && secret.kind !== 'there')) return false;
  }
  const there = tls.certificates.kind === 'there' ? tls.certificates.leaves : {};
  const leaves = wantedLeaves(observed).filter(
    ({ file }) => pods === 'readReplicas' || !isReadReplicaFile(file),
  );
  return leaves.every(
    ({ file }) => there[file] !== undefined || (file !== CLIENTS_FILE && plan.peerTls.mode === 'off'),
  );
}

/** @param issuer by which cert-manager makes it; undefined: a Secret that the spec names */
function whyUnusable<T>(
  observed: Observed,
  secret: BroughtSecret<T> | undefined,
  issuer: IssuerReference | undefined,
  what: string,
): string | undefined {
  if (secret === undefined || secret.kind === 'there') return undefined;
  const { name } = secret;
  const why = secret.kind === 'missing' ? 'is not there' : `cannot be used: ${secret.why}`;
  return issuer === undefined
    ? `The Secret ${name}, which the spec names for ${what}, ${why}. Make it, or name another one: what runs goes on as it is.`
    : whyNotIssued(observed, { name, why }, issuer, what);
}
