import type { Observed, ObservedPod, ShownCertificate } from '../../model/observed.ts';
import { type CertificateFacts, CLIENTS_FILE, memberFile } from '../../model/tls.ts';
import { type Finding, finding } from '../finding.ts';
import { certManagerOn } from './issued.ts';
import { lacking } from './lacking.ts';
import { endsSoon } from './lifetimes.ts';
import { rotationOf, shownBy, showsNewest } from './rotation.ts';
import { needsAuthority, wantedLeaves } from './wanted-leaves.ts';

/** The reason of TLSReady where a certificate ends soon that should have been replaced. */
export const ENDS_SOON = 'CertificateEndsSoon';

/** Members show certificates that count, wherever the spec wants TLS, and nobody has to do anything for that. */
export function tlsReady(observed: Observed): Finding {
  const { cluster, plan, tls } = observed;
  if (plan.invalid !== undefined)
    return finding(
      'Unknown',
      'InvalidSpec',
      'No objects can be made from the spec: nobody knows what is wanted.',
    );
  const clients = cluster.spec.tls.client.mode;
  if (!needsAuthority(observed) && clients === 'Disabled')
    return finding('False', 'Disabled', 'Neither members nor clients speak TLS.');
  const lacks = lacking(observed);
  if (lacks !== undefined) return lacks;
  const ending = whatEndsSoon(observed);
  if (ending !== '') return finding('False', ENDS_SOON, ending);
  if (needsAuthority(observed) && (tls.authority.kind !== 'there' || tls.certificates.kind !== 'there'))
    return finding('False', 'Making', 'The certificates are being made.');
  if (observed.pods.length === 0)
    return finding('False', 'NotShown', 'No member is there that could show one.');
  const { mode, wanted } = plan.peerTls;
  if (mode !== wanted || observed.pods.some(({ peerTls }) => peerTls !== mode))
    return finding('False', 'GoingOver', goingOver(observed));
  const without = observed.pods.filter((pod) => !showsWhatItShould(observed, pod));
  if (without.length > 0)
    return finding('False', 'NotShown', `${namesOf(without)} does not show its certificates yet.`);
  const rotation = rotationOf(observed);
  if (rotation?.kind === 'await')
    return finding('True', 'RotatingAuthority', `One authority follows another: ${rotation.why}.`);
  const { certificates } = tls;
  const behind = observed.pods.filter(
    (pod) =>
      certificates.kind === 'there' && needsAuthority(observed) && !showsNewest(observed, certificates, pod),
  );
  if (behind.length > 0)
    return finding('True', 'Reloading', `${namesOf(behind)} has yet to show its newest certificates.`);
  return finding('True', 'InForce', 'Every member shows its certificates.');
}

/** Served, or in a Secret; with what somebody can do about it. */
function whatEndsSoon(observed: Observed): string {
  const { tls, now, cluster } = observed;
  const told: string[] = [];
  const { broughtLeaf, broughtAuthority, clientAuthorities, certificates } = tls;
  const clients = cluster.spec.tls.client.mode;
  const brought = [
    ...(clients === 'Disabled' ? [] : [broughtLeaf, clientAuthorities]),
    needsAuthority(observed) ? broughtAuthority : undefined,
  ];
  for (const secret of brought) {
    if (secret?.kind !== 'there' || !endsSoon(secret, now)) continue;
    const said = certManagerOn(observed, secret.name);
    const what = said === undefined ? ': replace it.' : `, and was not renewed. ${said}`;
    told.push(`The certificate in the Secret ${secret.name} ends at ${secret.notAfter}${what}`);
  }
  const there = certificates.kind === 'there' ? certificates.leaves : {};
  const unrenewed = wantedLeaves(observed).find(({ file }) => {
    const leaf = there[file];
    return leaf !== undefined && endsSoon(leaf, now);
  });
  if (unrenewed !== undefined) {
    const why = cluster.spec.paused
      ? 'the operator changes nothing while spec.paused is true'
      : 'it was not renewed';
    told.push(`The certificate ${unrenewed.file} ends at ${there[unrenewed.file]?.notAfter}, and ${why}.`);
  }
  for (const pod of observed.pods) {
    for (const listener of ['members', 'clients'] as const) {
      const shown = shownBy(pod, listener);
      const newest = newestFor(observed, pod, listener);
      if (shown === undefined || newest === undefined || shown.serial === newest.serial) continue;
      if (endsSoon(newest, now, shown.notAfter))
        told.push(
          `${pod.name} shows ${listener} a certificate that ends at ${shown.notAfter}, though another one is there: look at its log.`,
        );
    }
  }
  return told.join(' ');
}

function newestFor(
  { cluster, tls }: Observed,
  { ordinal }: ObservedPod,
  listener: 'members' | 'clients',
): CertificateFacts | undefined {
  const leaves = tls.certificates.kind === 'there' ? tls.certificates.leaves : {};
  if (listener === 'members') return leaves[memberFile(ordinal)];
  if (cluster.spec.tls.client.mode === 'Disabled') return undefined;
  return tls.broughtLeaf === undefined
    ? leaves[CLIENTS_FILE]
    : tls.broughtLeaf.kind === 'there'
      ? tls.broughtLeaf
      : undefined;
}

function goingOver({ plan: { peerTls }, pods }: Observed): string {
  const on = pods.filter(({ peerTls: one }) => one === peerTls.mode).length;
  const what = {
    off: 'take links without TLS alone',
    optional: 'take links with TLS and without',
    required: 'take links by TLS alone',
  }[peerTls.mode];
  const end = peerTls.wanted === 'required' ? 'TLS alone' : 'none';
  return `${on} of ${pods.length} members ${what}, on the way to ${end}.`;
}

function showsWhatItShould({ cluster }: Observed, pod: ObservedPod): boolean {
  const shows = (listener: ShownCertificate['listener']): boolean => shownBy(pod, listener) !== undefined;
  const { mode } = cluster.spec.tls.client;
  return (pod.peerTls === 'off' || shows('members')) && (mode === 'Disabled' || shows('clients'));
}

function namesOf(pods: readonly ObservedPod[]): string {
  return pods.map(({ name }) => name).join(', ');
}
