import type { NodeStat } from '../calls/node-stat.ts';

/** Whether it goes with a session. Of what else goes by itself, containers and nodes with a time to live, servers tell their clients nothing. */
export function isEphemeral({ ephemeralOwner }: Pick<NodeStat, 'ephemeralOwner'>): boolean {
  return ephemeralOwner !== 0n;
}

export function sessionText(session: bigint): string {
  return `0x${session.toString(16)}`;
}

/** What a sequential child that is created next is numbered. Servers count the creations of children, and show twice that less those that are there. */
export function nextSequence({ cversion, numChildren }: Pick<NodeStat, 'cversion' | 'numChildren'>): number {
  return Math.floor((cversion + numChildren) / 2);
}
