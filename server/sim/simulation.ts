import { Ensemble, type EnsembleSettings } from './ensemble.ts';
import { checkHistory } from './history/check.ts';
import { isWrite, type Operation, type Violation } from './history/operation.ts';
import { Recorder } from './history/recorder.ts';
import type { MembershipOperator } from './operator/membership.ts';
import type { UpgradeOperator } from './operator/upgrade.ts';
import { Prng } from './prng.ts';
import { VirtualTime } from './scheduler.ts';
import { Totals } from './totals.ts';
import { Trace } from './trace.ts';
import { CLICKHOUSE } from './workload/clickhouse.ts';
import { type ActionSource, type ClientHabits, type ClientWorld, SimClient } from './workload/client.ts';
import { Glutton } from './workload/glutton.ts';
import { VAULT } from './workload/keeper.ts';
import { MalformedClient, type MalformedClientWorld } from './workload/malformed-client.ts';
import { FOUNDATIONS, LEDGER, SEQUENCE, SHORT_LIVED } from './workload/mix.ts';
import { Script } from './workload/script.ts';
import { addressOf } from './workload/users.ts';
import { encodedBytes } from './workload/value.ts';

/** What a request has beside its data. */
const NEARLY_BYTES = 64;

const MALFORMED_CLIENTS_ADDRESS = '10.1.0.0';

/** A new cluster must serve within this time. */
const GENESIS_MS = 8_000;
const FIRST_WRITES_MS = 5_000;

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly totals: Totals;
  readonly trace: readonly string[];
  readonly operations: readonly Operation[];
  /** Equal for two runs of one seed. */
  readonly fingerprint: number;
}

/** The longest timeout that clients ask for. */
export const MAX_TIMEOUT_MS = 4_000;

/** After the last fault an ensemble must be whole again within this time, rebuilt members included. */
export const RECOVERY_MS = 20_000;
/** Between two looks of a leader for silent sessions, each of which ends so many (`reviewExpiries`). */
const REVIEW_MS = 110;

/** A client that neither leaves nor falls silent. */
export const STEADY = {
  timeoutMs: MAX_TIMEOUT_MS,
  returnChance: 0,
  closeChance: 0,
  hopChance: 0,
  napChance: 0,
  silenceChance: 0,
} as const;

/** The world of one run: machines, network, clients, virtual time, and what was found wrong. A function of its seed. */
export class Simulation {
  readonly prng: Prng;
  readonly time = new VirtualTime();
  readonly totals = new Totals();
  readonly trace: Trace;
  readonly recorder = new Recorder();
  readonly ensemble: Ensemble;
  readonly clients: SimClient[] = [];
  /** Clients as ClickHouse's are: so many, in half of the runs none, and these are as they would be if there were no dialects. */
  readonly clickHouses: number;
  /** No fault begins any more. */
  calm = false;
  readonly #seed: number;
  readonly #violations: Violation[] = [];
  /** Who decides on members in this run, if anybody does. */
  operator: MembershipOperator | undefined;
  /** Who brings a new release in this run, if anybody does. */
  upgrade: UpgradeOperator | undefined;
  #connections = 0;
  #malformedClient: MalformedClient | undefined;

  constructor(seed: number, trace: boolean, settings: (prng: Prng) => EnsembleSettings) {
    this.#seed = seed;
    this.prng = new Prng(seed, 'run');
    this.trace = new Trace(this.time, trace);
    const chosen = settings(this.prng.fork('settings'));
    this.clickHouses = this.stream('clickhouse clients').pick([0, 0, 1, 2]);
    this.trace.add('run', `seed ${seed}: ${JSON.stringify(chosen)}`);
    const prng = this.prng.fork('ensemble');
    this.ensemble = new Ensemble(this.time, this.trace, this.totals, prng, chosen, (violation) =>
      this.report(violation),
    );
  }

  /** A source of chance of its own: what is drawn there shifts nothing elsewhere. */
  stream(name: string): Prng {
    return new Prng(this.#seed, name);
  }

  get failed(): boolean {
    return this.#violations.length > 0;
  }

  result(): RunResult {
    return {
      seed: this.#seed,
      violations: this.#violations,
      totals: this.totals,
      trace: this.trace.lines,
      operations: this.recorder.operations,
      fingerprint: this.time.fingerprint,
    };
  }

  /** Ends the run: what comes after a violation proves nothing. */
  report(violation: Violation): void {
    this.#violations.push(violation);
    this.trace.add('CHECK', `${violation.rule}: ${violation.message}`);
    this.time.stop();
  }

  /** Starts the machines; settles when they serve and the parents of all that follows are there. */
  async begin(): Promise<boolean> {
    this.ensemble.start();
    if (!(await this.within(GENESIS_MS, 'a new cluster serves', () => this.ensemble.whole))) return false;
    const script = new Script(
      [...FOUNDATIONS, VAULT, ...(this.clickHouses === 0 ? [] : [CLICKHOUSE])].map((path) => ({
        kind: 'create',
        path,
        value: `root${path}`,
      })),
    );
    const founder = this.client(0, script, {
      depth: 1,
      thinkMs: 5,
      patienceMs: 2_000,
      ...STEADY,
    });
    founder.start();
    const laid = await this.within(FIRST_WRITES_MS, 'the first writes are answered', () => script.done);
    founder.stop();
    return laid;
  }

  /** `serverIds`: the members that it may connect to. */
  client(
    number: number,
    source: ActionSource,
    habits: ClientHabits,
    serverIds: () => readonly number[] = () => this.ensemble.serverIds,
  ): SimClient {
    const world: ClientWorld = {
      time: this.time,
      recorder: this.recorder,
      oracle: this.ensemble.oracle,
      get serverIds() {
        return serverIds();
      },
      dial: (client, serverId) => this.ensemble.dial(`client ${client}`, addressOf(client), serverId),
      report: (violation) => this.report(violation),
      nextConnection: () => this.#connections++,
      holds: (session, contacts) => this.ensemble.expiries.held(session, contacts),
      trace: (client, message) => this.trace.add(`client ${client}`, message),
    };
    return new SimClient(number, world, this.prng.fork(`client ${number}`), habits, source);
  }

  /** Lets somebody try the sessions of others for a while. */
  intrude(untilMs: number): void {
    const prng = this.prng.fork('intruder');
    const world: MalformedClientWorld = {
      time: this.time,
      serverIds: this.ensemble.serverIds,
      dial: (serverId) => this.ensemble.dial('malformed client', MALFORMED_CLIENTS_ADDRESS, serverId),
      victim: () => prng.pick(this.clients).session,
      wrong: (rule, message) => this.report({ rule, message, operations: [] }),
    };
    this.#malformedClient = new MalformedClient(world, prng);
    this.#malformedClient.start(untilMs);
  }

  /** Lets somebody take as much of the members as they let him. */
  devour(untilMs: number): void {
    const { requestBytes, bounds } = this.ensemble.settings;
    const { clientMemoryBytes } = bounds;
    // With the memory that members have by default one run could not fill it.
    if (clientMemoryBytes === undefined) return;
    const world = {
      time: this.time,
      serverIds: this.ensemble.hosts.map((host) => host.serverId),
      requestBytes,
      clientMemoryBytes,
      dial: (serverId: number) => this.ensemble.dial('glutton', MALFORMED_CLIENTS_ADDRESS, serverId),
      answerRefused: () => this.totals.add('bound: answer to one request'),
    };
    new Glutton(world, this.prng.fork('glutton')).start(untilMs);
  }

  /** Runs until `done` holds; that it does not within the limit breaks the rule. */
  async within(limitMs: number, rule: string, done: () => boolean): Promise<boolean> {
    await this.time.runUntil(this.time.nowMs + limitMs, () => this.failed || done());
    if (this.failed) return false;
    if (done()) return true;
    const clients = this.clients.map((client) => client.describe()).join('\n');
    const message = `not within ${limitMs} ms\n${this.ensemble.describe()}\n${clients}`;
    this.report({ rule, message, operations: [] });
    return false;
  }

  /** Whoever is meant to run is started again until all is as it should be. */
  becomesWhole(rule: string): Promise<boolean> {
    const { ensemble } = this;
    return this.within(RECOVERY_MS, rule, () => {
      for (const host of ensemble.hosts) host.startAgain();
      return ensemble.whole;
    });
  }

  /** Every machine has the new release and all members do what it brings, where there is one in this run. */
  async endsUpgrade(rule: string): Promise<boolean> {
    const { ensemble, upgrade } = this;
    return (
      upgrade === undefined ||
      (await this.within(RECOVERY_MS, rule, () => {
        for (const host of ensemble.hosts) host.startAgain();
        return upgrade.isDone && ensemble.whole;
      }))
    );
  }

  /** Every client gets some more answers. */
  servesEverybody(limitMs: number, rule: string): Promise<boolean> {
    const { clients } = this;
    const answered = clients.map((client) => client.answered);
    return this.within(limitMs, rule, () =>
      clients.every((client, at) => client.answered > (answered[at] as number) + 2),
    );
  }

  /** Leaders end so many sessions within this, each of their looks its share. */
  endingMs(sessions: number): number {
    const { reviewExpiries = Number.POSITIVE_INFINITY } = this.ensemble.settings.bounds;
    return Math.ceil(sessions / reviewExpiries) * REVIEW_MS;
  }

  async runFor(forMs: number): Promise<void> {
    await this.time.runUntil(this.time.nowMs + forMs, () => this.failed);
  }

  checkHistory(): void {
    this.#violations.push(
      ...checkHistory(this.recorder.operations, [LEDGER, SEQUENCE], [...SHORT_LIVED, VAULT, CLICKHOUSE]),
    );
  }

  count(): void {
    const { totals, ensemble } = this;
    for (const host of ensemble.hosts) ensemble.monitor.ended(host);
    totals.add('seeds');
    totals.add('simulated seconds', Math.floor(this.time.nowMs / 1000));
    totals.add('events', this.time.executed);
    for (const operation of this.recorder.operations)
      countOperation(totals, operation, ensemble.settings.requestBytes);
    for (const client of this.clients) {
      totals.add('sessions begun', client.sessionsBegun);
      totals.add('sessions resumed', client.sessionsResumed);
      totals.add('sessions found ended', client.sessionsLost);
      totals.add('sessions moved to another member', client.moves);
      totals.add('silences', client.silences);
      totals.add('connections lost', client.losses);
      const { armed, events, catchUps, caughtUpEvents } = client.watchChecker.totals;
      totals.add('watches armed', armed);
      totals.add('watch events', events);
      totals.add('setWatches', catchUps);
      totals.add('watch events of setWatches', caughtUpEvents);
      const { refused, acceptedByIdentity, aclsChanged } = client.rights.totals;
      totals.add('identities proved', client.prover.proofs);
      totals.add('proofs refused', client.prover.refusals);
      totals.add('requests refused for want of rights', refused);
      totals.add('requests accepted by right of an identity', acceptedByIdentity);
      totals.add('access lists changed', aclsChanged);
      totals.add("ClickHouse Keeper's writes done", client.dialect.totals.done);
      totals.add("ClickHouse Keeper's writes refused", client.dialect.totals.refused);
    }
    totals.add('malformed clients turned away', this.#malformedClient?.refusals ?? 0);
    const log = ensemble.oracle.totals;
    totals.add('sessions closed', log.sessionsClosed);
    totals.add('attachments', log.attachments);
    totals.add('expiries', log.expiries);
    totals.add('expiries void', log.voidExpiries);
    totals.add('sessions ended by a forced recovery', log.formersEnded);
    totals.add('writes refused: session moved', log.refusedAsMoved);
    totals.add('writes refused: session ended', log.refusedAsExpired);
    totals.add('ephemerals', log.ephemerals);
    totals.add('ephemerals gone with their session', log.ephemeralsGone);
    const { votes, suspectVotes, preVotes, acknowledgements } = ensemble.promises.totals;
    totals.add('votes', votes);
    totals.add('pre-votes', preVotes);
    totals.add('votes of suspects', suspectVotes);
    totals.add('acknowledgements', acknowledgements);
    totals.add('digests compared', ensemble.monitor.digestsCompared);
    for (const { lives, volume, disk } of ensemble.hosts) {
      totals.add('lives', lives);
      totals.add('crashes that tore files', volume.totals.tornFiles);
      totals.add('disk calls without room', volume.refusals);
      totals.add('disk calls without a descriptor', disk.refusedDescriptors);
      totals.add('disk calls that hung', volume.held);
    }
  }
}

/** Of the acknowledged ones. */
function countWeight(totals: Totals, bytes: number, requestBytes: number): void {
  if (bytes === 0) totals.add('values of 0 bytes');
  if (bytes >= 1_000) totals.add('values of 1 kB and more');
  if (bytes >= 30_000) totals.add('values of 30 kB and more');
  if (bytes > requestBytes - NEARLY_BYTES) totals.add('values as heavy as a request may be');
}

function countOperation(totals: Totals, { action, result }: Operation, requestBytes: number): void {
  totals.add('operations');
  if (result.kind === 'unknown') totals.add('operations without an answer');
  if (result.kind === 'refused') totals.add('operations refused');
  if (result.kind !== 'ok') return;
  if (action.kind === 'sync') totals.add('acknowledged syncs');
  else if (isWrite(action)) {
    totals.add('acknowledged writes');
    if ('value' in action) countWeight(totals, encodedBytes(action.value), requestBytes);
  } else totals.add('acknowledged reads');
}
