import type { Entry } from 'raft-ts-lite';
import { type Reached, RecordWriter } from '../../src/backup-format/records.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { LogEntries } from '../replica/log-entries.ts';
import { newMachine, replay } from '../replica/replay.ts';

export const ORIGIN = { clusterId: 'a'.repeat(32), serverId: 1, version: '0.0.0-test' };

/** What a member has that applied a log of a seed: it gives the streams that a running one does, without its machine. */
export class SentBackups {
  readonly log: LogEntries;
  readonly machine: StateMachine;
  clusterId: string;

  constructor(seed: number, clusterId = ORIGIN.clusterId) {
    this.log = new LogEntries(seed);
    this.machine = newMachine();
    this.clusterId = clusterId;
    replay(this.machine, this.log.entries);
  }

  /** Writes go on. */
  more(count: number): void {
    replay(this.machine, this.log.more(count));
  }

  get reached(): Reached {
    const { machine } = this;
    return {
      index: machine.appliedIndex,
      term: machine.appliedTerm,
      zxid: machine.lastZxid,
      timeMs: machine.lastTimeMs,
      featureLevel: machine.featureLevel,
      digest: machine.digest(),
    };
  }

  /** The log behind an entry, with a snapshot of a state of before where one is given. */
  async *stream(after: number, snapshot?: TakenSnapshot, reached = this.reached): AsyncGenerator<Uint8Array> {
    const writer = new RecordWriter();
    yield writer.origin({ ...ORIGIN, clusterId: this.clusterId });
    if (snapshot !== undefined) {
      yield writer.snapshotHead(snapshot);
      for (const chunk of snapshot.chunks) yield writer.snapshotChunk(chunk);
      yield writer.snapshotFoot();
    }
    yield* writer.entries(this.entries(after));
    yield writer.end(reached);
  }

  entries(after: number): Entry[] {
    return this.log.entries.filter(({ index }) => index > after);
  }

  snapshot(): TakenSnapshot {
    const { machine } = this;
    const walk = machine.beginSnapshot();
    const chunks: Uint8Array[] = [];
    for (let chunk = walk.next(1_000); chunk !== undefined; chunk = walk.next(1_000))
      chunks.push(chunk.slice());
    const { appliedIndex: index, appliedTerm: term, configuration } = machine;
    return { meta: { index, term, configuration }, digest: machine.digest(), chunks };
  }
}

export interface TakenSnapshot {
  readonly meta: {
    readonly index: number;
    readonly term: number;
    readonly configuration: StateMachine['configuration'];
  };
  readonly digest: string;
  readonly chunks: readonly Uint8Array[];
}

export async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}

/** The same bytes in pieces of that size. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
