import { ErrorCode } from '@rookery/protocol';
import type { Effect } from './node-state.ts';
import {
  type Action,
  isWrite,
  type NodeStat,
  type Operation,
  type Part,
  type PartResult,
} from './operation.ts';

/** What one reply says about one node. */
export interface Observation {
  readonly zxid: number;
  /** The reply's own write took the zxid; a read shows the state after all up to it. */
  readonly write: boolean;
  readonly effect: Effect;
  readonly operation: number;
}

/** A write whose reply never came. */
export interface UnansweredWrite {
  readonly operation: number;
  readonly kind: 'create' | 'set' | 'delete';
  readonly value: string;
  readonly version: number;
  /** It took a zxid above this one, or none. */
  readonly notBefore: number;
}

export interface NodeHistory {
  readonly path: string;
  /** In the order of the zxids; of one zxid the write before the reads. */
  readonly observations: Observation[];
  readonly unanswered: UnansweredWrite[];
}

/** When a write took effect, and with it how a read showed the value that it wrote, where the write itself was not answered. */
export interface Placement {
  readonly zxid: number;
  readonly shown?: { readonly value: string; readonly stat: NodeStat };
}

/**
 * Where writes stand in the order, by operation: those that were answered by the reply's zxid, and those without an answer whose value some
 * read showed by the Stat beside it.
 */
export function placements(operations: readonly Operation[]): Map<number, Placement> {
  const seen = firstSeen(operations);
  const placed = new Map<number, Placement>();
  for (const { id, action, result } of operations) {
    if (!isWrite(action) || result.kind === 'refused') continue;
    if (result.kind !== 'unknown') {
      placed.set(id, { zxid: result.zxid });
      continue;
    }
    for (const part of action.kind === 'multi' ? action.parts : [action]) {
      const stat = 'value' in part ? seen.get(part.value) : undefined;
      if (stat === undefined || !('value' in part)) continue;
      placed.set(id, { zxid: stat.mzxid, shown: { value: part.value, stat } });
      break;
    }
  }
  return placed;
}

/**
 * Sorts what the replies say by node. A write without an answer that is known to have happened becomes an observation at its zxid, on all
 * the nodes that it touches. `isShortLived`: nodes that go with sessions, which the log's own account judges (oracle/).
 */
export function byNode(
  operations: readonly Operation[],
  placed: ReadonlyMap<number, Placement>,
  shown: readonly number[],
  isShortLived: (path: string) => boolean,
): NodeHistory[] {
  const nodes = new Map<string, NodeHistory>();
  const node = (path: string): NodeHistory => {
    let history = nodes.get(path);
    if (history === undefined) {
      history = { path, observations: [], unanswered: [] };
      nodes.set(path, history);
    }
    return history;
  };
  for (const operation of operations) {
    const { action, result } = operation;
    if (concernsNoNode(action) || ('path' in action && isShortLived(action.path))) continue;
    if (result.kind !== 'unknown') {
      answered(operation, (path, write, effect) =>
        node(path).observations.push({ zxid: result.zxid, write, effect, operation: operation.id }),
      );
      continue;
    }
    if (action.kind === 'get' || action.kind === 'exists') continue;
    const parts: readonly Part[] = action.kind === 'multi' ? action.parts : [action];
    const placement = placed.get(operation.id);
    for (const part of parts) {
      if (placement !== undefined) {
        const { zxid, shown: by } = placement;
        const effect = effectOf(part, 'value' in part && part.value === by?.value ? by.stat : undefined);
        node(part.path).observations.push({ zxid, write: true, effect, operation: operation.id });
      } else if (part.kind !== 'check') {
        node(part.path).unanswered.push({
          operation: operation.id,
          kind: part.kind,
          value: 'value' in part ? part.value : '',
          version: 'version' in part ? part.version : -1,
          notBefore: shown[operation.id] as number,
        });
      }
    }
  }
  for (const history of nodes.values()) {
    history.observations.push(...revealed(history.observations));
    history.observations.sort((a, b) => a.zxid - b.zxid || Number(b.write) - Number(a.write));
  }
  return [...nodes.values()];
}

type OfNode = Exclude<Action, { readonly kind: NoNode }>;
type NoNode =
  | 'createSequential'
  | 'createEphemeral'
  | 'children'
  | 'sync'
  | 'addWatch'
  | 'removeWatches'
  | 'setAcl'
  | 'getAcl'
  | 'whoAmI'
  | 'dialect';

function concernsNoNode(action: Action): action is Exclude<Action, OfNode> {
  switch (action.kind) {
    case 'createSequential':
    case 'createEphemeral':
    case 'children':
    case 'sync':
    case 'addWatch':
    case 'removeWatches':
    case 'setAcl':
    case 'getAcl':
    case 'whoAmI':
    case 'dialect':
      return true;
    default:
      return false;
  }
}

/** Writes that no answer names and some Stat shows. */
function revealed(observations: readonly Observation[]): Observation[] {
  const known = new Set<number>();
  for (const { zxid, effect } of observations) {
    if (effect.kind === 'create' || effect.kind === 'set') known.add(zxid);
  }
  const found: Observation[] = [];
  const add = (zxid: number, operation: number, effect: Effect): void => {
    if (known.has(zxid)) return;
    known.add(zxid);
    found.push({ zxid, write: true, effect, operation });
  };
  for (const { effect, operation } of observations) {
    const stat = 'stat' in effect ? effect.stat : undefined;
    if (stat === undefined) continue;
    add(stat.czxid, operation, { kind: 'unanswered', make: 'create' });
    if (stat.mzxid !== stat.czxid) add(stat.mzxid, operation, { kind: 'unanswered', make: 'set', stat });
  }
  return found;
}

/** The Stat with which each value was first written, as reads show it. */
function firstSeen(operations: readonly Operation[]): Map<string, NodeStat> {
  const seen = new Map<string, NodeStat>();
  for (const { action, result } of operations) {
    if (action.kind !== 'get' || result.kind !== 'ok') continue;
    const { value, stat } = result;
    if (value === undefined || stat === undefined) continue;
    const before = seen.get(value);
    if (before === undefined || stat.mzxid < before.mzxid) seen.set(value, stat);
  }
  return seen;
}

function answered(operation: Operation, add: (path: string, write: boolean, effect: Effect) => void): void {
  const { action, result } = operation;
  if (result.kind === 'unknown' || result.kind === 'refused') return;
  switch (action.kind) {
    case 'get':
    case 'exists':
      if (result.kind === 'ok') {
        add(action.path, false, { kind: 'shows', stat: result.stat, value: result.value });
      } else add(action.path, false, { kind: 'refused', what: 'read', code: result.code, version: -1 });
      return;
    case 'create':
    case 'set':
    case 'delete':
      if (result.kind === 'ok') add(action.path, true, effectOf(action, result.stat));
      else if (!ofSession(result.code)) add(action.path, true, refusal(action, result.code));
      return;
    case 'multi':
      if (result.kind === 'error' && ofSession(result.code)) return;
      action.parts.forEach((part, at) => {
        const outcome = result.parts?.[at] as PartResult;
        if (result.kind === 'ok') add(part.path, true, effectOf(part, outcome.stat));
        else if (outcome.code === ErrorCode.ok) add(part.path, true, wouldPass(part));
        else if (outcome.code !== ErrorCode.runtimeInconsistency) {
          add(part.path, true, refusal(part, outcome.code));
        }
      });
      return;
    default:
  }
}

/** The session had ended or moved when the write's turn came: that says nothing about any node. */
function ofSession(code: number): boolean {
  return code === ErrorCode.sessionExpired || code === ErrorCode.sessionMoved;
}

function effectOf(part: Part, stat: PartResult['stat']): Effect {
  switch (part.kind) {
    case 'create':
      return { kind: 'create', value: part.value, stat };
    case 'set':
      return { kind: 'set', value: part.value, version: part.version, stat };
    case 'delete':
      return { kind: 'delete', version: part.version };
    case 'check':
      return { kind: 'holds', version: part.version };
    default:
      return part satisfies never;
  }
}

/** The part of a multi that was rolled back because of a later one: it would have succeeded. */
function wouldPass(part: Part): Effect {
  return part.kind === 'create' ? { kind: 'showsNone' } : { kind: 'holds', version: part.version };
}

function refusal(part: Part, code: number): Effect {
  const what = part.kind === 'create' ? 'create' : 'change';
  return { kind: 'refused', what, code, version: 'version' in part ? part.version : -1 };
}
