/** What happened in a run, or in many together: a total of 0 means that something was never tried. */
export function emptyTotals() {
  return {
    seeds: 0,
    simulatedSeconds: 0,
    faults: 0,
    crashes: 0,
    partitions: 0,
    brokenLinks: 0,
    stalls: 0,
    hungDisks: 0,
    fullDisks: 0,
    refusedWrites: 0,
    damagedTails: 0,
    wipedDisks: 0,
    messages: 0,
    messagesLost: 0,
    messagesDuplicated: 0,
    elections: 0,
    proposals: 0,
    proposalsRefused: 0,
    applied: 0,
    truncations: 0,
    snapshotsTaken: 0,
    snapshotsInstalled: 0,
    membershipChanges: 0,
    membershipRefusals: 0,
    reads: 0,
    transfers: 0,
    suspectsCleared: 0,
  };
}

export type Totals = ReturnType<typeof emptyTotals>;

export function addTotals(sum: Totals, more: Totals): void {
  for (const name of Object.keys(sum) as (keyof Totals)[]) sum[name] += more[name];
}

export function printTotals(totals: Totals): string {
  return Object.entries(totals)
    .map(([name, value]) => `  ${name.padEnd(20)} ${Math.round(value)}`)
    .join('\n');
}
