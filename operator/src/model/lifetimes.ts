/** How long certificates live, whether the operator makes them or asks for them. */
const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;

/** Of what members show: whoever came by one of them has it for a season. */
export const LEAF_LIFE_MS = 90 * DAY_MS;
/** Renewed after sixteen months, so that it happens while somebody remembers how; clients have eight months to hear of it. */
export const AUTHORITY_LIFE_MS = 730 * DAY_MS;

/** How much of its life is left when it is renewed: there is time for another one to be known everywhere. */
export const leftWhenRenewedMs = (lifeMs: number): number => lifeMs / 3;
