/** How many voters there are, and how many of them a write needs. */
export interface Quorum {
  readonly voters: number;
  /** Voters that are there, as far as that can be seen. */
  readonly up: number;
  /** For a majority. */
  readonly needed: number;
  /** Further voters that may fail before writes stop. */
  readonly margin: number;
  readonly hasLeader: boolean;
}

export function quorumOf(voters: number, up: number, hasLeader: boolean): Quorum {
  const needed = Math.floor(voters / 2) + 1;
  return { voters, up, needed, margin: hasLeader ? Math.max(0, up - needed) : 0, hasLeader };
}

/** How many failures it could take with all voters there. */
export function fullMargin({ voters, needed }: Quorum): number {
  return voters - needed;
}

/** In words. */
export function marginText(quorum: Quorum): string {
  const { voters, up, needed, margin, hasLeader } = quorum;
  if (!hasLeader) {
    if (up < needed)
      return `no quorum: ${up} of ${voters} voters ${up === 1 ? 'is' : 'are'} there, ${needed} are needed; nothing can be written`;
    return 'no leader: an election is under way, or the voters do not reach each other; nothing can be written';
  }
  if (voters === 1) return 'a single voter: when it fails, everything stops';
  if (margin === 0) return 'one more failure and writes stop';
  if (margin === 1)
    return up < voters
      ? 'one more voter may fail; writes stop with the one after that'
      : 'any one voter may fail and writes go on';
  return `${up < voters ? `${margin} more` : `any ${margin}`} voters may fail and writes go on`;
}
