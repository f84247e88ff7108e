export interface Clock {
  /** Never goes back; for timeouts and expiry. */
  monotonicMs(): number;
  /** The time of day that znodes carry; may jump. */
  wallMs(): number;
}
