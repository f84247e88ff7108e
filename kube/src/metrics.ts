import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Why a reflector had to begin again. */
export type WatchRestart = 'list' | 'short' | 'silent' | 'expired' | 'failed';
export type ReconcileOutcome = 'done' | 'requeued' | 'conflict' | 'error';

const RECONCILE_BUCKETS_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];
const REQUEST_BUCKETS_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30];

interface QueueLike {
  readonly depth: number;
  readonly delayed: number;
}

/** What the runtime counts, in a registry of its own, so that several fit in one process. */
export class KubeMetrics {
  readonly registry = new Registry();
  readonly #queues = new Map<string, QueueLike>();
  readonly #caches: { readonly resource: string; readonly cache: { readonly size: number } }[] = [];
  #isLeader: () => boolean = () => false;

  readonly #adds: Counter;
  readonly #retries: Counter;
  readonly #reconciles: Histogram;
  readonly #requests: Histogram;
  readonly #restarts: Counter;
  readonly #eventsDropped: Counter;

  /** `prefix` begins the name of each metric. */
  constructor(prefix: string) {
    const registers = [this.registry];
    this.#adds = new Counter({
      name: `${prefix}_queue_adds_total`,
      help: 'Keys added to a queue, repeats included.',
      labelNames: ['controller'],
      registers,
    });
    this.#retries = new Counter({
      name: `${prefix}_queue_retries_total`,
      help: 'Keys added again after a failure.',
      labelNames: ['controller'],
      registers,
    });
    this.#reconciles = new Histogram({
      name: `${prefix}_reconcile_seconds`,
      help: 'Duration of reconciles.',
      labelNames: ['controller', 'outcome'],
      buckets: RECONCILE_BUCKETS_SECONDS,
      registers,
    });
    this.#requests = new Histogram({
      name: `${prefix}_api_request_seconds`,
      help: 'Duration of requests to the API server; code 0: no answer. A watch counts when it ends.',
      labelNames: ['verb', 'code'],
      buckets: REQUEST_BUCKETS_SECONDS,
      registers,
    });
    this.#restarts = new Counter({
      name: `${prefix}_watch_restarts_total`,
      help: 'Lists and watches begun again after trouble.',
      labelNames: ['resource', 'reason'],
      registers,
    });
    this.#eventsDropped = new Counter({
      name: `${prefix}_events_dropped_total`,
      help: 'Events that were not written: too many at once, or refused.',
      registers,
    });
    this.#gauges(prefix, registers);
  }

  /** Heap, event loop and so on of this process; once per process. */
  withProcessMetrics(): this {
    collectDefaultMetrics({ register: this.registry });
    return this;
  }

  /** Shows a queue under the name of its controller. */
  showQueue(controller: string, queue: QueueLike): void {
    this.#queues.set(controller, queue);
  }

  /** Shows how many objects of a resource are held; those of several caches, one for each namespace, are added up. */
  showCache(resource: string, cache: { readonly size: number }): void {
    this.#caches.push({ resource, cache });
  }

  showLeader(isLeader: () => boolean): void {
    this.#isLeader = isLeader;
  }

  queueAdded(controller: string): void {
    this.#adds.inc({ controller });
  }

  reconciled(controller: string, outcome: ReconcileOutcome, seconds: number): void {
    this.#reconciles.observe({ controller, outcome }, seconds);
    if (outcome === 'error' || outcome === 'conflict') this.#retries.inc({ controller });
  }

  requested(verb: string, code: number, seconds: number): void {
    this.#requests.observe({ verb, code: String(code) }, seconds);
  }

  watchRestarted(resource: string, reason: WatchRestart): void {
    this.#restarts.inc({ resource, reason });
  }

  eventDropped(): void {
    this.#eventsDropped.inc();
  }

  #gauges(prefix: string, registers: Registry[]): void {
    const byController = (name: string, help: string, of: (queue: QueueLike) => number): void => {
      const queues = this.#queues;
      new Gauge({
        name,
        help,
        labelNames: ['controller'],
        registers,
        collect() {
          for (const [controller, queue] of queues) this.set({ controller }, of(queue));
        },
      });
    };
    byController(`${prefix}_queue_depth`, 'Keys that wait for a worker.', (queue) => queue.depth);
    byController(`${prefix}_queue_delayed`, 'Keys that wait for their time.', (queue) => queue.delayed);
    const caches = this.#caches;
    new Gauge({
      name: `${prefix}_cached_objects`,
      help: 'Objects held of a resource.',
      labelNames: ['resource'],
      registers,
      collect() {
        this.reset();
        for (const { resource, cache } of caches) this.inc({ resource }, cache.size);
      },
    });
    const isLeader = (): boolean => this.#isLeader();
    new Gauge({
      name: `${prefix}_leader`,
      help: '1 while this process holds the lease.',
      registers,
      collect() {
        this.set(Number(isLeader()));
      },
    });
  }
}
