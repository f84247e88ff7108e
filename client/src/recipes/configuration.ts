import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import type { ChangeStream } from '../watches/change-stream.ts';
import { persist } from './retry.ts';
import { InvalidValueError, type Schema } from './schema.ts';
import { parsed } from './typed-node.ts';

export interface ConfigurationOptions<T> {
  /** Holds while there is no node. Without it there has to be one. */
  readonly fallback?: T | undefined;
  /** Told of a value that is not of the shape: the one of before holds on. */
  readonly onInvalid?: ((error: InvalidValueError) => void) | undefined;
}

/**
 * A configuration that follows its node: `value` is what holds now, and whoever iterates is told of each one that holds later.
 *
 *     await using config = await Configuration.follow(zk, '/config/app', schema);
 *     for await (const value of config) apply(value);
 */
export class Configuration<T> implements AsyncDisposable, AsyncIterable<T> {
  readonly path: string;
  readonly #zk: Client;
  readonly #schema: Schema<T>;
  readonly #options: ConfigurationOptions<T>;
  readonly #changes: ChangeStream;
  readonly #ended = new AbortController();
  #value: T | undefined;
  #number = 0;
  #next = Promise.withResolvers<void>();
  #following: Promise<void> | undefined;

  /** Made by `follow`. */
  constructor(zk: Client, path: string, schema: Schema<T>, options: ConfigurationOptions<T>) {
    this.#zk = zk;
    this.path = path;
    this.#schema = schema;
    this.#options = options;
    this.#changes = zk.watch(path);
  }

  /** Resolves with the first value. Rejects where there is none, or it is not of the shape. */
  static async follow<T>(
    zk: Client,
    path: string,
    schema: Schema<T>,
    options: ConfigurationOptions<T> = {},
  ): Promise<Configuration<T>> {
    const configuration = new Configuration(zk, path, schema, options);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    configuration.#following = configuration.#follow(resolve);
    configuration.#following.catch(reject);
    await promise;
    return configuration;
  }

  get value(): T {
    return this.#value as T;
  }

  /** The value that holds, then each later one; of those that come faster than they are taken the newest. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (let seen = -1; !this.#ended.signal.aborted; ) {
      if (this.#number === seen) {
        await this.#next.promise;
        continue;
      }
      seen = this.#number;
      yield this.value;
    }
  }

  async close(): Promise<void> {
    this.#ended.abort();
    this.#next.resolve();
    await this.#changes.return();
    await this.#following?.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #follow(begun: () => void): Promise<void> {
    let isFirst = true;
    try {
      for await (const change of this.#changes) {
        if (change.type === 'children') continue;
        await this.#read(isFirst);
        if (isFirst) begun();
        isFirst = false;
      }
    } finally {
      this.#ended.abort();
      this.#next.resolve();
      await this.#changes.return();
    }
  }

  async #read(isFirst: boolean): Promise<void> {
    const { fallback, onInvalid } = this.#options;
    try {
      const { data } = await persist(this.#zk, () => this.#zk.get(this.path), this.#ended.signal);
      this.#hold(await parsed(this.path, data, this.#schema));
    } catch (error) {
      if (isCoordinationError(error, 'NO_NODE') && (fallback !== undefined || !isFirst)) {
        if (fallback !== undefined) this.#hold(fallback);
      } else if (error instanceof InvalidValueError && !isFirst) {
        onInvalid?.(error);
      } else if (!isCoordinationError(error, 'SESSION_LOST') || isFirst) {
        throw error;
      }
      // After a lost session the stream says that something may have been missed, and it is read again.
    }
  }

  #hold(value: T): void {
    this.#value = value;
    this.#number++;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
