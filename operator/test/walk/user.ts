import { endCluster } from './api.ts';
import { type Catalogue, forceWord } from './catalogue.ts';
import type { Moves } from './move.ts';
import { Pod, type World } from './world.ts';

/** The edits of the scenario, one after the other, each at any time. */
export function userMoves({ edits }: Catalogue, world: World, moves: Moves): void {
  const edit = edits[world.edits + 1];
  if (edit === undefined) return;
  if (edit === 'delete') {
    moves.fair('the user deletes the cluster', (next) => {
      next.edits++;
      next.deletion = 1;
      if (!next.isHeld) endCluster(next);
    });
    return;
  }
  if (edit === 'rotate') {
    moves.fair('the user asks for another authority', (next) => {
      next.edits++;
    });
    return;
  }
  if (typeof edit === 'string') {
    moves.fair(`the user annotates the cluster: ${edit}`, (next) => {
      next.edits++;
      next.asks = forceWord(edit);
    });
    return;
  }
  // A cluster of the same name, made once nothing is left of the former one but its volumes.
  if (world.deletion === 1 || (world.deletion === 2 && world.sites.some(({ pod }) => pod !== Pod.none)))
    return;
  moves.fair(`the user writes ${JSON.stringify(edit)}`, (next) => {
    next.edits++;
    next.deletion = 0;
  });
}
