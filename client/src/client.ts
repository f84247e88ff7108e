import { type AclList, type ClientInfo, OPEN_ACL, WatcherType } from '@rookery/protocol';
import { GetAclCall, type NodeAcl, SetAclCall } from './calls/acl.ts';
import { type Children, ChildrenCall } from './calls/children.ts';
import { CreateCall, type Created, type CreateOptions, createRecord } from './calls/create.ts';
import { DeleteCall } from './calls/delete.ts';
import { ExistsCall } from './calls/exists.ts';
import { GetCall, type NodeValue } from './calls/get.ts';
import type { NodeStat } from './calls/node-stat.ts';
import { SetCall } from './calls/set.ts';
import { CountDescendantsCall, EphemeralsCall } from './calls/subtree.ts';
import { SyncCall } from './calls/sync.ts';
import { multiItemOf, type Step, type StepResult, TransactionCall } from './calls/transaction.ts';
import { bytesOf, type Value } from './calls/value.ts';
import { AddWatchCall, RemoveWatchCall } from './calls/watches.ts';
import { WhoAmICall } from './calls/who-am-i.ts';
import { isCoordinationError } from './errors.ts';
import type { Address } from './ports.ts';
import type { CallOptions } from './session/deadlines.ts';
import type { Sessions, StateListener } from './session/sessions.ts';
import type { SessionState } from './session/state.ts';
import { ChangeStream } from './watches/change-stream.ts';
import type { Watcher } from './watches/one-shot.ts';
import { modeOf, type Scope } from './watches/persistent.ts';

/** A session, as whoever uses it sees it. It is over for good once it is lost or closed: another one follows it. */
export interface SessionView {
  /** 0n until there is one. */
  readonly id: bigint;
  readonly state: SessionState;
  /** As the server granted it. */
  readonly timeoutMs: number;
  /** Whether the member at hand has no quorum. */
  readonly isReadOnly: boolean;
  /** Aborted once the session is lost or closed, with the reason. */
  readonly signal: AbortSignal;
  /** By the clock, at the moment of asking: nobody else can have what the session holds. */
  readonly isHeld: boolean;
  /** The member that is connected. */
  readonly address: Address | undefined;
}

export interface ReadOptions extends CallOptions {
  /** Told once: of the first change after what was read, or that the session is lost. */
  readonly watcher?: Watcher | undefined;
}

export interface VersionOptions extends CallOptions {
  /** What the node must have; any where it is not said. */
  readonly version?: number | undefined;
}

export interface WatchOptions {
  /** Everything below the node, too. */
  readonly recursive?: boolean | undefined;
  /** Ends the stream, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How many changes may wait to be taken; 1,024 where it is not said. */
  readonly limit?: number | undefined;
}

const DEFAULT_LIMIT = 1024;
const ANY_VERSION = -1;

/**
 * A client of an ensemble. All calls go over one connection in the order in which they are made, as many at a time as are made, and the answers come
 * in that order; while no member is connected they wait. Every call rejects with a CoordinationError, and with nothing else but RangeError for
 * arguments that no server would be asked about.
 */
export class Client implements AsyncDisposable {
  readonly #sessions: Sessions;
  readonly #chroot: string;
  readonly #defaultAcl: AclList;

  /** Made by `connect`. */
  constructor(sessions: Sessions, chroot: string, defaultAcl: AclList = OPEN_ACL) {
    this.#sessions = sessions;
    this.#chroot = chroot;
    this.#defaultAcl = defaultAcl;
  }

  /** The one at hand. A later one takes its place once it is lost, unless the client was made not to. */
  get session(): SessionView {
    return this.#sessions.current;
  }

  get state(): SessionState {
    return this.#sessions.current.state;
  }

  /** `listener` is told of each change of the session's state, with why. Returns what ends that. */
  onState(listener: StateListener): () => void {
    return this.#sessions.onState(listener);
  }

  get(path: string, options: ReadOptions = {}): Promise<NodeValue> {
    const call = new GetCall(path, this.#serverPath(path));
    if (options.watcher !== undefined) call.leaveWatch(this.#sessions.oneShotWatches, options.watcher);
    return this.#sessions.submit(call, options);
  }

  /** undefined where there is no such node. */
  exists(path: string, options: ReadOptions = {}): Promise<NodeStat | undefined> {
    const call = new ExistsCall(path, this.#serverPath(path));
    if (options.watcher !== undefined) call.leaveWatch(this.#sessions.oneShotWatches, options.watcher);
    return this.#sessions.submit(call, options);
  }

  children(path: string, options: ReadOptions = {}): Promise<Children> {
    const call = new ChildrenCall(path, this.#serverPath(path));
    if (options.watcher !== undefined) call.leaveWatch(this.#sessions.oneShotWatches, options.watcher);
    return this.#sessions.submit(call, options);
  }

  /** It is told of nothing any more that a read of this path left it to wait for. */
  forgetWatcher(path: string, watcher: Watcher): void {
    this.#sessions.oneShotWatches.forget(this.#serverPath(path), watcher);
  }

  create(path: string, value: Value = '', options: CreateOptions & CallOptions = {}): Promise<Created> {
    const record = createRecord(this.#serverPath(path), value, options, this.#defaultAcl);
    return this.#sessions.submit(new CreateCall(path, record, this.#chroot.length), options);
  }

  set(path: string, value: Value, options: VersionOptions = {}): Promise<NodeStat> {
    const version = options.version ?? ANY_VERSION;
    return this.#sessions.submit(new SetCall(path, this.#serverPath(path), bytesOf(value), version), options);
  }

  delete(path: string, options: VersionOptions = {}): Promise<void> {
    const version = options.version ?? ANY_VERSION;
    return this.#sessions.submit(new DeleteCall(path, this.#serverPath(path), version), options);
  }

  getAcl(path: string, options: CallOptions = {}): Promise<NodeAcl> {
    return this.#sessions.submit(new GetAclCall(path, this.#serverPath(path)), options);
  }

  /** `version` is the access list's own, `stat.aversion`. */
  setAcl(path: string, acl: AclList, options: VersionOptions = {}): Promise<NodeStat> {
    const version = options.version ?? ANY_VERSION;
    return this.#sessions.submit(new SetAclCall(path, this.#serverPath(path), acl, version), options);
  }

  /** What is read after it is at least as new as what anybody was answered before it. */
  sync(path = '/', options: CallOptions = {}): Promise<void> {
    return this.#sessions.submit(new SyncCall(path, this.#serverPath(path)), options);
  }

  /** All of the steps, or none: rejects with a TransactionError, which says the step that could not be done. */
  transaction(steps: readonly Step[], options: CallOptions = {}): Promise<StepResult[]> {
    const items = steps.map((step) => multiItemOf(step, this.#serverPath(step.path), this.#defaultAcl));
    return this.#sessions.submit(new TransactionCall(steps, items, this.#chroot.length), options);
  }

  /** How many nodes are below it, at whatever depth. */
  countDescendants(path: string, options: CallOptions = {}): Promise<number> {
    return this.#sessions.submit(new CountDescendantsCall(path, this.#serverPath(path)), options);
  }

  /** Paths of this session's own ephemeral nodes that begin with `prefix`. */
  ephemerals(prefix = '/', options: CallOptions = {}): Promise<string[]> {
    const call = new EphemeralsCall(prefix, this.#chroot + prefix, this.#chroot.length);
    return this.#sessions.submit(call, options);
  }

  whoAmI(options: CallOptions = {}): Promise<ClientInfo[]> {
    return this.#sessions.submit(new WhoAmICall(), options);
  }

  /** Proves an identity, now and to each member that is connected later. `digest` takes `user:password`. */
  authenticate(scheme: string, auth: Value): Promise<void> {
    return this.#sessions.authenticate({ scheme, auth: bytesOf(auth) });
  }

  /**
   * The changes of a node, or of all below it, from a first state on, through lost connections and sessions. Whoever stops reading ends it:
   * leaving `for await` does.
   */
  watch(path: string, options: WatchOptions = {}): ChangeStream {
    const scope: Scope = options.recursive === true ? 'subtree' : 'node';
    const serverPath = this.#serverPath(path);
    const watches = this.#sessions.persistentWatches;
    const { signal } = options;
    const abort = (): void => stream.end(signal?.reason as Error);
    const offState = this.onState((state) => {
      if (state === 'closed') stream.end(undefined);
    });
    const stream: ChangeStream = new ChangeStream(
      path,
      options.limit ?? DEFAULT_LIMIT,
      this.#chroot.length,
      () => {
        signal?.removeEventListener('abort', abort);
        offState();
        if (watches.remove(scope, serverPath, stream)) this.#unwatch(path, serverPath, scope);
      },
    );
    watches.add(scope, serverPath, stream);
    void this.#startWatch(stream, path, serverPath, scope);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    return stream;
  }

  /** Resolves once `ms` have gone by on the client's clock; rejects with the signal's reason. */
  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#sessions.delay(ms, signal);
  }

  /** The time of day by the client's clock: ms since 1970. */
  wallMs(): number {
    return this.#sessions.wallMs();
  }

  /** 32 hexadecimal digits that nobody else has, for names of nodes that are to be found again. */
  uniqueId(): string {
    return this.#sessions.uniqueId();
  }

  /** Ends the session, so that its ephemeral nodes go at once. Calls that wait are failed, those under way are answered. */
  close(): Promise<void> {
    return this.#sessions.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #startWatch(stream: ChangeStream, path: string, serverPath: string, scope: Scope): Promise<void> {
    try {
      const added = this.#sessions.submit(new AddWatchCall(path, serverPath, modeOf[scope]), {});
      const read = this.get(path).catch((error: unknown) => {
        if (isCoordinationError(error, 'NO_NODE')) return undefined;
        throw error;
      });
      const [zxid, node] = await Promise.all([added, read]);
      stream.start(zxid, node);
    } catch (error) {
      stream.end(error as Error);
    }
  }

  #unwatch(path: string, serverPath: string, scope: Scope): void {
    const { current } = this.#sessions;
    if (current.isOver) return;
    const type = scope === 'node' ? WatcherType.persistent : WatcherType.persistentRecursive;
    // Where it fails there is nothing to be done: an event that finds nobody is dropped.
    this.#sessions.submit(new RemoveWatchCall(path, serverPath, type), {}).catch(() => undefined);
  }

  #serverPath(path: string): string {
    if (!path.startsWith('/')) throw new RangeError(`"${path}" is no path: it has to begin with /`);
    if (this.#chroot === '') return path;
    return path === '/' ? this.#chroot : this.#chroot + path;
  }
}
