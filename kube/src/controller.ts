import { ApiError, isConflict, LocalReason } from './api-error.ts';
import type { KubeMetrics, ReconcileOutcome } from './metrics.ts';
import { type Ports, pause } from './ports.ts';
import { WorkQueue } from './queue.ts';

const DEFAULT_TIMEOUT_MS = 300_000;

export interface ReconcileResult {
  /** Look again after so long even if nothing changes; absent: not before something does. */
  readonly requeueAfterMs?: number;
}

export interface ControllerOptions {
  readonly name: string;
  /** How many keys are worked on at a time; each of them by one worker only. */
  readonly workers: number;
  /**
   * Brings one object nearer to what its spec says, from what is there and not from what has happened. May be repeated at any time. Ends soon after
   * `signal` is aborted. A rejection is tried again later, the waiting doubling up to 1000 s.
   */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult>;
  readonly timeoutMs?: number;
}

export interface ControllerPorts extends Omit<Ports, 'random'> {
  readonly metrics: Pick<KubeMetrics, 'reconciled' | 'showQueue' | 'queueAdded'>;
}

/** Ties a queue of keys to a reconcile function. */
export class Controller {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly #options: ControllerOptions;
  readonly #ports: ControllerPorts;
  readonly #giveUp = new AbortController();
  #started = false;

  constructor(options: ControllerOptions, ports: ControllerPorts) {
    this.name = options.name;
    this.#options = options;
    this.#ports = ports;
    this.queue = new WorkQueue(ports, () => ports.metrics.queueAdded(options.name));
    ports.metrics.showQueue(options.name, this.queue);
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (let worker = 0; worker < this.#options.workers; worker++) void this.#work();
  }

  /**
   * Takes no more keys, and lets those at work end; after `graceMs` their signal is aborted. Resolves when all have ended, or, where
   * one does not heed its signal, after `graceMs` more: true when nothing is at work any more.
   */
  async stop(graceMs: number): Promise<boolean> {
    const drained = new AbortController();
    void this.queue.close().then(() => drained.abort());
    if (graceMs > 0) await pause(this.#ports.scheduler, graceMs, drained.signal);
    this.#giveUp.abort();
    if (graceMs > 0) await pause(this.#ports.scheduler, graceMs, drained.signal);
    return this.queue.taken === 0;
  }

  async #work(): Promise<void> {
    for (let key = await this.queue.next(); key !== undefined; key = await this.queue.next()) {
      await this.#reconcile(key);
    }
  }

  async #reconcile(key: string): Promise<void> {
    const { clock, metrics } = this.#ports;
    const startedMs = clock.monotonicMs();
    const timeoutMs = this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timeout = new AbortController();
    const cancelTimer = this.#ports.scheduler.after(timeoutMs, () => timeout.abort());
    let outcome: ReconcileOutcome;
    try {
      const signal = AbortSignal.any([timeout.signal, this.#giveUp.signal]);
      const { requeueAfterMs } = await this.#options.reconcile(key, signal);
      this.queue.forget(key);
      if (requeueAfterMs !== undefined) this.queue.addAfter(key, requeueAfterMs);
      outcome = requeueAfterMs === undefined ? 'done' : 'requeued';
    } catch (error) {
      outcome = this.#failed(key, error);
    } finally {
      cancelTimer();
      this.queue.done(key);
    }
    metrics.reconciled(this.name, outcome, (clock.monotonicMs() - startedMs) / 1000);
  }

  #failed(key: string, error: unknown): ReconcileOutcome {
    const retryAfterMs = error instanceof ApiError ? error.retryAfterMs : undefined;
    const delayMs = this.queue.addFailed(key, retryAfterMs);
    const fields = { controller: this.name, key, delayMs, err: error };
    const { log } = this.#ports;
    const stopped = error instanceof ApiError && error.reason === LocalReason.notLeader;
    if (this.#giveUp.signal.aborted || stopped) log.info(fields, 'a reconcile was given up');
    else if (isConflict(error)) log.debug(fields, 'the object had changed; it is looked at again');
    else log.error(fields, 'reconcile failed; retrying');
    return isConflict(error) ? 'conflict' : 'error';
  }
}
