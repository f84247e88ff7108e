import { Ensemble, type EnsembleSettings } from './ensemble.ts';
import { MIN_FAULTS, MIN_OPERATIONS, MIN_SIMULATED_MS } from './expectations.ts';
import { planFaults } from './faults.ts';
import { checkHistory } from './history/check.ts';
import type { Action, Operation, Violation } from './history/operation.ts';
import { Recorder } from './history/recorder.ts';
import { Prng } from './prng.ts';
import { VirtualTime } from './scheduler.ts';
import { Totals } from './totals.ts';
import { Trace } from './trace.ts';
import { type ActionSource, type ClientHabits, type ClientWorld, SimClient } from './workload/client.ts';
import { FOUNDATIONS, LEDGER, Mix, registerPaths, SEQUENCE } from './workload/mix.ts';
import { Script } from './workload/script.ts';

/** A new cluster must serve within this time. */
const GENESIS_MS = 8_000;
/** Faults end by then; every run lasts longer than 30 seconds. */
const FAULTS_UNTIL_MS = 26_000;
/** After the last fault the ensemble must be whole again within this time, rebuilt members included. */
const RECOVERY_MS = 20_000;
/** A run in which clients were mostly cut off goes on without faults until enough was asked. */
const LENGTHEN_MS = 60_000;
/** All clients must get answers again within this time after that. */
const PROGRESS_MS = 5_000;
const FINAL_READS_MS = 10_000;
const CONVERGENCE_MS = 10_000;

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly totals: Totals;
  readonly trace: readonly string[];
  readonly operations: readonly Operation[];
  /** Equal for two runs of one seed. */
  readonly fingerprint: number;
}

/** One simulated life of an ensemble under faults: a function of its seed. */
export async function runSeed(seed: number, options: { readonly trace?: boolean } = {}): Promise<RunResult> {
  const run = new Run(seed, options.trace === true);
  await run.go();
  return run.result();
}

class Run {
  readonly #seed: number;
  readonly #prng: Prng;
  readonly #time = new VirtualTime();
  readonly #totals = new Totals();
  readonly #trace: Trace;
  readonly #recorder = new Recorder();
  readonly #violations: Violation[] = [];
  readonly #ensemble: Ensemble;
  readonly #clients: SimClient[] = [];
  #sessions = 0;

  constructor(seed: number, trace: boolean) {
    this.#seed = seed;
    this.#prng = new Prng(seed, 'run');
    this.#trace = new Trace(this.#time, trace);
    const settings = randomSettings(this.#prng.fork('settings'));
    this.#trace.add('run', `seed ${seed}: ${JSON.stringify(settings)}`);
    const prng = this.#prng.fork('ensemble');
    this.#ensemble = new Ensemble(this.#time, this.#trace, this.#totals, prng, settings, (violation) =>
      this.#report(violation),
    );
  }

  result(): RunResult {
    return {
      seed: this.#seed,
      violations: this.#violations,
      totals: this.#totals,
      trace: this.#trace.lines,
      operations: this.#recorder.operations,
      fingerprint: this.#time.fingerprint,
    };
  }

  async go(): Promise<void> {
    this.#ensemble.start();
    const settled =
      (await this.#within(GENESIS_MS, 'a new cluster serves', () => this.#ensemble.whole)) &&
      (await this.#lay()) &&
      (await this.#suffer()) &&
      (await this.#recover()) &&
      (await this.#readAll());
    if (settled) this.#violations.push(...checkHistory(this.#recorder.operations, [LEDGER, SEQUENCE]));
    this.#count();
  }

  /** One client creates the parents of all that follows. */
  async #lay(): Promise<boolean> {
    const script = new Script(FOUNDATIONS.map((path) => ({ kind: 'create', path, value: `root${path}` })));
    const founder = this.#client(0, script, {
      depth: 1,
      thinkMs: 5,
      patienceMs: 2_000,
      returnChance: 0,
      closeChance: 0,
    });
    founder.start();
    const laid = await this.#within(5_000, 'the first writes are answered', () => script.done);
    founder.stop();
    return laid;
  }

  async #suffer(): Promise<boolean> {
    const prng = this.#prng.fork('clients');
    const count = 4 + prng.below(4);
    for (let number = 1; number <= count; number++) {
      const mix = new Mix(number, prng.fork(`mix ${number}`));
      const client = this.#client(number, mix, {
        depth: prng.pick([1, 2, 4, 16]),
        thinkMs: prng.pick([40, 80, 120]),
        patienceMs: prng.pick([500, 1_500, 3_000]),
        returnChance: prng.pick([0, 0.5, 0.9]),
        closeChance: 0.004,
      });
      this.#clients.push(client);
      client.start();
    }
    const world = {
      time: this.#time,
      ensemble: this.#ensemble,
      clients: this.#clients,
      trace: this.#trace,
      totals: this.#totals,
    };
    planFaults(world, this.#prng.fork('faults'), this.#time.nowMs + 500, FAULTS_UNTIL_MS);
    await this.#time.runUntil(FAULTS_UNTIL_MS, () => this.#failed);
    const faults = this.#totals.get('faults');
    if (faults < MIN_FAULTS)
      this.#report({ rule: 'a run has faults', message: `only ${faults}`, operations: [] });
    return !this.#failed;
  }

  /** Everything works again: the ensemble has to become whole by itself, and everybody to be served. */
  async #recover(): Promise<boolean> {
    const { hosts, network } = this.#ensemble;
    this.#trace.add('run', 'all faults end');
    network.heal();
    for (const { disk, volume } of hosts) {
      disk.rates = { ...disk.rates, slowRate: 0, slowMs: 0, syncErrorRate: 0, writeErrorRate: 0 };
      volume.capacityBytes = Number.POSITIVE_INFINITY;
      volume.decide = disk.decide;
    }
    const whole = await this.#within(RECOVERY_MS, 'the ensemble recovers after the last fault', () => {
      for (const host of hosts) if (!host.up) host.start();
      return this.#ensemble.whole;
    });
    if (!whole) return false;
    const answered = this.#clients.map((client) => client.answered);
    const progress = await this.#within(PROGRESS_MS, 'every client is served after the last fault', () =>
      this.#clients.every((client, at) => client.answered > (answered[at] as number) + 2),
    );
    await this.#time.runUntil(Math.max(MIN_SIMULATED_MS, this.#time.nowMs + 500), () => this.#failed);
    await this.#within(
      LENGTHEN_MS,
      'a run is long enough',
      () => this.#recorder.operations.length >= MIN_OPERATIONS,
    );
    for (const client of this.#clients) client.stop();
    await this.#time.runUntil(this.#time.nowMs + 3_000, () => this.#failed);
    return progress && !this.#failed;
  }

  /** Reads everything from each member after a sync, then compares the members themselves. */
  async #readAll(): Promise<boolean> {
    const actions: Action[] = [{ kind: 'sync', path: '/' }];
    for (const path of registerPaths) actions.push({ kind: 'get', path });
    actions.push({ kind: 'children', path: LEDGER }, { kind: 'children', path: SEQUENCE });
    const readers = this.#ensemble.hosts.map((host) => {
      const script = new Script(actions);
      const habits = { depth: 50, thinkMs: 2, patienceMs: 4_000, returnChance: 0, closeChance: 0 };
      const client = this.#client(100 + host.label, script, habits, [host.label]);
      client.start();
      return { script, client };
    });
    const read = await this.#within(FINAL_READS_MS, 'every member answers reads after a sync', () =>
      readers.every(({ script }) => script.done),
    );
    for (const { client } of readers) client.stop();
    if (!read) return false;
    return this.#within(CONVERGENCE_MS, 'all members apply the same entries', () => this.#ensemble.converged);
  }

  #client(
    number: number,
    source: ActionSource,
    habits: ClientHabits,
    labels = this.#ensemble.hosts.map((host) => host.label),
  ): SimClient {
    const world: ClientWorld = {
      time: this.#time,
      recorder: this.#recorder,
      labels,
      dial: (client, label) => this.#ensemble.dial(`client ${client}`, label),
      report: (violation) => this.#report(violation),
      nextSession: () => this.#sessions++,
      trace: (client, message) => this.#trace.add(`client ${client}`, message),
    };
    return new SimClient(number, world, this.#prng.fork(`client ${number}`), habits, source);
  }

  async #within(limitMs: number, rule: string, done: () => boolean): Promise<boolean> {
    const until = this.#time.nowMs + limitMs;
    await this.#time.runUntil(until, () => this.#failed || done());
    if (this.#failed) return false;
    if (done()) return true;
    const clients = this.#clients.map((client) => client.describe()).join('\n');
    const message = `not within ${limitMs} ms\n${this.#ensemble.describe()}\n${clients}`;
    this.#report({ rule, message, operations: [] });
    return false;
  }

  get #failed(): boolean {
    return this.#violations.length > 0;
  }

  #report(violation: Violation): void {
    this.#violations.push(violation);
    this.#trace.add('CHECK', `${violation.rule}: ${violation.message}`);
    this.#time.stop();
  }

  #count(): void {
    const totals = this.#totals;
    for (const host of this.#ensemble.hosts) this.#ensemble.monitor.ended(host);
    totals.add('seeds');
    totals.add('simulated seconds', Math.floor(this.#time.nowMs / 1000));
    totals.add('events', this.#time.executed);
    for (const { action, result } of this.#recorder.operations) {
      totals.add('operations');
      if (result.kind === 'unknown') totals.add('operations without an answer');
      if (result.kind === 'refused') totals.add('operations refused');
      if (result.kind !== 'ok') continue;
      if (action.kind === 'sync') totals.add('acknowledged syncs');
      else if ('value' in action || action.kind === 'multi' || action.kind === 'delete')
        totals.add('acknowledged writes');
      else totals.add('acknowledged reads');
    }
    for (const client of this.#clients) {
      totals.add('sessions begun', client.sessionsBegun);
      totals.add('sessions resumed', client.sessionsResumed);
      totals.add('connections lost', client.losses);
    }
    totals.add('digests compared', this.#ensemble.monitor.digestsCompared);
    const { votes, suspectVotes, preVotes, acknowledgements } = this.#ensemble.promises.totals;
    totals.add('votes', votes);
    totals.add('pre-votes', preVotes);
    totals.add('acknowledgements', acknowledgements);
    totals.add('votes of suspects', suspectVotes);
    totals.add(
      'lives',
      this.#ensemble.hosts.reduce((sum, host) => sum + host.lives, 0),
    );
    totals.add(
      'crashes that tore files',
      this.#ensemble.hosts.reduce((sum, { volume }) => sum + volume.totals.tornFiles, 0),
    );
  }
}

function randomSettings(prng: Prng): EnsembleSettings {
  const voters = prng.pick([3, 3, 3, 5]);
  return {
    voters,
    learners: prng.chance(0.2) ? 1 : 0,
    segmentBytes: prng.pick([16 * 1024, 64 * 1024]),
    snapRetainCount: prng.pick([1, 3]),
    snapshotEveryEntries: prng.pick([60, 200, 600]),
  };
}
