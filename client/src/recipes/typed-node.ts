import type { NodeStat } from '../calls/node-stat.ts';
import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { parentOf } from '../paths.ts';
import { ensureParents } from './parents.ts';
import { persist, type WaitOptions } from './retry.ts';
import { InvalidValueError, type Schema, validated } from './schema.ts';

export interface TypedValue<T> {
  readonly value: T;
  readonly stat: NodeStat;
}

/** A node whose value is JSON of a known shape, by any schema of the Standard Schema kind (zod, valibot, arktype, …). */
export class TypedNode<T> {
  readonly path: string;
  readonly #zk: Client;
  readonly #schema: Schema<T>;

  constructor(zk: Client, path: string, schema: Schema<T>) {
    this.#zk = zk;
    this.path = path;
    this.#schema = schema;
  }

  /** undefined where there is no such node. Rejects with InvalidValueError where what stands there is not of the shape. */
  async get({ signal }: WaitOptions = {}): Promise<TypedValue<T> | undefined> {
    try {
      const { data, stat } = await persist(this.#zk, () => this.#zk.get(this.path), signal);
      return { value: await parsed(this.path, data, this.#schema), stat };
    } catch (error) {
      if (isCoordinationError(error, 'NO_NODE')) return undefined;
      throw error;
    }
  }

  /** Makes it where it is not there. Rejects with InvalidValueError where `value` is not of the shape, and nothing is written. */
  async set(
    value: T,
    options: WaitOptions & { readonly version?: number | undefined } = {},
  ): Promise<NodeStat> {
    const text = await this.#text(value);
    const { version, signal } = options;
    for (;;) {
      try {
        return await persist(this.#zk, () => this.#zk.set(this.path, text, { version }), signal);
      } catch (error) {
        if (!isCoordinationError(error, 'NO_NODE') || version !== undefined) throw error;
      }
      const stat = await this.#create(text, signal);
      if (stat !== undefined) return stat;
    }
  }

  /**
   * Changes it by what `change` makes of what stands there (undefined: nothing does). Where somebody else was faster it is asked again, with what stands
   * there then. Rejects where it is in doubt whether it was written.
   */
  async update(change: (value: T | undefined) => T, { signal }: WaitOptions = {}): Promise<TypedValue<T>> {
    for (;;) {
      const before = await this.get({ signal });
      const value = change(before?.value);
      const text = await this.#text(value);
      try {
        const stat =
          before === undefined
            ? await this.#create(text, signal)
            : await persist(
                this.#zk,
                () => this.#zk.set(this.path, text, { version: before.stat.version }),
                signal,
              );
        if (stat !== undefined) return { value, stat };
      } catch (error) {
        if (!isCoordinationError(error, 'BAD_VERSION') && !isCoordinationError(error, 'NO_NODE')) throw error;
      }
    }
  }

  async #text(value: T): Promise<string> {
    return JSON.stringify(await validated(this.path, value, this.#schema));
  }

  /** undefined where it is there by now. */
  async #create(text: string, signal: AbortSignal | undefined): Promise<NodeStat | undefined> {
    await ensureParents(this.#zk, parentOf(this.path), signal);
    try {
      return (await persist(this.#zk, () => this.#zk.create(this.path, text), signal)).stat;
    } catch (error) {
      if (isCoordinationError(error, 'NODE_EXISTS') || isCoordinationError(error, 'NO_NODE'))
        return undefined;
      throw error;
    }
  }
}

/** What stands in a node. Rejects with InvalidValueError where it is no JSON, or not of the shape. */
export function parsed<T>(path: string, data: Buffer, schema: Schema<T>): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch (error) {
    return Promise.reject(
      new InvalidValueError(path, [{ message: `it is no JSON: ${(error as Error).message}` }]),
    );
  }
  return validated(path, value, schema);
}
