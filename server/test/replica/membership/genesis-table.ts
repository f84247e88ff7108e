import {
  decideGenesis,
  type GenesisStep,
  type GenesisView,
} from '../../../src/replica/membership/genesis.ts';
import type { Hello } from '../../../src/replica/peers/peer-frames.ts';
import { helloOf } from '../hellos.ts';

/** What a member can be as another one sees it. */
export const OTHERS = ['absent', 'empty', 'granted', 'started', 'foreign'] as const;
export type Other = (typeof OTHERS)[number];
/** What the deciding member can be itself. */
export const SELVES = ['empty', 'granted', 'started'] as const;
export type Self = (typeof SELVES)[number];

export const SERVER_IDS = [1, 2, 3] as const;

export interface Row {
  readonly serverId: number;
  readonly self: Self;
  /** By server id, without the deciding member's own. */
  readonly others: ReadonlyMap<number, Other>;
  /** Whether all members that are there see the same instances of all others. */
  readonly allSeeAll: boolean;
}

export function allRows(): Row[] {
  const rows: Row[] = [];
  for (const serverId of SERVER_IDS) {
    const [a, b] = SERVER_IDS.filter((other) => other !== serverId) as [number, number];
    for (const self of SELVES)
      for (const first of OTHERS)
        for (const second of OTHERS)
          for (const allSeeAll of [true, false]) {
            rows.push({
              serverId,
              self,
              others: new Map([
                [a, first],
                [b, second],
              ]),
              allSeeAll,
            });
          }
  }
  return rows;
}

export function viewOf(row: Row): GenesisView {
  const { serverId, self, others, allSeeAll } = row;
  const hellos = new Map<number, Hello>();
  for (const [other, standing] of others) {
    if (standing === 'absent') continue;
    // One that does not see all as they are knows an earlier process at one of the addresses.
    const seen = new Map(
      SERVER_IDS.filter((l) => l !== other).map((l) => [l, l * 100 - (allSeeAll ? 0 : 1)]),
    );
    hellos.set(other, { ...standingOf(other, standing), seen });
  }
  return { self: standingOf(serverId, self), expectedClusterId: '', voters: SERVER_IDS, hellos };
}

function standingOf(serverId: number, standing: Other): Hello {
  const raftId = standing === 'empty' ? 0 : serverId;
  const clusterId = standing === 'empty' ? '' : standing === 'foreign' ? 'theirs' : 'ours';
  return helloOf(serverId, { raftId, clusterId, started: standing === 'started' });
}

export function describeRow(row: Row): string {
  const members = SERVER_IDS.map((serverId) => {
    const standing = serverId === row.serverId ? row.self : row.others.get(serverId);
    return `${serverId === row.serverId ? '*' : ' '}${standing}`.padEnd(9);
  });
  return `${members.join(' ')} ${row.allSeeAll ? 'agreed' : '      '}  ${describeStep(decideGenesis(viewOf(row)))}`;
}

function describeStep(step: GenesisStep): string {
  if (step.kind === 'wait') return `wait: ${step.reason}`;
  return step.kind === 'grant' ? `grant to ${step.serverIds.join(' and ')}` : step.kind;
}
