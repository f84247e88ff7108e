import {
  type AclList,
  ErrorCode,
  type MultiItem,
  type MultiResult,
  OpCode,
  type Reader,
  type Writer,
  writeMultiRequest,
} from '@rookery/protocol';
import { CoordinationError, errorOfAnswer } from '../errors.ts';
import { Call } from './call.ts';
import { type CreateOptions, createRecord } from './create.ts';
import { type NodeStat, readNodeStat } from './node-stat.ts';
import { bytesOf, type Value } from './value.ts';

/** One step of a transaction. Without a version it takes any. */
export type Step =
  | ({ readonly do: 'create'; readonly path: string; readonly data?: Value } & CreateOptions)
  | { readonly do: 'set'; readonly path: string; readonly data: Value; readonly version?: number }
  | { readonly do: 'delete'; readonly path: string; readonly version?: number }
  /** Nothing is done unless the node is there and has this version. */
  | { readonly do: 'check'; readonly path: string; readonly version?: number };

/** What a step came to: `path` of a create, `stat` of a create or set. */
export interface StepResult {
  readonly path?: string;
  readonly stat?: NodeStat;
}

/** No step of the transaction was done: `steps[index]` could not be. `code` and `path` are its own. */
export class TransactionError extends CoordinationError {
  readonly index: number;

  constructor(cause: CoordinationError, index: number) {
    super(cause.code, `step ${index} of a transaction: ${cause.message}`, {
      operation: cause.operation,
      path: cause.path,
      retry: cause.retry,
      ...(cause.serverCode === undefined ? {} : { serverCode: cause.serverCode }),
    });
    this.index = index;
  }
}

export class TransactionCall extends Call<StepResult[]> {
  override readonly isRepeatable = false;
  readonly #steps: readonly Step[];
  readonly #items: readonly MultiItem[];
  readonly #chrootLength: number;

  constructor(steps: readonly Step[], items: readonly MultiItem[], chrootLength: number) {
    super('transaction', undefined);
    this.#steps = steps;
    this.#items = items;
    this.#chrootLength = chrootLength;
  }

  write(writer: Writer, xid: number): void {
    writeMultiRequest(writer, xid, this.#items);
  }

  read(reader: Reader): StepResult[] {
    const results: StepResult[] = [];
    let refusal: CoordinationError | undefined;
    for (let index = 0; ; index++) {
      const op = reader.readInt();
      const done = reader.readBool();
      reader.readInt();
      if (done || reader.failed) break;
      if (op === OpCode.error) {
        const code = reader.readInt();
        refusal ??= this.#refusalOf(code, index);
      } else {
        results.push(this.#readResult(reader, op));
      }
    }
    if (refusal !== undefined && !reader.failed) this.fail(refusal);
    return results;
  }

  #refusalOf(code: number, index: number): CoordinationError | undefined {
    // Those before the step that failed answer 0, those after it that they were rolled back.
    if (code === ErrorCode.ok || code === ErrorCode.runtimeInconsistency) return undefined;
    const step = this.#steps[index];
    return new TransactionError(errorOfAnswer(code, step?.do ?? 'transaction', step?.path), index);
  }

  #readResult(reader: Reader, op: MultiResult['op']): StepResult {
    if (op === OpCode.create) return { path: this.#readPath(reader) };
    if (op === OpCode.create2) return { path: this.#readPath(reader), stat: readNodeStat(reader) };
    return op === OpCode.setData ? { stat: readNodeStat(reader) } : {};
  }

  #readPath(reader: Reader): string {
    return (reader.readString() ?? '').slice(this.#chrootLength);
  }
}

/** A step as it is sent. Throws RangeError where it cannot be. */
export function multiItemOf(step: Step, serverPath: string, defaultAcl: AclList): MultiItem {
  const version = 'version' in step ? (step.version ?? -1) : -1;
  switch (step.do) {
    case 'create': {
      const { op, fields } = createRecord(serverPath, step.data ?? '', step, defaultAcl);
      return { op, ...fields };
    }
    case 'set':
      return { op: OpCode.setData, path: serverPath, data: bytesOf(step.data), version };
    case 'delete':
      return { op: OpCode.delete, path: serverPath, version };
    case 'check':
      return { op: OpCode.check, path: serverPath, version };
    default:
      return step satisfies never;
  }
}
