import { ErrorCode } from '@rookery/protocol';
import type {
  Action,
  NodeStat,
  Operation,
  Part,
  PartResult,
  Result,
} from '../../../sim/history/operation.ts';
import { Recorder } from '../../../sim/history/recorder.ts';
import { Prng } from '../../../sim/prng.ts';

interface Node extends NodeStat {
  readonly value: string;
}

type Answer = Exclude<Result, { kind: 'unknown' } | { kind: 'refused' }>;

type Nodes = ReadonlyMap<string, Node>;

/** What a wrong server does, once, at a random moment. */
export const defects = [
  'acknowledges a write and forgets it',
  'applies a write twice',
  'applies half of a multi',
  'refuses a write and applies it',
  'reads an old state after a sync',
  'goes back in a session',
  'numbers two sequential nodes alike',
  'skips a sequence number',
  'answers with an older zxid',
] as const;
export type Defect = (typeof defects)[number];

/** A server that is right by construction: one map, one write at a time, every past state kept for stale reads. */
class Model {
  zxid = 0;
  readonly states: Nodes[] = [new Map()];
  #sequence = 0;
  /** Happens at the next occasion. */
  defect: Defect | undefined;

  apply(action: Action): Result {
    const result = this.#applyOnce(action);
    if (repeatable(action) && result.kind === 'ok' && this.#occurs('applies a write twice')) {
      this.#applyOnce(action);
    } else if (result.kind === 'ok' && this.#occurs('acknowledges a write and forgets it')) {
      this.states[this.zxid] = this.states[this.zxid - 1] as Nodes;
    } else if (
      action.kind === 'set' &&
      result.kind === 'ok' &&
      this.#occurs('refuses a write and applies it')
    ) {
      return { kind: 'error', zxid: this.zxid, code: ErrorCode.badVersion };
    } else if (result.zxid > 20 && this.#occurs('answers with an older zxid')) {
      return { ...result, zxid: result.zxid - 12 };
    }
    return result;
  }

  #occurs(defect: Defect): boolean {
    if (this.defect !== defect) return false;
    this.defect = undefined;
    return true;
  }

  #applyOnce(action: Action): Answer {
    this.zxid++;
    const nodes = new Map(this.states[this.zxid - 1]);
    const result = this.#write(nodes, action);
    const rolledBack =
      result.kind === 'error' &&
      !(writesFirst(action) && result.parts?.[0]?.code === 0 && this.#occurs('applies half of a multi'));
    this.states.push(rolledBack ? (this.states[this.zxid - 1] as Nodes) : nodes);
    return result;
  }

  read(action: Action, oldest: number, newest: number, prng: Prng): Result {
    let zxid = oldest + prng.below(newest - oldest + 1);
    if (
      oldest > 10 &&
      (this.#occurs('reads an old state after a sync') || this.#occurs('goes back in a session'))
    ) {
      zxid = oldest - 1 - prng.below(9);
    }
    const nodes = this.states[zxid] as Nodes;
    if (action.kind === 'sync') return { kind: 'ok', zxid };
    if (action.kind === 'children') {
      const prefix = `${action.path}/`;
      const children = [...nodes.keys()].filter((path) => path.startsWith(prefix));
      return { kind: 'ok', zxid, children: children.map((path) => path.slice(prefix.length)) };
    }
    const node = 'path' in action ? nodes.get(action.path) : undefined;
    if (node === undefined) return { kind: 'error', zxid, code: ErrorCode.noNode };
    const { value, ...stat } = node;
    return action.kind === 'get' ? { kind: 'ok', zxid, stat, value } : { kind: 'ok', zxid, stat };
  }

  #write(nodes: Map<string, Node>, action: Action): Answer {
    const { zxid } = this;
    if (action.kind === 'createSequential') {
      if (this.#sequence > 0 && this.#occurs('numbers two sequential nodes alike')) this.#sequence--;
      if (this.#occurs('skips a sequence number')) this.#sequence++;
      const path = `${action.path}${String(this.#sequence++).padStart(10, '0')}`;
      nodes.set(path, { czxid: zxid, mzxid: zxid, version: 0, value: action.value });
      return { kind: 'ok', zxid, path };
    }
    if (action.kind !== 'multi') {
      const { code, stat } = this.#part(nodes, action as Part);
      if (code !== ErrorCode.ok) return { kind: 'error', zxid, code };
      return stat === undefined ? { kind: 'ok', zxid } : { kind: 'ok', zxid, stat };
    }
    const parts: PartResult[] = action.parts.map((part) => this.#part(nodes, part));
    const failed = parts.findIndex((part) => part.code !== ErrorCode.ok);
    if (failed === -1) return { kind: 'ok', zxid, parts };
    const codes = parts.map((part, at) => ({
      code: at < failed ? ErrorCode.ok : at === failed ? part.code : ErrorCode.runtimeInconsistency,
    }));
    return { kind: 'error', zxid, code: codes[failed]?.code ?? 0, parts: codes };
  }

  #part(nodes: Map<string, Node>, part: Part): PartResult {
    const node = nodes.get(part.path);
    if (part.kind === 'create') {
      if (node !== undefined) return { code: ErrorCode.nodeExists };
      nodes.set(part.path, { czxid: this.zxid, mzxid: this.zxid, version: 0, value: part.value });
      return { code: ErrorCode.ok };
    }
    if (node === undefined) return { code: ErrorCode.noNode };
    if (part.version !== -1 && part.version !== node.version) return { code: ErrorCode.badVersion };
    if (part.kind === 'delete') nodes.delete(part.path);
    if (part.kind !== 'set') return { code: ErrorCode.ok };
    const stat = { czxid: node.czxid, mzxid: this.zxid, version: node.version + 1 };
    nodes.set(part.path, { ...stat, value: part.value });
    return { code: ErrorCode.ok, stat };
  }
}

interface Pending {
  readonly id: number;
  readonly action: Action;
  readonly session: Session;
  result: Result | undefined;
}

interface Session {
  readonly client: number;
  readonly number: number;
  zxid: number;
  /** Reads wait until the state has come as far as this, once a sync was answered. */
  pending: Pending[];
}

export interface ModelOptions {
  readonly operations: number;
  readonly clients: number;
  readonly paths: number;
  readonly lossChance: number;
  readonly depth: number;
  readonly defect?: Defect;
}

/** A history of random clients against the model: pipelined requests, lost connections, writes that take effect after the loss. */
export function modelHistory(
  seed: number,
  options: ModelOptions,
): { operations: Operation[]; defective: boolean } {
  const prng = new Prng(seed);
  const model = new Model();
  const recorder = new Recorder();
  let sessions = 0;
  const open = (client: number): Session => ({ client, number: sessions++, zxid: model.zxid, pending: [] });
  const current = Array.from({ length: options.clients }, (_, client) => open(client));
  const late: Pending[] = [];
  let armed = false;
  const perform = (pending: Pending): void => {
    const { action, session } = pending;
    if (isRead(action)) {
      const oldest = action.kind === 'sync' ? model.zxid : session.zxid;
      pending.result = model.read(action, oldest, model.zxid, prng);
    } else pending.result = model.apply(action);
    if (pending.result.kind !== 'unknown') session.zxid = Math.max(session.zxid, pending.result.zxid);
  };
  while (recorder.operations.length < options.operations) {
    if (recorder.operations.length === options.operations >> 1 && model.defect === undefined && !armed) {
      armed = true;
      model.defect = options.defect;
    }
    const at = prng.below(current.length);
    const session = current[at] as Session;
    const waiting = session.pending.find((pending) => pending.result === undefined);
    const roll = prng.fraction();
    if (roll < options.lossChance) {
      late.push(
        ...session.pending.filter((pending) => pending.result === undefined && !isRead(pending.action)),
      );
      current[at] = open(session.client);
    } else if (roll < 0.4 && session.pending.length < options.depth) {
      const action = randomAction(prng, options.paths, recorder.operations.length);
      const id = recorder.invoke(session.client, session.number, action);
      session.pending.push({ id, action, session, result: undefined });
    } else if (roll < 0.7 && waiting !== undefined) {
      perform(waiting);
    } else if (roll < 0.75 && late.length > 0) {
      const [pending] = late.splice(prng.below(late.length), 1);
      if (pending !== undefined && prng.chance(0.7)) model.apply(pending.action);
    } else {
      const first = session.pending[0];
      if (first?.result === undefined) continue;
      session.pending.shift();
      recorder.complete(first.id, first.result);
    }
  }
  finalReads(recorder, model, options, sessions);
  return { operations: [...recorder.operations], defective: armed && model.defect === undefined };
}

function finalReads(recorder: Recorder, model: Model, options: ModelOptions, session: number): void {
  const reads: Action[] = [{ kind: 'sync', path: '/' }];
  for (let i = 0; i < options.paths; i++) reads.push({ kind: 'get', path: `/r/${i}` });
  reads.push({ kind: 'children', path: '/seq' });
  for (const action of reads) {
    recorder.complete(
      recorder.invoke(99, session, action),
      model.read(action, model.zxid, model.zxid, new Prng(0)),
    );
  }
}

/** Applied twice it changes the tree twice. */
function repeatable(action: Action): boolean {
  return action.kind === 'createSequential' || (action.kind === 'set' && action.version === -1);
}

function writesFirst(action: Action): boolean {
  return action.kind === 'multi' && action.parts[0]?.kind !== 'check';
}

function isRead(action: Action): boolean {
  return ['get', 'exists', 'children', 'sync'].includes(action.kind);
}

function randomAction(prng: Prng, paths: number, id: number): Action {
  const path = `/r/${prng.below(paths)}`;
  const version = prng.chance(0.5) ? -1 : prng.below(4);
  const value = `v${id}`;
  const part = (kind: Part['kind'], on: string, unique: string): Part =>
    kind === 'create'
      ? { kind, path: on, value: unique }
      : kind === 'set'
        ? { kind, path: on, value: unique, version }
        : { kind, path: on, version };
  const kind = prng.pick([
    'create',
    'create',
    'set',
    'set',
    'set',
    'delete',
    'get',
    'get',
    'sync',
    'exists',
    'multi',
    'seq',
    'list',
  ]);
  switch (kind) {
    case 'create':
    case 'set':
    case 'delete':
      return part(kind, path, value) as Action;
    case 'seq':
      return { kind: 'createSequential', path: `/seq/${id}-`, value };
    case 'list':
      return { kind: 'children', path: '/seq' };
    case 'multi': {
      const first = prng.below(paths);
      const kinds: Part['kind'][] = ['create', 'set', 'delete', 'check'];
      return {
        kind: 'multi',
        parts: [
          part(prng.pick(kinds), `/r/${first}`, `${value}a`),
          part(prng.pick(kinds), `/r/${(first + 1) % paths}`, `${value}b`),
        ],
      };
    }
    default:
      return { kind: kind as 'get' | 'exists' | 'sync', path };
  }
}
