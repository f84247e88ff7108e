import { type Configuration, type Entry, EntryKind } from 'raft-ts-lite';
import { emptyCommandHeader, readCommandHeader, stampTime } from '../src/model/command.ts';
import { FEATURE_LEVELS, type LevelRange, rangeOf } from '../src/model/feature-level.ts';
import type { Applied } from '../src/replica/applied.ts';
import type { Build } from '../src/replica/build.ts';
import { StateMachine } from '../src/replica/state-machine.ts';
import type { TreeOptions } from '../src/tree/tree.ts';

/** A write that names it ends with another node in this build. */
export const PLANTED_MARK = 'planted-divergence';

/** A release with a defect that nobody has noticed: of some writes it makes another tree than the release before. */
class PlantedMachine extends StateMachine {
  override apply(entry: Entry): Applied {
    return super.apply(amiss(entry));
  }
}

function amiss(entry: Entry): Entry {
  if (entry.kind !== EntryKind.command || !Buffer.from(entry.data).includes(PLANTED_MARK)) return entry;
  const header = emptyCommandHeader();
  readCommandHeader(entry.data, 0, header);
  const data = entry.data.slice();
  stampTime(data, 0, header.timeMs + 1);
  return { ...entry, data };
}

const range: LevelRange = rangeOf(FEATURE_LEVELS);

export const PLANTED_BUILD: Build = {
  levels: FEATURE_LEVELS,
  newMachine: (genesis: Configuration, options: TreeOptions) => new PlantedMachine(genesis, options, range),
};
