import { durationMs } from '@rookery/crds';
import type { Observed, ObservedPod, ShownCertificate } from '../../model/observed.ts';
import {
  type CertificatesSecret,
  CLIENTS_FILE,
  isClientTlsOwn,
  memberFile,
  type TlsStep,
} from '../../model/tls.ts';
import { whoDoesNot } from '../who-does-not.ts';
import { isRotating, nextAuthority, nextCertificates } from './next-certificates.ts';

export type Rotation =
  | { readonly kind: 'step'; readonly step: TlsStep }
  /** For this, before it goes on. */
  | { readonly kind: 'await'; readonly why: string };

/**
 * How one authority follows another; undefined where none does. Whatever happens in between, each member shows at every moment what all others
 * trust:
 *
 *   both are in the bundle → every member says that it trusts the next → it signs, and members show its certificates → every member shows them
 *   → caOverlap is over → the former is in no bundle any more
 *
 * Clients cannot be asked whom they trust: where they are shown certificates of this authority, they have caOverlap to hear of the next one
 * before that signs. What is waited for is looked at each time, and nothing is remembered but in the two Secrets.
 */
export function rotationOf(observed: Observed): Rotation | undefined {
  const { cluster, tls, now } = observed;
  const { authority, certificates } = tls;
  if (authority.kind !== 'there' || certificates.kind !== 'there' || !isRotating(authority)) return undefined;
  if (nextAuthority(observed) !== undefined || nextCertificates(observed) !== undefined) return undefined;
  const overlapMs = durationMs(cluster.spec.tls.caOverlap);
  const isOver = Date.parse(now) - Date.parse(certificates.writtenAt) >= overlapMs;
  if (authority.next !== undefined) {
    const waiting = whoDoesNot(observed, (pod) => trustsAll(pod, authority.next?.trusted ?? []));
    if (waiting !== '') return { kind: 'await', why: `${waiting} has to trust the next authority` };
    if (isClientTlsOwn(cluster.spec.tls) && !isOver)
      return { kind: 'await', why: `clients have ${cluster.spec.tls.caOverlap} to trust the next authority` };
    return { kind: 'step', step: { kind: 'switchAuthority', seen: authority.seen } };
  }
  const waiting = whoDoesNot(observed, (pod) => showsNewest(observed, certificates, pod));
  if (waiting !== '') return { kind: 'await', why: `${waiting} has to show a certificate of the authority` };
  if (!isOver)
    return { kind: 'await', why: `the former authority is trusted for ${cluster.spec.tls.caOverlap}` };
  return { kind: 'step', step: { kind: 'dropAuthority', seen: authority.seen } };
}

/** Whether the member shows, wherever it speaks TLS by the operator's certificates, what stands in NAME-certificates. */
export function showsNewest(
  { cluster }: Observed,
  { leaves }: CertificatesSecret,
  pod: ObservedPod,
): boolean {
  const shows = (listener: ShownCertificate['listener'], file: string): boolean =>
    shownBy(pod, listener)?.serial === leaves[file]?.serial;
  return (
    (pod.peerTls === 'off' || shows('members', memberFile(pod.ordinal))) &&
    (!isClientTlsOwn(cluster.spec.tls) || pod.outdated || shows('clients', CLIENTS_FILE))
  );
}

export function shownBy(
  { report }: ObservedPod,
  listener: ShownCertificate['listener'],
): ShownCertificate | undefined {
  return report.kind === 'answer'
    ? report.answer.certificates.find((shown) => shown.listener === listener)
    : undefined;
}

function trustsAll(pod: ObservedPod, authorities: readonly string[]): boolean {
  if (pod.peerTls === 'off') return true;
  const trusted = shownBy(pod, 'members')?.trusted ?? [];
  return authorities.every((authority) => trusted.includes(authority));
}
