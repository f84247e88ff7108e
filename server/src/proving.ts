import { type MemberParts, unlessClosed } from './member-parts.ts';
import type { Fatal } from './ports/fatal.ts';
import type { Logger } from './ports/logger.ts';
import { type Divergence, divergenceOf } from './replica/divergence.ts';

/**
 * A member that proves a version (the setting `provesVersion`): it applies the log as a learner and serves nobody. Where its state is not the others', it
 * applies nothing more, and stays so that it can be asked where. Any other member ends then.
 */
export class Proving {
  readonly #active: boolean;
  /** Where it found itself to differ first. */
  divergence: Divergence | undefined;

  constructor(active: boolean) {
    this.#active = active;
  }

  /** Why no clients are served; empty where this is not why. */
  get reason(): string {
    if (this.divergence !== undefined)
      return `its state differs from the others' at log index ${this.divergence.index}: it applies nothing more`;
    return this.#active ? 'it proves a version, and serves no clients' : '';
  }

  /**
   * The same parts, of which `fatal` ends this member only where it has to.
   *
   * @param halt nothing more is applied from then on
   */
  guarded<P extends Pick<MemberParts, 'fatal' | 'log'>>(parts: P, halt: () => void): P {
    const fatal = unlessClosed(parts.fatal);
    return { ...parts, fatal: this.#active ? this.#standing(fatal, parts.log, halt) : fatal };
  }

  #standing(fatal: Fatal, log: Logger, halt: () => void): Fatal {
    return (error) => {
      const divergence = divergenceOf(error);
      if (divergence === undefined) return fatal(error);
      this.divergence ??= divergence;
      halt();
      log.error({ ...divergence }, 'this version makes another state of the log: it is not proved');
    };
  }
}
