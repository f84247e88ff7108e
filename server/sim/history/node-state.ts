import { ErrorCode } from '@rookery/protocol';
import type { NodeStat } from './operation.ts';

/** What is known of one node at one point of the order. undefined: by a write without an answer, and no reply ever showed it. */
export type NodeState =
  | { readonly present: false }
  | {
      readonly present: true;
      readonly version: number;
      readonly czxid: number | undefined;
      readonly mzxid: number | undefined;
      readonly value: string | undefined;
    };

export const ABSENT: NodeState = { present: false };

/** What one reply says about a node, at its zxid. */
export type Effect =
  | { readonly kind: 'create'; readonly value: string; readonly stat: NodeStat | undefined }
  | {
      readonly kind: 'set';
      readonly value: string;
      readonly version: number;
      readonly stat: NodeStat | undefined;
    }
  | { readonly kind: 'delete'; readonly version: number }
  /** A read, or a check that held: the node is as shown; undefined fields were not shown. */
  | { readonly kind: 'shows'; readonly stat: NodeStat | undefined; readonly value: string | undefined }
  /** A create that would have succeeded. */
  | { readonly kind: 'showsNone' }
  | { readonly kind: 'holds'; readonly version: number }
  /** Some write without an answer created or set the node here: a later Stat shows its zxid, of a set with all that stood beside it. */
  | { readonly kind: 'unanswered'; readonly make: 'create' }
  | { readonly kind: 'unanswered'; readonly make: 'set'; readonly stat: NodeStat }
  | { readonly kind: 'refused'; readonly what: Refused; readonly code: number; readonly version: number };

export type Refused = 'create' | 'change' | 'read';

/** An effect that names its write. */
export type Answered = Exclude<Effect, { readonly kind: 'unanswered' }>;

/** The state after a reply at `zxid`, or undefined where `state` contradicts the reply. */
export function after(state: NodeState, effect: Answered, zxid: number): NodeState | undefined {
  switch (effect.kind) {
    case 'create': {
      if (state.present) return undefined;
      const next: NodeState = { present: true, version: 0, czxid: zxid, mzxid: zxid, value: effect.value };
      return effect.stat === undefined || matches(next, effect.stat) ? next : undefined;
    }
    case 'set': {
      if (!state.present || !accepts(state.version, effect.version)) return undefined;
      const next: NodeState = { ...state, version: state.version + 1, mzxid: zxid, value: effect.value };
      return effect.stat === undefined || matches(next, effect.stat) ? next : undefined;
    }
    case 'delete':
      return state.present && accepts(state.version, effect.version) ? ABSENT : undefined;
    case 'shows': {
      if (!state.present || (effect.value !== undefined && state.value !== effect.value)) return undefined;
      return effect.stat === undefined || matches(state, effect.stat) ? state : undefined;
    }
    case 'showsNone':
      return state.present ? undefined : state;
    case 'holds':
      return state.present && accepts(state.version, effect.version) ? state : undefined;
    case 'refused':
      return refuses(state, effect) ? state : undefined;
    default:
      return effect satisfies never;
  }
}

/**
 * What a write without an answer makes of the node if it took effect here, at `zxid` if some reply shows that, else at one that nobody
 * knows. undefined: it would have been refused.
 */
export function afterUnanswered(
  state: NodeState,
  write: { readonly kind: 'create' | 'set' | 'delete'; readonly version: number },
  zxid: number | undefined,
): NodeState | undefined {
  switch (write.kind) {
    case 'create':
      return state.present
        ? undefined
        : { present: true, version: 0, czxid: zxid, mzxid: zxid, value: undefined };
    case 'set':
      return state.present && accepts(state.version, write.version)
        ? { ...state, version: state.version + 1, mzxid: zxid, value: undefined }
        : undefined;
    case 'delete':
      return state.present && accepts(state.version, write.version) ? ABSENT : undefined;
    default:
      return write.kind satisfies never;
  }
}

function accepts(version: number, wanted: number): boolean {
  return wanted === -1 || wanted === version;
}

function refuses(state: NodeState, refusal: Effect & { readonly kind: 'refused' }): boolean {
  switch (refusal.code) {
    case ErrorCode.nodeExists:
      return refusal.what === 'create' && state.present;
    case ErrorCode.noNode:
      return refusal.what !== 'create' && !state.present;
    case ErrorCode.badVersion:
      return refusal.what === 'change' && state.present && !accepts(state.version, refusal.version);
    default:
      return false;
  }
}

export function matches(state: NodeState, stat: NodeStat): boolean {
  if (!state.present) return false;
  return state.version === stat.version && state.czxid === stat.czxid && state.mzxid === stat.mzxid;
}
