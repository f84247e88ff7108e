import type { Configuration } from './types.ts';

/**
 * The configurations of the log, newest last. One takes effect when it is appended and is taken back when its entry
 * is truncated (thesis, 4.1); the older ones stay until snapshots no longer need them.
 */
export class ConfigurationHistory {
  #configurations: Configuration[];

  constructor(first: Configuration) {
    this.#configurations = [first];
  }

  get current(): Configuration {
    return this.#configurations[this.#configurations.length - 1] as Configuration;
  }

  /** The one in force at `index`; the oldest known where that is later. */
  at(index: number): Configuration {
    let found = this.#configurations[0] as Configuration;
    for (const configuration of this.#configurations) {
      if (configuration.index <= index) found = configuration;
    }
    return found;
  }

  append(configuration: Configuration): void {
    this.#configurations.push(configuration);
  }

  /** Whether the configuration in force changed. */
  truncateFrom(index: number): boolean {
    const before = this.#configurations.length;
    while (this.#configurations.length > 1 && this.current.index >= index) this.#configurations.pop();
    return this.#configurations.length !== before;
  }

  compact(index: number): void {
    const kept = this.at(index);
    this.#configurations = this.#configurations.filter((each) => each.index >= kept.index);
  }

  reset(configuration: Configuration): void {
    this.#configurations = [configuration];
  }
}
