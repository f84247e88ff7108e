import { type Configuration, type Entry, EntryKind } from 'raft-ts-lite';
import { emptyCommandHeader, readCommandHeader, stampTime } from '../src/model/command.ts';
import { FEATURE_LEVELS, type LevelRange, rangeOf } from '../src/model/feature-level.ts';
import type { Build } from '../src/replica/build.ts';
import { type Applied, StateMachine } from '../src/replica/state-machine.ts';
import type { TreeOptions } from '../src/tree/tree.ts';

const SECOND_MS = 1_000;
/** The level above those of the product. */
export const NEXT_LEVEL = rangeOf(FEATURE_LEVELS).highest + 1;

/** From the next level on the times of nodes are whole seconds: whoever applies an entry at another level ends with another tree. */
class NextMachine extends StateMachine {
  override apply(entry: Entry): Applied {
    return super.apply(this.featureLevel < NEXT_LEVEL ? entry : inWholeSeconds(entry));
  }
}

function inWholeSeconds(entry: Entry): Entry {
  const header = emptyCommandHeader();
  if (entry.kind !== EntryKind.command || !readCommandHeader(entry.data, 0, header)) return entry;
  const data = entry.data.slice();
  stampTime(data, 0, header.timeMs - (header.timeMs % SECOND_MS));
  return { ...entry, data };
}

const levels = [...FEATURE_LEVELS, { level: NEXT_LEVEL, brings: 'times of nodes in whole seconds' }];

/** The release that will follow this one, as far as ensembles of both are concerned. */
export const NEXT_BUILD: Build = buildOf(levels);

/** The one after that, which has forgotten every level of this one. */
export const LATER_BUILD: Build = buildOf(levels.slice(-1));

function buildOf(runs: Build['levels']): Build {
  const range: LevelRange = rangeOf(runs);
  return {
    levels: runs,
    newMachine: (genesis: Configuration, options: TreeOptions) => new NextMachine(genesis, options, range),
  };
}
