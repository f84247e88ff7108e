import { DAY_MS, leftWhenRenewedMs } from '../../model/lifetimes.ts';
import type { CertificateFacts } from '../../model/tls.ts';

/** Clocks of other machines may be behind. */
const BACKDATED_MS = 60 * 60_000;
/** One that ends sooner, though it was to be replaced, is told of; members do the same. */
const ENDING_SOON_MS = 14 * DAY_MS;

/** From now on, and not beyond `notAfter`. */
export function validity(
  now: string,
  lifeMs: number,
  notAfter?: string,
): { readonly notBeforeMs: number; readonly notAfterMs: number } {
  const nowMs = Date.parse(now);
  const most = notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(notAfter);
  return { notBeforeMs: nowMs - BACKDATED_MS, notAfterMs: Math.min(nowMs + lifeMs, most) };
}

export function isDue(certificate: CertificateFacts, now: string): boolean {
  const leftMs = Date.parse(certificate.notAfter) - Date.parse(now);
  return leftMs <= leftWhenRenewedMs(lifeOf(certificate));
}

/**
 * Those that live for days only are renewed in their last days.
 * @param notAfter of one that was there before it
 */
export function endsSoon(
  certificate: CertificateFacts,
  now: string,
  notAfter: string = certificate.notAfter,
): boolean {
  const leftMs = Date.parse(notAfter) - Date.parse(now);
  return leftMs < Math.min(ENDING_SOON_MS, lifeOf(certificate) / 6);
}

function lifeOf({ notBefore, notAfter }: CertificateFacts): number {
  return Date.parse(notAfter) - Date.parse(notBefore);
}
