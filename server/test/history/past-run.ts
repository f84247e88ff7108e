import { type Entry, EntryKind, encodeConfiguration } from 'raft-ts-lite';
import { soon } from '../../sim/disk/disk-call.ts';
import type { FaultyDisk } from '../../sim/disk/faulty-disk.ts';
import type { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { Prng } from '../../sim/prng.ts';
import type { Source } from '../../src/history/answer.ts';
import { Past } from '../../src/history/past.ts';
import type { Point } from '../../src/history/question.ts';
import { listRetained } from '../../src/history/retained-files.ts';
import { THIS_BUILD } from '../../src/replica/build.ts';
import { encodeContext } from '../../src/replica/membership/membership.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { ChangeKind } from '../../src/tree/outcome.ts';
import { LogEntries } from '../replica/log-entries.ts';
import { genesis, identity, newMember, open, persist, volumeOf, writeOf } from '../storage/member.ts';

/** Those of the other tests are no contexts of members. */
const configuration = {
  ...genesis,
  contexts: new Map(
    genesis.voters.map((serverId) => [
      serverId,
      encodeContext({ serverId, host: 'h', peerPort: 1, clientHost: 'h', clientPort: 1, instance: 1 }),
    ]),
  ),
};

/** What a state was after an entry. */
export interface Known {
  readonly index: number;
  readonly zxid: number;
  readonly timeMs: number;
  readonly digest: string;
}

export interface Change {
  readonly zxid: number;
  readonly type: string;
  readonly path: string;
}

const TYPES: Readonly<Partial<Record<ChangeKind, string>>> = {
  [ChangeKind.created]: 'created',
  [ChangeKind.deleted]: 'deleted',
  [ChangeKind.data]: 'changed',
};

/** What the run came across: where it is 0 the run proves less than it says. */
export interface Met {
  replacedTails: number;
  snapshots: number;
  openings: number;
}

/**
 * A member's disk through a life of writes: with snapshots, of which it keeps one, tails that a leader replaced, and new starts; beside it, what the
 * state was after each entry.
 */
export class PastRun {
  readonly known: Known[] = [];
  readonly changes: Change[] = [];
  readonly met: Met = { replacedTails: 0, snapshots: 0, openings: 0 };
  readonly volume: FaultyVolume;
  readonly #machine: StateMachine = THIS_BUILD.newMachine(configuration, {});
  nowMs = Date.UTC(2026, 0, 1);
  #reading: FaultyDisk | undefined;

  constructor(seed: number) {
    this.volume = volumeOf(seed);
  }

  get lastIndex(): number {
    return this.#machine.appliedIndex;
  }

  get machine(): StateMachine {
    return this.#machine;
  }

  async live(seed: number, steps: number, maxBytes = Number.MAX_SAFE_INTEGER): Promise<this> {
    const prng = new Prng(seed, 'past');
    const log = new LogEntries(seed);
    const options = {
      snapRetainCount: 1,
      history: { retainMs: 3_600_000, maxBytes, nowMs: () => this.nowMs },
    };
    let storage = await newMember(this.volume, options);
    const add = async (entries: readonly Entry[]): Promise<void> => {
      const right = entries.map(withContexts);
      if (prng.chance(0.2)) {
        // A leader that was lost had written other entries, which nobody else had.
        const wrong = right.slice(0, 1 + prng.below(right.length));
        await persist(storage, writeOf({ entries: wrong.map(spoilt) }));
        this.met.replacedTails++;
      }
      await persist(storage, writeOf({ entries: right }));
      for (const entry of right) this.#apply(entry);
    };
    await add(log.entries);
    for (let step = 0; step < steps; step++) {
      this.nowMs += 60_000;
      await add(log.more(1 + prng.below(12)));
      if (prng.chance(0.3)) {
        const meta = {
          index: this.#machine.appliedIndex,
          term: this.#machine.appliedTerm,
          configuration: this.#machine.configuration,
        };
        const writer = await storage.createSnapshot(meta, this.#machine.digest());
        const walk = this.#machine.beginSnapshot();
        for (let chunk = walk.next(1_000); chunk !== undefined; chunk = walk.next(1_000))
          await writer.write(chunk);
        await writer.finish();
        this.met.snapshots++;
      }
      if (prng.chance(0.1)) {
        await storage.close();
        ({ storage } = await open(this.volume, options));
        this.met.openings++;
      }
    }
    await storage.close();
    return this;
  }

  async source(): Promise<Source> {
    if (this.#reading === undefined) {
      this.#reading = this.volume.mount(soon);
      await this.#reading.lock();
    }
    const disk = this.#reading;
    const files = await listRetained(disk, disk);
    return { files, identity: { ...identity, genesis: configuration }, build: THIS_BUILD };
  }

  /** The state at a moment, as it is led on from what is on the disk. */
  async digestAt(point: Point): Promise<string> {
    const parts = { ...(await this.source()), lastIndex: this.lastIndex, maxTreeBytes: 2 ** 30 };
    const past = await Past.before(point, parts);
    await past.goTo(point);
    return past.machine.digest();
  }

  #apply(entry: Entry): void {
    const machine = this.#machine;
    if (entry.kind !== EntryKind.command) machine.skip(entry);
    else {
      const { changes, zxid } = machine.apply(entry);
      for (let at = 0; changes !== undefined && at < changes.changeCount; at++) {
        const type = TYPES[changes.changeKind(at)];
        if (type !== undefined) this.changes.push({ zxid, type, path: changes.changePath(at) });
      }
    }
    const { appliedIndex: index, lastZxid: zxid, lastTimeMs: timeMs } = machine;
    this.known.push({ index, zxid, timeMs, digest: machine.digest() });
  }
}

function withContexts(entry: Entry): Entry {
  if (entry.kind !== EntryKind.configuration) return entry;
  return { ...entry, data: encodeConfiguration({ ...configuration, index: entry.index }) };
}

/** It takes the place of a whole entry, and would be applied as another one. */
function spoilt(entry: Entry): Entry {
  return { ...entry, kind: EntryKind.empty, data: new Uint8Array(0) };
}
