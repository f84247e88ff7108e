import { isRefused, perform, unanswered } from './api.ts';
import { Catalogue } from './catalogue.ts';
import { certificateMoves, strangers } from './certificates.ts';
import { findCycle } from './cycle.ts';
import { Decider, type Decision } from './decision.ts';
import { endOf } from './ends.ts';
import { faultMoves } from './faults.ts';
import { kubernetesMoves } from './kubernetes.ts';
import { type Move, Moves } from './move.ts';
import { keyOf, type Sources } from './observation.ts';
import { pack, packedBytes, unpack } from './packed-world.ts';
import { raftMoves } from './raft.ts';
import { brokenRule } from './rules.ts';
import type { Scenario } from './scenarios.ts';
import { StateTable } from './state-table.ts';
import { describeStep } from './trace.ts';
import { userMoves } from './user.ts';
import { copyOf, type World } from './world.ts';

export interface Walked {
  readonly states: number;
  readonly transitions: number;
  /** Each state from which nothing goes on, by what it has come to. */
  readonly ends: ReadonlyMap<string, number>;
  /** Calls of `decide`. */
  readonly decisions: number;
  /** Not all states were looked at: there are more than allowed. */
  readonly isCut: boolean;
  readonly violation: Violation | undefined;
}

export interface Violation {
  readonly rule: string;
  /** What happened, from the beginning: no shorter way breaks a rule. */
  readonly trace: readonly string[];
}

const NOTHING_APPLIED = { appliedInfrastructure: 0, appliedSet: 0, appliedReadSet: 0 } as const;

/** No API server forbids these. */
const TO_MEMBERS: ReadonlySet<string> = new Set(['changeMembership', 'handOver', 'forceNewCluster']);

/** One of so many is looked at twice. */
const SAMPLE = 101;

/** Breadth first through all that can happen, until a rule is broken. */
export function walk(scenario: Scenario, maxStates = Number.POSITIVE_INFINITY): Walked {
  return new Walk(scenario).run(maxStates);
}

class Walk {
  readonly #scenario: Scenario;
  readonly #catalogue: Catalogue;
  readonly #decider: Decider;
  readonly #sites: number;
  readonly #readers: number;
  /** That a way may have. */
  readonly #faults: number;
  readonly #table: StateTable;
  readonly #labels = new Labels();
  readonly #bytes: Uint8Array;
  /** Where each state's fair successors begin. */
  readonly #firstEdge: number[] = [];
  readonly #edges: number[] = [];
  readonly #ends = new Map<string, number>();
  #transitions = 0;
  #violation: Violation | undefined;
  /** Number of the state whose successors are being made. */
  #at = -1;
  #fairCount = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#catalogue = new Catalogue(scenario.edits);
    this.#decider = new Decider(this.#catalogue);
    const first = scenario.start(this.#catalogue, this.#decider);
    this.#sites = first.sites.length;
    this.#readers = first.readers.length;
    this.#faults = first.faults;
    this.#bytes = new Uint8Array(packedBytes(this.#sites, this.#readers));
    this.#table = new StateTable(this.#bytes.length);
    this.#add(first, '');
  }

  run(maxStates: number): Walked {
    while (this.#violation === undefined && this.#at + 1 < Math.min(this.#table.size, maxStates)) {
      this.#at++;
      this.#firstEdge.push(this.#edges.length);
      this.#expand(unpack(this.#table.bytesOf(this.#at), this.#sites, this.#readers));
    }
    const isCut = this.#violation === undefined && this.#at + 1 < this.#table.size;
    if (this.#violation === undefined) this.#lookForCycles();
    return {
      states: this.#table.size,
      transitions: this.#transitions,
      ends: this.#ends,
      decisions: this.#decider.calls,
      isCut,
      violation: this.#violation,
    };
  }

  #expand(world: World): void {
    this.#fairCount = 0;
    const distrust = strangers(world);
    if (distrust !== undefined) {
      this.#violate(`each member trusts what the others show: ${distrust}`);
      return;
    }
    const moves = new Moves(world);
    kubernetesMoves(this.#catalogue, world, moves);
    raftMoves(this.#catalogue, world, moves);
    userMoves(this.#catalogue, world, moves);
    certificateMoves(world, moves);
    faultMoves(this.#catalogue, world, this.#scenario.among, moves);
    for (const { kind, label, next } of moves.all) this.#reach(next, label, kind === 'fair');
    if (world.deletion === 2) {
      this.#endHere(world, undefined);
      return;
    }
    const sources = sourcesOf(world);
    const decision = this.#decide(sources);
    if (decision === undefined) return;
    this.#do(decision, sources, world);
    for (const move of moves.all) this.#race(world, decision, move);
    if (world.crashes > 0) {
      const anew = { ...copyOf(world), crashes: world.crashes - 1, ...NOTHING_APPLIED };
      this.#reach(anew, 'the operator starts anew', false);
    }
    this.#endHere(world, decision);
  }

  #decide(sources: Sources): Decision | undefined {
    try {
      return this.#decider.decide(sources);
    } catch (error) {
      this.#violate(`decide fails: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }

  /** What was seen is what is: the step succeeds, or it is not answered, or it is refused. */
  #do(decision: Decision, seen: Sources, world: World): void {
    const { step } = decision;
    if (step.kind === 'wait') return;
    const label = `operator: ${describeStep(step)}`;
    this.#hold({ seen, decision, world, isSudden: false }, label);
    const outcome = perform(this.#catalogue, world, decision);
    if (isRefused(outcome)) {
      this.#transitions++;
      const status = outcome.isLasting ? this.#decider.told(decision, seen, outcome.why) : undefined;
      if (status !== undefined)
        this.#reach({ ...copyOf(world), status }, `${label}: refused, ${outcome.why}`, true, true);
      return;
    }
    const isTold = step.kind === 'writeStatus';
    this.#reach(outcome, label, true, isTold);
    // The next look may not show it yet: of pods a cache tells, and nobody remembers what was done to them.
    if (step.kind === 'delete' && step.object.kind === 'Pod')
      this.#look({ objects: outcome, pods: world, members: outcome }, outcome, label, false);
    if (world.losses === 0) return;
    const losses = world.losses - 1;
    this.#reach({ ...unanswered(world, outcome, step), losses }, `${label}: done, not answered`, false);
    const status = this.#decider.told(decision, seen, 'it may not');
    if (status !== undefined && !TO_MEMBERS.has(step.kind))
      this.#reach({ ...copyOf(world), losses, status }, `${label}: forbidden`, false, true);
  }

  /** Something happens between the look and the step, or the caches have not heard of it yet. */
  #race(world: World, decision: Decision, { label, next, kind }: Move): void {
    const isSudden = kind === 'fault';
    if (decision.step.kind !== 'wait') this.#take(decision, sourcesOf(world), next, label, isSudden);
    const behind = { objects: world, pods: world, members: next };
    // Where either part is as it was, that is one of the looks that are taken anyhow.
    const key = keyOf(behind);
    if (key !== keyOf(sourcesOf(world)) && key !== keyOf(sourcesOf(next)))
      this.#look(behind, next, label, isSudden);
  }

  /** @param since what has happened that the caches do not show */
  #look(seen: Sources, world: World, since: string, isSudden: boolean): void {
    if (world.deletion !== 0) return;
    const decision = this.#decide(seen);
    if (decision !== undefined && decision.step.kind !== 'wait')
      this.#take(decision, seen, world, since, isSudden);
  }

  #take(decision: Decision, seen: Sources, world: World, since: string, isSudden: boolean): void {
    const label = `${since}; unseen by the operator: ${describeStep(decision.step)}`;
    const outcome = perform(this.#catalogue, world, decision);
    if (isRefused(outcome)) {
      this.#transitions++;
      return;
    }
    this.#hold({ seen, decision, world, isSudden }, label);
    this.#reach(outcome, label, false);
  }

  #hold(deed: Omit<Parameters<typeof brokenRule>[0], 'catalogue'>, label: string): void {
    const rule = brokenRule({ ...deed, catalogue: this.#catalogue });
    if (rule !== undefined) this.#violate(rule, label);
  }

  #reach(next: World, label: string, isFair: boolean, isTold = false): void {
    this.#transitions++;
    if (!isTold) this.#outlive(next);
    const number = this.#add(next, label);
    if (!isFair || number === this.#at) return;
    this.#fairCount++;
    this.#edges.push(number);
  }

  /** States that differ in no more than what a status once said are one. */
  #outlive(next: World): void {
    const status = this.#catalogue.remnantOf(next.status);
    if (status !== next.status && this.#transitions % SAMPLE === 0 && next.deletion < 2)
      this.#decider.compare(sourcesOf(next), sourcesOf({ ...next, status }));
    next.status = status;
  }

  #add(world: World, label: string): number {
    return this.#table.add(pack(world, this.#bytes), this.#at, this.#labels.numberOf(label));
  }

  #endHere(world: World, decision: Decision | undefined): void {
    if (this.#fairCount > 0 || this.#violation !== undefined) return;
    const end = endOf(this.#catalogue, world, {
      step: decision?.step,
      plannedSet: decision?.planned.set ?? 0,
      plannedReadSet: decision?.planned.readSet ?? 0,
      hadFault: world.faults < this.#faults,
    });
    if ('wrong' in end) this.#violate(`it ends badly: ${end.wrong}`);
    else this.#ends.set(end.name, (this.#ends.get(end.name) ?? 0) + 1);
  }

  /** Without a fault nothing may go round and round: each way through fair moves and the operator's steps then has an end. */
  #lookForCycles(): void {
    const cycle = findCycle(this.#firstEdge, this.#edges);
    if (cycle === undefined) return;
    const round = cycle.map((state) => this.#table.wayTo(state).at(-1)!);
    this.#at = cycle[0]!;
    this.#violate('it never ends', `… and so on for ever, by ${this.#labels.of(round).join(' → ')}`);
  }

  #violate(rule: string, last?: string): void {
    const way = this.#labels.of(this.#table.wayTo(this.#at));
    this.#violation ??= { rule, trace: last === undefined ? way : [...way, last] };
  }
}

function sourcesOf(world: World): Sources {
  return { objects: world, pods: world, members: world };
}

class Labels {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  of(numbers: readonly number[]): string[] {
    return numbers.map((number) => this.#texts[number]!);
  }
}
