import { ApiError, LocalReason } from './api-error.ts';
import type { HttpRequest, KubeHttp } from './http.ts';
import { LineSplitter, LineTooLong } from './line-splitter.ts';
import type { KubeMetrics } from './metrics.ts';
import { type KubeObject, keyOf, type ObjectName, pathOf, type ResourceType } from './objects.ts';
import type { Clock } from './ports.ts';
import { readWatchEvent, type WatchEvent } from './watch-event.ts';

const REQUEST_TIMEOUT_MS = 30_000;
/** etcd refuses objects above 1.5 MiB; JSON of it may be several times that. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Which objects of a type: all of the cluster, or of one namespace; of those, the ones that the selectors name. */
export interface Scope {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Of the whole list: what a watch goes on from. */
  readonly resourceVersion: string;
  /** Asks for the next page; undefined with the last. */
  readonly next: string | undefined;
}

export interface WatchRequest extends Scope {
  readonly resourceVersion: string;
  /** After so long the API server ends the watch of its own. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** Only the object that was looked at is deleted, not another one of that name, and not once it has changed. */
export interface DeletePreconditions {
  readonly uid: string;
  readonly resourceVersion?: string;
}

export interface DeleteOptions {
  readonly preconditions?: DeletePreconditions;
  /** `Orphan` leaves what the object owns; the default is Background. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

/** What all requests of one KubeApi are bound by. */
export interface Bounds {
  /** Requests under way are given up when it is aborted. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Asked before each write, which is refused with reason NotLeader where this says no. */
  readonly mayWrite?: () => boolean;
}

/**
 * The Kubernetes API as raw JSON, so that no field is lost or renamed on the way. Every call rejects with ApiError only. Reads
 * go to the API server and see all writes before them; T is what the caller knows this type's objects to be.
 */
export interface KubeApi {
  get<T extends KubeObject>(type: ResourceType, name: ObjectName): Promise<T>;
  list<T extends KubeObject>(
    type: ResourceType,
    scope: Scope,
    page?: { readonly limit: number; readonly next?: string | undefined },
  ): Promise<Page<T>>;
  create<T extends KubeObject>(type: ResourceType, object: T): Promise<T>;
  /** Writes the whole object; with a resourceVersion only over that one (else 409 Conflict). */
  replace<T extends KubeObject>(type: ResourceType, object: T): Promise<T>;
  /**
   * Server-side apply with force: the fields in `object` become ours and as given, those that we applied before and are not in it
   * go, all others stay. Creates what is not there.
   */
  apply<T extends KubeObject>(type: ResourceType, object: T): Promise<T>;
  /** The same for the status alone, through its subresource; never creates. */
  applyStatus<T extends KubeObject>(type: ResourceType, object: T): Promise<T>;
  /** JSON merge patch; a resourceVersion in its metadata is a precondition (409 Conflict). */
  mergePatch<T extends KubeObject>(
    type: ResourceType,
    name: ObjectName,
    patch: Readonly<Record<string, unknown>>,
  ): Promise<T>;
  /** Asks for the deletion; finalizers may delay it. 404 where it is gone, 409 Conflict where a precondition does not hold. */
  delete(type: ResourceType, name: ObjectName, options?: DeleteOptions): Promise<void>;
  /** Resolves when the API server has ended the watch; rejects when it refuses it, or the connection broke. */
  watch<T extends KubeObject>(
    type: ResourceType,
    request: WatchRequest,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void>;
  /** The same API, further bound. */
  bounded(bounds: Bounds): KubeApi;
}

export interface ApiPorts {
  readonly http: Pick<KubeHttp, 'text' | 'stream'>;
  readonly clock: Clock;
  readonly metrics: Pick<KubeMetrics, 'requested'>;
  /** Who owns the fields that are applied. */
  readonly fieldManager: string;
}

/** `verb`: as RBAC calls it. */
type Call = Omit<HttpRequest, 'timeoutMs' | 'signal'> & { readonly verb: string };

const READING: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

export function createKubeApi(ports: ApiPorts, bounds: Bounds = {}): KubeApi {
  return new HttpKubeApi(ports, bounds);
}

class HttpKubeApi implements KubeApi {
  readonly #ports: ApiPorts;
  readonly #bounds: Bounds;

  constructor(ports: ApiPorts, bounds: Bounds) {
    this.#ports = ports;
    this.#bounds = bounds;
  }

  get<T extends KubeObject>(type: ResourceType, name: ObjectName): Promise<T> {
    return this.#json({ verb: 'get', method: 'GET', path: pathOf(type, name) });
  }

  async list<T extends KubeObject>(
    type: ResourceType,
    scope: Scope,
    page?: { readonly limit: number; readonly next?: string | undefined },
  ): Promise<Page<T>> {
    const path =
      pathOf(type, at(scope)) + query({ ...selectors(scope), limit: page?.limit, continue: page?.next });
    const list = await this.#json<ListAnswer<T>>({ verb: 'list', method: 'GET', path });
    const next = list.metadata?.continue;
    if (!Array.isArray(list.items) || list.metadata?.resourceVersion === undefined) {
      throw new ApiError(0, LocalReason.badAnswer, `GET ${path}: the answer is no list`);
    }
    // Items of a list come without their type; all other answers carry it.
    const typed = { apiVersion: apiVersionOf(type), kind: type.kind };
    return {
      items: list.items.map((item) => ({ ...item, ...typed })),
      resourceVersion: list.metadata.resourceVersion,
      next: next === '' ? undefined : next,
    };
  }

  create<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    const path = pathOf(type, at(object.metadata));
    return this.#json({
      verb: 'create',
      method: 'POST',
      path,
      contentType: 'application/json',
      body: object,
    });
  }

  replace<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    const path = pathOf(type, object.metadata);
    return this.#json({ verb: 'update', method: 'PUT', path, contentType: 'application/json', body: object });
  }

  apply<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    return this.#apply(pathOf(type, object.metadata), object);
  }

  applyStatus<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    return this.#apply(pathOf(type, object.metadata, 'status'), object);
  }

  mergePatch<T extends KubeObject>(
    type: ResourceType,
    name: ObjectName,
    patch: Readonly<Record<string, unknown>>,
  ): Promise<T> {
    const contentType = 'application/merge-patch+json';
    const path = pathOf(type, name) + query({ fieldManager: this.#ports.fieldManager });
    return this.#json({ verb: 'patch', method: 'PATCH', path, contentType, body: patch });
  }

  async delete(type: ResourceType, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { preconditions, gracePeriodSeconds, propagation = 'Background' } = options;
    await this.#text({
      verb: 'delete',
      method: 'DELETE',
      path: pathOf(type, name),
      contentType: 'application/json',
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: propagation,
        preconditions,
        gracePeriodSeconds,
      },
    });
  }

  async watch<T extends KubeObject>(
    type: ResourceType,
    request: WatchRequest,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    const path =
      pathOf(type, at(request)) +
      query({
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: request.resourceVersion,
        timeoutSeconds: request.timeoutSeconds,
        ...selectors(request),
      });
    const what = keyOf({ ...at(request), name: type.plural });
    const lines = new LineSplitter(MAX_LINE_BYTES);
    const call = { verb: 'watch', method: 'GET', path };
    await this.#measured(call, request.signal, (http) =>
      this.#ports.http.stream(http, (chunk) => {
        for (const line of linesOf(lines, chunk, what)) onEvent(readWatchEvent<T>(what, line));
      }),
    );
    if (lines.pendingBytes > 0) {
      throw new ApiError(0, LocalReason.connectionLost, `WATCH ${what}: it ended in the middle of a line`);
    }
  }

  bounded(bounds: Bounds): KubeApi {
    const { signal, mayWrite } = this.#bounds;
    const both = mayWrite !== undefined && bounds.mayWrite !== undefined;
    const inner = bounds.mayWrite;
    return new HttpKubeApi(this.#ports, {
      ...this.#bounds,
      ...bounds,
      ...(signal && bounds.signal ? { signal: AbortSignal.any([signal, bounds.signal]) } : {}),
      ...(both ? { mayWrite: () => mayWrite() && inner!() } : {}),
    });
  }

  #apply<T extends KubeObject>(path: string, object: T): Promise<T> {
    return this.#json({
      verb: 'patch',
      method: 'PATCH',
      path: path + query({ fieldManager: this.#ports.fieldManager, force: true }),
      contentType: 'application/apply-patch+yaml', // JSON is YAML
      body: object,
    });
  }

  async #json<T>(call: Call): Promise<T> {
    const text = await this.#text(call);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new ApiError(0, LocalReason.badAnswer, `${call.method} ${call.path}: the answer is not JSON`, {
        cause,
      });
    }
  }

  #text(call: Call): Promise<string> {
    return this.#measured(call, undefined, (request) => this.#ports.http.text(request));
  }

  async #measured<R>(
    call: Call,
    signal: AbortSignal | undefined,
    send: (request: HttpRequest) => Promise<R>,
  ): Promise<R> {
    const { mayWrite, timeoutMs = REQUEST_TIMEOUT_MS } = this.#bounds;
    const { verb, ...request } = call;
    if (!READING.has(verb) && mayWrite?.() === false) {
      const what = `${call.method} ${call.path} was not sent: this process does not hold the lease`;
      throw new ApiError(0, LocalReason.notLeader, what);
    }
    const signals = [signal, this.#bounds.signal].filter((one) => one !== undefined);
    const startedMs = this.#ports.clock.monotonicMs();
    const report = (code: number): void =>
      this.#ports.metrics.requested(verb, code, (this.#ports.clock.monotonicMs() - startedMs) / 1000);
    try {
      const answer = await send({ ...request, timeoutMs, signal: AbortSignal.any(signals) });
      report(200);
      return answer;
    } catch (error) {
      report(error instanceof ApiError ? error.code : 0);
      throw error;
    }
  }
}

interface ListAnswer<T> {
  readonly items?: readonly T[] | null;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

function apiVersionOf({ group, version }: ResourceType): string {
  return group === '' ? version : `${group}/${version}`;
}

function at({ namespace }: { readonly namespace?: string }): Partial<ObjectName> {
  return namespace === undefined ? {} : { namespace };
}

function selectors({ labelSelector, fieldSelector }: Scope): Readonly<Record<string, string | undefined>> {
  return { labelSelector, fieldSelector };
}

function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

function linesOf(splitter: LineSplitter, chunk: Uint8Array, what: string): string[] {
  try {
    return splitter.push(chunk);
  } catch (cause) {
    if (!(cause instanceof LineTooLong)) throw cause;
    throw new ApiError(0, LocalReason.badAnswer, `WATCH ${what}: ${cause.message}`, { cause });
  }
}
