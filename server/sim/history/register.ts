import { ABSENT, after, afterUnanswered, type Effect, matches, type NodeState } from './node-state.ts';
import type { Observation, UnansweredWrite } from './observations.ts';
import { describe, type Operation, type Violation } from './operation.ts';

/** Steps of the search for one node, after which it is given up and reported: right histories need a small fraction. */
const MAX_STEPS = 200_000;

/**
 * Replays one node in zxid order. Every answered operation has its place; only writes without an answer whose zxid no reply ever showed
 * float: they may have happened at any zxid above what had been shown when they were sent, or never. The search puts in as few of them as are needed
 * to explain each reply, and as late as possible, which loses no explanation: whatever could be put in earlier can be put in later,
 * for the replies in between that were explained without it either show the state or set it.
 *
 * Sound and complete, given the zxids: it reports a node exactly when no placement explains all replies (or when it gives up).
 */
export function checkRegister(
  path: string,
  observations: readonly Observation[],
  unanswered: readonly UnansweredWrite[],
  operations: readonly Operation[],
): Violation | undefined {
  const search = new Search(observations, unanswered);
  if (search.explain(0, ABSENT, 0)) return undefined;
  const stuck = observations[search.furthest] as Observation;
  const before = observations.slice(Math.max(0, search.furthest - 4), search.furthest);
  const lines = [...before, stuck].map(
    (observation) =>
      `  at zxid ${observation.zxid}: ${describe(operations[observation.operation] as Operation)}`,
  );
  return {
    rule: search.exhausted ? 'replies explained within the search limit' : 'linearizable',
    message: `${path}: nothing explains the last of these replies (state before it: ${JSON.stringify(search.furthestState)}, ${
      unanswered.length
    } writes without an answer)\n${lines.join('\n')}`,
    operations: [...before, stuck].map((observation) => observation.operation),
  };
}

/** Interchangeable writes: the same effect on the node. `notBefore`, ascending: each may take a zxid above its own. */
interface FloatingClass {
  readonly kind: 'create' | 'set' | 'delete';
  readonly version: number;
  readonly notBefore: readonly number[];
  used: number;
}

class Search {
  readonly #observations: readonly Observation[];
  readonly #classes: FloatingClass[];
  readonly #failed = new Set<string>();
  #steps = 0;
  furthest = 0;
  furthestState: NodeState = ABSENT;

  constructor(observations: readonly Observation[], unanswered: readonly UnansweredWrite[]) {
    this.#observations = observations;
    const classes = new Map<string, { kind: FloatingClass['kind']; version: number; notBefore: number[] }>();
    for (const write of unanswered) {
      const key = `${write.kind} ${write.version}`;
      const members = classes.get(key) ?? { kind: write.kind, version: write.version, notBefore: [] };
      members.notBefore.push(write.notBefore);
      classes.set(key, members);
    }
    this.#classes = [...classes.values()].map((members) => ({
      ...members,
      notBefore: members.notBefore.sort((a, b) => a - b),
      used: 0,
    }));
  }

  get exhausted(): boolean {
    return this.#steps > MAX_STEPS;
  }

  /** Whether the observations from `start` on are explained, given a state in which all zxids up to `startLow` are accounted for. */
  explain(start: number, startState: NodeState, startLow: number): boolean {
    let state = startState;
    let low = startLow;
    for (let at = start; at < this.#observations.length; at++) {
      const { effect, zxid } = this.#observations[at] as Observation;
      if (effect.kind === 'unanswered') {
        return this.#choose(at, state, effect) || this.#fill(at, state, low);
      }
      const next = after(state, effect, zxid);
      if (next === undefined) {
        this.#reached(at, state);
        return this.#fill(at, state, low);
      }
      if (leavesVersionOpen(effect)) return this.explain(at + 1, next, zxid) || this.#fill(at, state, low);
      state = next;
      if (settlesState(effect)) low = zxid;
    }
    return true;
  }

  /** Finds the write that took the zxid of observation `at`, of which only that is known. */
  #choose(at: number, state: NodeState, effect: Effect & { kind: 'unanswered' }): boolean {
    const { zxid } = this.#observations[at] as Observation;
    this.#reached(at, state);
    for (const members of this.#classes) {
      const notBefore = members.notBefore[members.used];
      if (members.kind !== effect.make || notBefore === undefined || notBefore >= zxid) continue;
      const next = afterUnanswered(state, members, zxid);
      if (next === undefined || (effect.make === 'set' && !matches(next, effect.stat))) continue;
      members.used++;
      if (this.explain(at + 1, next, zxid)) return true;
      members.used--;
    }
    return false;
  }

  /** Puts a floating write in before observation `at`. */
  #fill(at: number, state: NodeState, low: number): boolean {
    if (++this.#steps > MAX_STEPS) return false;
    const key = `${at} ${low} ${JSON.stringify(state)} ${this.#classes.map((members) => members.used).join()}`;
    if (this.#failed.has(key)) return false;
    const observation = this.#observations[at] as Observation;
    for (const members of this.#classes) {
      const notBefore = members.notBefore[members.used];
      if (notBefore === undefined) continue;
      const above = Math.max(low, notBefore);
      if (!hasRoom(above, observation)) continue;
      const next = afterUnanswered(state, members, undefined);
      if (next === undefined) continue;
      members.used++;
      if (this.explain(at, next, above + 1)) return true;
      members.used--;
    }
    this.#failed.add(key);
    return false;
  }

  #reached(at: number, state: NodeState): void {
    if (at < this.furthest) return;
    this.furthest = at;
    this.furthestState = state;
  }
}

/** What was written before it shows in its reply, or does not matter any more. A refusal may stand on either side of such a write. */
function settlesState(effect: Effect): boolean {
  return effect.kind !== 'refused' && effect.kind !== 'holds' && effect.kind !== 'showsNone';
}

/** A set whose version nobody saw: the one case in which writing more before it may explain what writing more after it does not. */
function leavesVersionOpen(effect: Effect): boolean {
  return effect.kind === 'set' && effect.version === -1 && effect.stat === undefined;
}

/** Whether a zxid above `above` is left before the observation; one that a read shows may be the read's own. */
function hasRoom(above: number, { zxid, write }: Observation): boolean {
  return write ? above + 1 < zxid : above < zxid;
}
