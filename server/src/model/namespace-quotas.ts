/** The quotas of all paths that begin with one name, together. */
export interface QuotaTotals {
  /** The first name of these paths. */
  readonly namespace: string;
  /** Of hard limits, or soft ones where there are no hard ones. A quota without either counts for -1, as in ZooKeeper. */
  countLimit: number;
  bytesLimit: number;
  count: number;
  bytes: number;
}

/** What a member tells of quotas. */
export interface NamespaceQuotas {
  readonly limits: readonly QuotaTotals[];
  /** Writes that were refused here because of a hard limit, by the first name of the quota's path. */
  readonly refused: readonly (readonly [namespace: string, count: number])[];
}
