import { ErrorCode, type Reader, Writer } from '@rookery/protocol';
import type { TreeOptions } from '../tree/tree.ts';
import { type Rebuilt, RestoreFault, TreeFromZookeeper } from '../zookeeper-snapshot/to-own.ts';

/**
 * A restore goes through the log in steps, each the body of one command:
 *
 *   begin     byte 1, long token, byte 1 where sessions keep ids    a tree is built beside the one in force; one that was open is abandoned
 *   chunk     byte 2, long token, int number from 0, buffer bytes   the next piece of a snapshot in ZooKeeper's format
 *   end       byte 3, long token, int chunks, long bytes            the tree takes the place of the one in force, where all of it came
 *   abandon   byte 4, long token                                    nothing becomes of it
 *
 * A step of another token than the open one's is void, as is a chunk out of turn. Whatever is wrong with the bytes ends it: the tree in force stays.
 */
export const RestoreStep = { begin: 1, chunk: 2, end: 3, abandon: 4 } as const;

/** Beyond the bytes themselves. */
export const RestoreFailure = { ...RestoreFault, missingChunks: 'missing-chunks' } as const;
export type RestoreFailure = (typeof RestoreFailure)[keyof typeof RestoreFailure];

interface Open {
  readonly token: number;
  readonly tree: TreeFromZookeeper;
  chunks: number;
  bytes: number;
}

/** What became of one, in this process: not part of the state. */
export type RestoreOutcome =
  | { readonly token: number; readonly failure: RestoreFailure }
  | { readonly token: number; readonly zxid: number; readonly nodes: number; readonly sessions: number };

/** Where a step stands in the log. */
interface Place {
  readonly index: number;
  readonly zxid: number;
}

/** Ids of restored sessions begin so far behind the zxid of the beginning: no entry comes so far while one is open. */
const SESSION_IDS_FROM = 2 ** 32;

/** The restore that is open, if there is one: part of the replicated state, a pure function of the log. */
export class Restore {
  /** Of the last one that ended. */
  outcome: RestoreOutcome | undefined;
  readonly #options: TreeOptions;
  #open: Open | undefined;

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Of the open one; undefined: there is none. */
  get token(): number | undefined {
    return this.#open?.token;
  }

  /** Of the open one: chunks that are in its tree, and what that takes. */
  get chunks(): number {
    return this.#open?.chunks ?? 0;
  }

  get built(): Pick<TreeFromZookeeper, 'nodeCount' | 'sessionCount' | 'storedBytes'> | undefined {
    return this.#open?.tree;
  }

  /** The state jumped to a snapshot's: none is taken while one is open. */
  drop(): void {
    this.#open = undefined;
  }

  /** Does the step whose body `reader` stands at. What it gives takes the place of tree and sessions; else a code. */
  step(reader: Reader, place: Place): Rebuilt | ErrorCode {
    const step = reader.readByte();
    const token = reader.readLong();
    if (reader.failed) return ErrorCode.marshallingError;
    if (step === RestoreStep.begin) return this.#begin(token, reader, place);
    const open = this.#open;
    if (open?.token !== token) return ErrorCode.badArguments;
    switch (step) {
      case RestoreStep.chunk:
        return this.#chunk(open, reader);
      case RestoreStep.end:
        return this.#end(open, reader);
      case RestoreStep.abandon:
        this.#open = undefined;
        return ErrorCode.ok;
      default:
        return ErrorCode.marshallingError;
    }
  }

  #begin(token: number, reader: Reader, { index, zxid }: Place): ErrorCode {
    const keepsIds = reader.readBool();
    if (reader.failed) return ErrorCode.marshallingError;
    let session = zxid + SESSION_IDS_FROM;
    const tree = new TreeFromZookeeper(this.#options, keepsIds, () => session++, index);
    this.#open = { token, tree, chunks: 0, bytes: 0 };
    return ErrorCode.ok;
  }

  #chunk(open: Open, reader: Reader): ErrorCode {
    const number = reader.readInt();
    reader.readRange();
    if (reader.failed || reader.rangeStart < 0) return ErrorCode.marshallingError;
    if (number !== open.chunks) return ErrorCode.badArguments;
    open.chunks++;
    open.bytes += reader.rangeEnd - reader.rangeStart;
    const fault = open.tree.feed(reader.bytes.subarray(reader.rangeStart, reader.rangeEnd));
    return fault === undefined ? ErrorCode.ok : this.#fail(open, fault);
  }

  #end(open: Open, reader: Reader): Rebuilt | ErrorCode {
    const chunks = reader.readInt();
    const bytes = reader.readLong();
    if (reader.failed) return ErrorCode.marshallingError;
    if (chunks !== open.chunks || bytes !== open.bytes) return this.#fail(open, RestoreFailure.missingChunks);
    const rebuilt = open.tree.finish();
    if ('fault' in rebuilt) return this.#fail(open, rebuilt.fault);
    this.#open = undefined;
    const { tree, sessions, zxid } = rebuilt;
    this.outcome = { token: open.token, zxid, nodes: tree.nodeCount, sessions: sessions.size };
    return rebuilt;
  }

  #fail({ token }: Open, failure: RestoreFailure): ErrorCode {
    this.#open = undefined;
    this.outcome = { token, failure };
    return ErrorCode.badArguments;
  }
}

/** @param keepsIds the snapshot is of this cluster: its sessions are those that clients have here */
export function beginBody(token: number, keepsIds: boolean): Uint8Array {
  const body = bodyOf(RestoreStep.begin, token);
  body.writeBool(keepsIds);
  return body.copy();
}

export function chunkBody(token: number, number: number, bytes: Uint8Array): Uint8Array {
  const body = bodyOf(RestoreStep.chunk, token);
  body.writeInt(number);
  body.writeBuffer(bytes);
  return body.copy();
}

export function endBody(token: number, chunks: number, bytes: number): Uint8Array {
  const body = bodyOf(RestoreStep.end, token);
  body.writeInt(chunks);
  body.writeLong(bytes);
  return body.copy();
}

export function abandonBody(token: number): Uint8Array {
  return bodyOf(RestoreStep.abandon, token).copy();
}

function bodyOf(step: number, token: number): Writer {
  const body = new Writer(32);
  body.writeByte(step);
  body.writeLong(token);
  return body;
}
