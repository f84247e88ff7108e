import type { KubeApi } from './api.ts';
import { isNotFound } from './api-error.ts';
import type { KubeMetrics } from './metrics.ts';
import type { KubeObject, ResourceType } from './objects.ts';
import { type Ports, pause } from './ports.ts';

const EVENT: ResourceType = { group: '', version: 'v1', plural: 'events', kind: 'Event' };

/** Repeats of one event are counted and written at most so often. */
export const REPEAT_EVERY_MS = 30_000;
/** After so long without a repeat it is another event. The API server forgets them after an hour. */
const FORGET_AFTER_MS = 600_000;
const MAX_REMEMBERED = 1_000;
/** Waiting to be written; beyond that the newest are dropped: Events are for people, who do not read thousands. */
const MAX_WAITING = 200;
/**
 * Different events of one object and one reason within FORGET_AFTER_MS; a message with a changing number in it must neither fill etcd nor keep
 * any other from being told. Reasons are of a fixed set.
 */
const MAX_PER_REASON = 10;
/** What the API server allows. */
const MAX_MESSAGE_CHARS = 1024;

export interface EventsOptions {
  /** Shown as From in `kubectl describe`. */
  readonly component: string;
  /** The process: its Pod's name. */
  readonly instance: string;
}

export interface EventsPorts extends Ports {
  readonly api: KubeApi;
  readonly metrics: Pick<KubeMetrics, 'eventDropped'>;
}

type EventObject = KubeObject & { readonly [field: string]: unknown };

/** One event that was told of: what is written of it, and what is not yet. */
interface Remembered {
  readonly aboutUid: string;
  readonly object: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly firstMs: number;
  lastMs: number;
  count: number;
  writtenCount: number;
  /** On the monotonic clock; when the last write began. */
  writtenAtMs: number;
  /** Of the Event object; undefined before it was written. */
  name: string | undefined;
  waiting: boolean;
}

/**
 * Tells people, by Kubernetes Events, what the operator does and cannot do. Never fails and never waits: Events are written in the
 * background, one after the other; repeats become a count.
 */
export class Events {
  readonly #options: EventsOptions;
  readonly #ports: EventsPorts;
  /** Oldest told of first. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #queue: Remembered[] = [];
  readonly #stop = new AbortController();
  readonly #timers = new Set<() => void>();
  #writing: Promise<void> | undefined;

  constructor(options: EventsOptions, ports: EventsPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** @param reason UpperCamelCase, one of a fixed set; @param message whole sentences for a person */
  normal(about: KubeObject, reason: string, message: string): void {
    this.#tell(about, 'Normal', reason, message);
  }

  warning(about: KubeObject, reason: string, message: string): void {
    this.#tell(about, 'Warning', reason, message);
  }

  /** Resolves when everything that waits was written or dropped. */
  async flushed(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Writes what waits, counts included, for at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const event of this.#remembered.values()) if (event.count > event.writtenCount) this.#enqueue(event);
    const done = new AbortController();
    void this.flushed().then(() => done.abort());
    await pause(this.#ports.scheduler, graceMs, done.signal);
    this.#stop.abort();
  }

  #tell(about: KubeObject, type: 'Normal' | 'Warning', reason: string, text: string): void {
    if (this.#stop.signal.aborted) return;
    const message = text.length <= MAX_MESSAGE_CHARS ? text : `${text.slice(0, MAX_MESSAGE_CHARS - 1)}…`;
    const nowMs = this.#ports.clock.monotonicMs();
    const aboutUid = about.metadata.uid ?? about.metadata.name;
    const key = JSON.stringify([aboutUid, type, reason, message]);
    this.#forgetOld(nowMs);
    const known = this.#remembered.get(key);
    if (known === undefined && this.#alike(aboutUid, reason) >= MAX_PER_REASON) {
      this.#drop(
        reason,
        `there are more than ${MAX_PER_REASON} different Events of this reason about one object`,
      );
      return;
    }
    const event: Remembered = known ?? {
      aboutUid,
      object: about,
      type,
      reason,
      message,
      firstMs: this.#ports.clock.wallMs(),
      lastMs: 0,
      count: 0,
      writtenCount: 0,
      writtenAtMs: -Infinity,
      name: undefined,
      waiting: false,
    };
    event.count++;
    event.lastMs = this.#ports.clock.wallMs();
    // Again at the end: the map is in the order of the last telling.
    this.#remembered.delete(key);
    this.#remembered.set(key, event);
    this.#schedule(event, nowMs);
  }

  #alike(uid: string, wanted: string): number {
    let count = 0;
    for (const { aboutUid, reason } of this.#remembered.values())
      if (aboutUid === uid && reason === wanted) count++;
    return count;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { writtenAtMs, waiting }] of this.#remembered) {
      const old = !waiting && nowMs - writtenAtMs > FORGET_AFTER_MS;
      if (!old && this.#remembered.size < MAX_REMEMBERED) return;
      this.#remembered.delete(key);
    }
  }

  #schedule(event: Remembered, nowMs: number): void {
    if (event.waiting) return;
    const waitMs = event.writtenAtMs + REPEAT_EVERY_MS - nowMs;
    event.waiting = true;
    if (waitMs <= 0) {
      this.#enqueue(event);
      return;
    }
    const cancel = this.#ports.scheduler.after(waitMs, () => {
      this.#timers.delete(cancel);
      this.#enqueue(event);
    });
    this.#timers.add(cancel);
  }

  #enqueue(event: Remembered): void {
    if (this.#queue.length >= MAX_WAITING) {
      event.waiting = false;
      this.#drop(event.reason, `${MAX_WAITING} wait already`);
      return;
    }
    event.waiting = true;
    this.#queue.push(event);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      event.waiting = false;
      event.writtenAtMs = this.#ports.clock.monotonicMs();
      const { count } = event;
      try {
        await this.#write(event);
        event.writtenCount = count;
      } catch (error) {
        this.#drop(event.reason, 'the API server did not take it', error);
      }
    }
  }

  async #write(event: Remembered): Promise<void> {
    const api = this.#ports.api.bounded({ signal: this.#stop.signal });
    const namespace = event.object.metadata.namespace ?? 'default';
    const lastTimestamp = timestamp(event.lastMs);
    if (event.name !== undefined) {
      try {
        await api.mergePatch(EVENT, { namespace, name: event.name }, { count: event.count, lastTimestamp });
        return;
      } catch (error) {
        // The API server keeps Events for an hour only.
        if (!isNotFound(error)) throw error;
      }
    }
    const name = `${event.object.metadata.name}.${this.#suffix()}`;
    await api.create<EventObject>(EVENT, this.#asObject(event, namespace, name));
    event.name = name;
  }

  #asObject(event: Remembered, namespace: string, name: string): EventObject {
    const { apiVersion, kind, metadata } = event.object;
    const { component, instance } = this.#options;
    return {
      apiVersion: 'v1',
      kind: EVENT.kind,
      metadata: { namespace, name },
      involvedObject: {
        apiVersion,
        kind,
        name: metadata.name,
        namespace: metadata.namespace,
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      },
      type: event.type,
      reason: event.reason,
      message: event.message,
      count: event.count,
      firstTimestamp: timestamp(event.firstMs),
      lastTimestamp: timestamp(event.lastMs),
      source: { component, host: instance },
      reportingComponent: component,
      reportingInstance: instance,
    };
  }

  #suffix(): string {
    const half = (): string =>
      Math.floor(this.#ports.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return half() + half();
  }

  #drop(reason: string, why: string, error?: unknown): void {
    this.#ports.metrics.eventDropped();
    this.#ports.log.warn(
      { reason, why, ...(error === undefined ? {} : { err: error }) },
      'an Event was dropped',
    );
  }
}

/** metav1.Time has whole seconds. */
function timestamp(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
