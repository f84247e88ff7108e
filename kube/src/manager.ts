import type { Controller } from './controller.ts';
import type { Events } from './events.ts';
import type { Leadership } from './lease.ts';
import type { Logger } from './ports.ts';
import type { Reflector } from './reflector.ts';

export interface Managed {
  readonly reflectors: readonly Pick<Reflector, 'start' | 'stop' | 'synced' | 'hasSynced' | 'type'>[];
  readonly controllers: readonly Pick<Controller, 'start' | 'stop' | 'name'>[];
  readonly leadership: Pick<Leadership, 'start' | 'stop'>;
  readonly events: Pick<Events, 'stop'>;
  readonly log: Logger;
}

/**
 * The order in which the parts start and stop.
 *
 *   start:   caches of every replica → campaign → elected, and all caches full → workers
 *   stop:    workers end what they have → Events written → the lease goes back → caches
 *   lost:    workers give up at once; the process is to end
 *
 * A replica that stands by keeps its caches full, so that it works at once when it is elected.
 */
export class Manager {
  readonly #parts: Managed;
  #ending = false;

  constructor(parts: Managed) {
    this.#parts = parts;
  }

  start(): void {
    for (const reflector of this.#parts.reflectors) reflector.start();
    this.#parts.leadership.start();
  }

  /** To be called when the lease is held. No worker sees a cache that is half full: what is missing there would look deleted. */
  async lead(): Promise<void> {
    await Promise.all(this.#parts.reflectors.map(({ synced }) => synced));
    if (this.#ending) return;
    for (const controller of this.#parts.controllers) controller.start();
    this.#parts.log.info({}, 'the controllers work');
  }

  /** For the readiness probe. */
  notReady(): readonly string[] {
    if (this.#ending) return ['it is stopping'];
    const waiting = this.#parts.reflectors.filter(({ hasSynced }) => !hasSynced);
    return waiting.map(({ type }) => `no whole list of ${type.plural} has come from the API server yet`);
  }

  /** To be called when the lease is lost: resolves once every worker was told, and has had `graceMs` to heed it. */
  async giveUp(): Promise<void> {
    this.#ending = true;
    await this.#stopControllers(0);
  }

  /**
   * Stops everything in order. @param graceMs for the reconciles at work; the whole takes at most about three times that
   */
  async stop(graceMs: number): Promise<void> {
    this.#ending = true;
    const idle = await this.#stopControllers(graceMs);
    await this.#parts.events.stop(graceMs);
    // While a reconcile is at work the lease is not given back: its next holder must not meet it.
    if (idle) await this.#parts.leadership.stop();
    await Promise.all(this.#parts.reflectors.map((reflector) => reflector.stop()));
  }

  async #stopControllers(graceMs: number): Promise<boolean> {
    const idle = await Promise.all(this.#parts.controllers.map((controller) => controller.stop(graceMs)));
    return idle.every(Boolean);
  }
}
