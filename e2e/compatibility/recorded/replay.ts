import { create, multi, multiRead, type Part, type Request, raw } from '../requests.ts';
import { ann, type Scenario, type Step, scenario } from '../scenario.ts';
import type { RecordedPart, RecordedRequest, Recording } from './recording.ts';

const NO_NODE = -101;
const BAD_VERSION = -103;
const NODE_EXISTS = -110;
const NOT_EMPTY = -111;

const SEQUENTIAL_FLAGS: readonly number[] = [2, 3, 6];
/** What the zxid is called that was seen before a connection went. */
const LATEST = 'latest';
const MOST_BYTES = 4_096;
/** Both sides answer 2,000 to 20,000 with what was asked for. */
const LEAST_TIMEOUT_MS = 10_000;

/** All kinds of requests that a program sends, in its order, each where its answer is the one that it was recorded with: what that needs is made before it. */
export function replay(name: string, { steps }: Recording): Scenario {
  const stage = new Replay();
  for (const step of steps) {
    if ('connect' in step) stage.connect(step.connect);
    else stage.request(step.request, step.error);
  }
  // It ends with its connection: in which order the ephemeral nodes of a session go that ends, and watches fire, ZooKeeper leaves to chance.
  return scenario(name, ...stage.steps, ann.drops());
}

interface Known {
  version: number;
  aclVersion: number;
}

/** Keeps in mind what there is beneath the scenario's root. */
class Replay {
  readonly steps: Step[] = [];
  readonly #nodes = new Map<string, Known>();
  readonly #proofs: Request[] = [];
  #variants = 0;
  #isConnected = false;

  connect({
    timeoutMs,
    readOnly,
    isAgain,
  }: {
    timeoutMs: number;
    readOnly: boolean | 'absent';
    isAgain: boolean;
  }): void {
    const fields = { timeoutMs: Math.max(timeoutMs, LEAST_TIMEOUT_MS), readOnly };
    if (!this.#isConnected) this.steps.push(ann.connects(fields));
    else if (isAgain) {
      this.steps.push(ann.remembers(LATEST), ann.drops(), ann.connects({ ...fields, session: 'ann' }));
      // As clients do on each connection, before they ask for anything.
      for (const proof of this.#proofs) this.#send(proof);
    }
    this.#isConnected = true;
  }

  request(recorded: RecordedRequest, error: number): void {
    // Its exchange needs users that both sides know: the scenarios of authentication have it.
    if (recorded.op === 'sasl' || recorded.op === 'closeSession' || recorded.op === 'reconfig') return;
    if (recorded.op === 'setWatches' || recorded.op === 'setWatches2') {
      // Without a connection before it there is nothing to catch up with.
      if (this.steps.some(({ kind }) => kind === 'remember'))
        this.#send(asRequest(recorded, { since: LATEST }));
      return;
    }
    if (recorded.op === 'auth') this.#proofs.push(asRequest(recorded));
    if (recorded.items === undefined) {
      this.#send(this.#prepared(recorded, error));
      return;
    }
    const items = recorded.items.map((item) => this.#prepared(item, error));
    this.#send(recorded.op === 'multiRead' ? multiRead(...items) : multi(...items));
  }

  #send(request: Request): void {
    this.steps.push(ann.sends(request));
  }

  /** Sees to it that the request will be answered with this code, as far as nodes and versions decide it, and keeps in mind what it does. */
  #prepared(recorded: RecordedRequest, error: number): Request {
    const [first] = recorded.parts;
    if (first === undefined || !('path' in first)) return asRequest(recorded);
    const { op } = recorded;
    if (op.startsWith('create')) return this.#creation(recorded, first.path, error);
    const path = error === NO_NODE || op === 'delete' ? this.#free(first.path) : first.path;
    if (error !== NO_NODE && op !== 'addWatch' && op !== 'sync' && op !== 'removeWatches') this.#ensure(path);
    if (error === NOT_EMPTY) this.#ensure(`${path}/below`);
    const known = this.#nodes.get(path);
    const version = op === 'setACL' ? known?.aclVersion : known?.version;
    const asked = error === BAD_VERSION ? (version ?? 0) + 7 : version;
    if (error === 0 && known !== undefined) {
      if (op === 'setData') known.version++;
      if (op === 'setACL') known.aclVersion++;
      if (op === 'delete') this.#nodes.delete(path);
    }
    return asRequest(recorded, { path, version: asked });
  }

  #creation(recorded: RecordedRequest, recordedPath: string, error: number): Request {
    const flags = recorded.parts.findLast((part) => 'int' in part);
    const isSequential = flags !== undefined && 'int' in flags && SEQUENTIAL_FLAGS.includes(flags.int);
    const path = isSequential || error === NODE_EXISTS ? recordedPath : this.#free(recordedPath);
    if (error === NODE_EXISTS) this.#ensure(path);
    else if (error !== NO_NODE) this.#ensure(parentOf(path));
    if (error === 0 && !isSequential) this.#nodes.set(path, { version: 0, aclVersion: 0 });
    return asRequest(recorded, { path });
  }

  /** The path, or one beside it where it is taken. */
  #free(path: string): string {
    return this.#nodes.has(path) || path === '/'
      ? `${path === '/' ? '/root' : path}-${++this.#variants}`
      : path;
  }

  #ensure(path: string): void {
    if (path === '/' || path === '' || path.startsWith('/zookeeper') || this.#nodes.has(path)) return;
    this.#ensure(parentOf(path));
    this.#send(create(path));
    this.#nodes.set(path, { version: 0, aclVersion: 0 });
  }
}

interface Changes {
  readonly path?: string;
  /** In place of one that is 0 or more. */
  readonly version?: number | undefined;
  /** The name of a remembered zxid, in place of the recorded one. */
  readonly since?: string;
}

function asRequest({ op, parts }: RecordedRequest, { path, version, since }: Changes = {}): Request {
  const hasVersion = ['delete', 'check', 'setData', 'setACL'].includes(op);
  const fields = parts.map((part, at): Part => {
    if (at === 0 && path !== undefined) return pathPart(path);
    if (at === 0 && since !== undefined) return { remembered: since };
    const isVersion = hasVersion && at === parts.length - 1 && 'int' in part && part.int >= 0;
    return isVersion && version !== undefined ? { int: version } : asPart(part);
  });
  if (op === 'auth') {
    const [type, scheme] = fields;
    return { op, parts: [type!, scheme!, { bytes: Buffer.from('somebody:secret') }] };
  }
  return raw(op, fields);
}

function asPart(part: RecordedPart): Part {
  if ('size' in part)
    return { bytes: part.size === null ? null : Buffer.alloc(Math.min(part.size, MOST_BYTES), 'x') };
  return 'path' in part ? pathPart(part.path) : part;
}

/** What every server has stands where it stands; all else below the scenario's root. */
function pathPart(path: string): Part {
  return path.startsWith('/zookeeper') ? { text: path } : { path };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
