import type { CertificateFacts } from '../../model/tls.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Of what members show: whoever came by one of them has it for a season. */
export const LEAF_LIFE_MS = 90 * DAY_MS;
/** Renewed after sixteen months, so that it happens while somebody remembers how; clients have eight months to hear of it. */
export const AUTHORITY_LIFE_MS = 730 * DAY_MS;
/** Clocks of other machines may be behind. */
const BACKDATED_MS = HOUR_MS;
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

/** Two thirds of its life are over: there is time for another one to be known everywhere. */
export function isDue(certificate: CertificateFacts, now: string): boolean {
  const notBeforeMs = Date.parse(certificate.notBefore);
  return Date.parse(now) >= notBeforeMs + (lifeOf(certificate) * 2) / 3;
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
