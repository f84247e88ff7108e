import type { KubeApi, Scope } from './api.ts';
import { ApiError, isExpired, LocalReason } from './api-error.ts';
import { Backoff } from './backoff.ts';
import type { KubeMetrics, WatchRestart } from './metrics.ts';
import type { KubeObject, ResourceType } from './objects.ts';
import { type Ports, pause } from './ports.ts';
import { Store, type StoreView } from './store.ts';
import type { WatchEvent } from './watch-event.ts';

const PAGE_LIMIT = 500;
/** Each delay is drawn from between once and twice: the API server is asked again within a minute. */
const BACKOFF = { firstMs: 800, mostMs: 30_000 };
/** A watch that has lived so long was no failure: the next delay is short again. */
const HEALTHY_WATCH_MS = 10_000;
/** The API server ends a watch after 5 to 10 minutes, so that watches spread over its replicas again. */
const WATCH_SECONDS = 300;
/** The API server sends a bookmark about once a minute: silence for so long is a connection that nobody has closed. */
export const INACTIVITY_MS = 150_000;
/** Every 5 to 10 minutes everything is enqueued again: whatever was overlooked is put right then. */
const RESYNC_MS = 300_000;
/** After so many watches in a row that brought nothing, not even a bookmark, the place where they began is in doubt. */
const MAX_FRUITLESS_WATCHES = 4;

export interface ReflectorOptions<T extends KubeObject> {
  readonly type: ResourceType;
  readonly scope: Scope;
  /** The keys of the work that an object concerns: its own, or its owner's. Asked for the states before and after a change. */
  readonly keysOf: (object: T) => readonly string[];
  readonly enqueue: (key: string) => void;
}

export interface ReflectorPorts extends Ports {
  readonly api: KubeApi;
  readonly metrics: Pick<KubeMetrics, 'watchRestarted' | 'showCache'>;
}

/** How a watch came to its end. */
type WatchEnd =
  | { readonly kind: 'finished' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Keeps a store equal to the API server's objects of one type: lists them, follows the watch from there, and goes on from where
 * it was when the watch ends. Where that is no longer possible it lists again. Never stops of itself.
 *
 *   list ──► watch ──► ended, silent or cut ──► watch from the last resource version
 *     ▲                └► 410 or an ERROR event ──┐
 *     └───────────────────────────────────────────┘
 */
export class Reflector<T extends KubeObject = KubeObject> {
  readonly type: ResourceType;
  readonly #scope: Scope;
  readonly #keysOf: (object: T) => readonly string[];
  readonly #enqueue: (key: string) => void;
  readonly #ports: ReflectorPorts;
  readonly #store: Store<T>;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  readonly #firstList = Promise.withResolvers<void>();
  #synced = false;
  #running: Promise<unknown> | undefined;
  /** Where the watch goes on; undefined: list first. */
  #resourceVersion: string | undefined;
  /** Watches in a row that were cut or silent before they brought anything. */
  #fruitless = 0;

  constructor(options: ReflectorOptions<T>, ports: ReflectorPorts) {
    this.type = options.type;
    this.#scope = options.scope;
    this.#keysOf = options.keysOf;
    this.#enqueue = options.enqueue;
    this.#ports = ports;
    this.#backoff = new Backoff(BACKOFF, ports.random);
    this.#store = new Store((before, after) => {
      this.#tell(before);
      this.#tell(after);
    });
    ports.metrics.showCache(options.type.plural, this);
  }

  get store(): StoreView<T> {
    return this.#store;
  }

  get size(): number {
    return this.#store.size;
  }

  /** Whether a whole list has come in since the start. */
  get hasSynced(): boolean {
    return this.#synced;
  }

  /** Resolves with the first whole list; never rejects. */
  get synced(): Promise<void> {
    return this.#firstList.promise;
  }

  start(): void {
    this.#running ??= Promise.all([this.#follow(), this.#resync()]);
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const delayMs = await this.#listAndWatch();
      if (delayMs > 0) await pause(this.#ports.scheduler, delayMs, this.#stop.signal);
    }
  }

  /** One list, where needed, and one watch. Returns how long to wait before the next, in milliseconds. */
  async #listAndWatch(): Promise<number> {
    if (this.#resourceVersion === undefined) {
      try {
        this.#resourceVersion = await this.#listAll();
      } catch (error) {
        return this.#restart('list', error);
      }
    }
    const startedMs = this.#ports.clock.monotonicMs();
    const end = await this.#watch(this.#resourceVersion);
    const lived = this.#ports.clock.monotonicMs() - startedMs >= HEALTHY_WATCH_MS;
    if (lived) this.#backoff.reset();
    if (end.kind !== 'finished' && ++this.#fruitless >= MAX_FRUITLESS_WATCHES) this.#listAgain();
    switch (end.kind) {
      case 'finished':
        // One that ends at once, again and again, must not be asked for at full speed.
        return lived ? 0 : this.#restart('short', undefined);
      case 'silent':
        return this.#restart('silent', undefined);
      case 'failed':
        if (!keepsPlace(end.error)) this.#listAgain();
        return this.#restart(isExpired(end.error) ? 'expired' : 'failed', end.error);
      default:
        return end satisfies never;
    }
  }

  #restart(why: WatchRestart, error: unknown): number {
    if (this.#stop.signal.aborted) return 0;
    const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
    const delayMs = Math.round(this.#backoff.nextMs(asked));
    this.#ports.metrics.watchRestarted(this.type.plural, why);
    const fields = { resource: this.type.plural, ...this.#scope, why, delayMs };
    if (error === undefined) this.#ports.log.debug(fields, 'watch restarted');
    else this.#ports.log.warn({ ...fields, err: error }, 'list or watch failed; retrying');
    return delayMs;
  }

  async #listAll(): Promise<string> {
    const api = this.#ports.api.bounded({ signal: this.#stop.signal });
    const objects: T[] = [];
    let next: string | undefined;
    // A token that has expired between pages (410) rejects, and the whole list begins anew: half of it would look like deletions.
    for (;;) {
      const page = await api.list<T>(this.type, this.#scope, { limit: PAGE_LIMIT, next });
      objects.push(...page.items);
      next = page.next;
      if (next !== undefined) continue;
      this.#store.replaceAll(objects);
      this.#synced = true;
      this.#firstList.resolve();
      return page.resourceVersion;
    }
  }

  async #watch(resourceVersion: string): Promise<WatchEnd> {
    const { api, scheduler, random } = this.#ports;
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, this.#stop.signal]);
    const timeoutSeconds = Math.round(WATCH_SECONDS * (1 + random()));
    let failure: ApiError | undefined;
    let silent = false;
    const onSilence = (): void => {
      silent = true;
      ending.abort();
    };
    let cancelTimer = scheduler.after(INACTIVITY_MS, onSilence);
    const request = { ...this.#scope, resourceVersion, timeoutSeconds, signal };
    try {
      await api.watch<T>(this.type, request, (event) => {
        if (ending.signal.aborted) return;
        cancelTimer();
        if (event.type === 'error') {
          failure = event.error;
          // Whatever it says, nothing after it can be relied on: the next step is a list.
          this.#listAgain();
          ending.abort();
          return;
        }
        cancelTimer = scheduler.after(INACTIVITY_MS, onSilence);
        this.#take(event);
      });
      return failure === undefined ? { kind: 'finished' } : { kind: 'failed', error: failure };
    } catch (error) {
      if (failure !== undefined) return { kind: 'failed', error: failure };
      return silent ? { kind: 'silent' } : { kind: 'failed', error };
    } finally {
      cancelTimer();
    }
  }

  #take(event: Exclude<WatchEvent<T>, { type: 'error' }>): void {
    switch (event.type) {
      case 'changed':
        this.#store.put(event.object);
        break;
      case 'deleted':
        this.#store.remove(event.object);
        break;
      case 'bookmark':
        break;
      default:
        event satisfies never;
    }
    this.#resourceVersion = event.resourceVersion;
    this.#fruitless = 0;
  }

  #listAgain(): void {
    this.#resourceVersion = undefined;
    this.#fruitless = 0;
  }

  async #resync(): Promise<void> {
    const { scheduler, random } = this.#ports;
    for (;;) {
      await pause(scheduler, RESYNC_MS * (1 + random()), this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      for (const object of this.#store.list()) this.#tell(object);
    }
  }

  #tell(object: T | undefined): void {
    if (object === undefined) return;
    let keys: readonly string[];
    try {
      keys = this.#keysOf(object);
    } catch (error) {
      // A defect in one mapping must not blind the operator to everything else.
      this.#ports.log.error(
        { err: error, object: object.metadata },
        'cannot tell which work an object concerns',
      );
      return;
    }
    for (const key of keys) this.#enqueue(key);
  }
}

/** A cut connection or a busy server says nothing against the place where the watch was; a 410 and all else do. */
function keepsPlace(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.code === 0)
    return error.reason === LocalReason.connectionLost || error.reason === LocalReason.timedOut;
  return error.code === 429 || error.code >= 500;
}
