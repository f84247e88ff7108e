import { healthy } from './disk/faults.ts';
import { doWithout } from './doing-without.ts';
import { MIN_FAULTS, MIN_OPERATIONS, MIN_SIMULATED_MS } from './expectations.ts';
import { planFaults } from './faults/plan.ts';
import type { Action } from './history/operation.ts';
import { operate } from './operator/operator.ts';
import { UpgradeOperator } from './operator/upgrade.ts';
import { loseQuorum } from './quorum-lost.ts';
import { randomSettings } from './run-settings.ts';
import { MAX_TIMEOUT_MS, RECOVERY_MS, type RunResult, Simulation, STEADY } from './simulation.ts';
import { CLICKHOUSE, ClickHouse } from './workload/clickhouse.ts';
import { boxPaths, Keeper, VAULT } from './workload/keeper.ts';
import { LEDGER, Mix, registerPaths, SEQUENCE } from './workload/mix.ts';
import { Script } from './workload/script.ts';
import { USERS } from './workload/users.ts';

/** Numbers of clients that use access lists begin here. */
const FIRST_KEEPER = 50;
/** And those of clients that ask for ClickHouse Keeper's operations here. */
const FIRST_CLICKHOUSE = 60;
/** Others than those. */
const FEWEST_CLIENTS = 3;
/** Share of the runs in which the ensemble is upgraded meanwhile. */
const UPGRADE_RATE = 0.25;
/** Faults end by then. */
const FAULTS_UNTIL_MS = 15_000;
/** All clients must get answers again within this time after that. */
const PROGRESS_MS = 5_000;
/** Whoever is drained no longer says so within this. */
const TAKE_PART_MS = 500;
/** A run in which clients were mostly cut off goes on without faults until enough was asked. */
const LENGTHEN_MS = 60_000;
/** Clients that have stopped get their last answers within this time. */
const LAST_ANSWERS_MS = 3_000;
const FINAL_READS_MS = 10_000;
const CONVERGENCE_MS = 10_000;
/** Sessions whose clients are gone have ended by then: the longest timeout, and what it takes to decide and commit. */
const LAST_EXPIRY_MS = MAX_TIMEOUT_MS + 1_000;

/** One simulated life of an ensemble under faults: begin, suffer, recover, do without some of it, and be read by everybody. */
export async function runSeed(seed: number, options: { readonly trace?: boolean } = {}): Promise<RunResult> {
  const simulation = new Simulation(seed, options.trace === true, randomSettings);
  const settled =
    (await simulation.begin()) &&
    (await suffer(simulation)) &&
    (await recover(simulation)) &&
    (await doWithout(simulation)) &&
    (await loseQuorum(simulation)) &&
    (await stayCalm(simulation)) &&
    (await readAll(simulation));
  if (settled) simulation.checkHistory();
  simulation.count();
  return simulation.result();
}

async function suffer(simulation: Simulation): Promise<boolean> {
  const { time, totals } = simulation;
  const prng = simulation.prng.fork('clients');
  const { requestBytes } = simulation.ensemble.settings;
  const weights = { requestBytes, heavyRate: prng.pick([0.02, 0.1, 0.4]) };
  const others = beginKeepers(simulation) + beginClickHouses(simulation);
  const count = Math.max(FEWEST_CLIENTS, 4 + prng.below(4) - others);
  for (let number = 1; number <= count; number++) {
    const mix = new Mix(number, prng.fork(`mix ${number}`), weights);
    const client = simulation.client(number, mix, {
      depth: prng.pick([1, 2, 4, 16]),
      thinkMs: prng.pick([40, 80, 120]),
      patienceMs: prng.pick([500, 1_500, 3_000]),
      timeoutMs: prng.pick([2_000, 3_000, MAX_TIMEOUT_MS]),
      returnChance: prng.pick([0.3, 0.9, 0.98]),
      closeChance: 0.004,
      hopChance: prng.pick([0, 0.004, 0.02]),
      napChance: prng.pick([0, 0.002, 0.005]),
      silenceChance: prng.pick([0, 0.002, 0.006]),
    });
    simulation.clients.push(client);
    client.start();
  }
  simulation.intrude(FAULTS_UNTIL_MS);
  simulation.devour(FAULTS_UNTIL_MS);
  planFaults(simulation, simulation.prng.fork('faults'), time.nowMs + 500, FAULTS_UNTIL_MS);
  simulation.operator = operate(simulation, simulation.stream('operator'), time.nowMs + 500, FAULTS_UNTIL_MS);
  const upgrade = simulation.stream('upgrade');
  if (upgrade.chance(UPGRADE_RATE))
    simulation.upgrade = new UpgradeOperator(simulation, upgrade, time.nowMs + 500, FAULTS_UNTIL_MS);
  await time.runUntil(FAULTS_UNTIL_MS, () => simulation.failed);
  const faults = totals.get('faults');
  if (faults < MIN_FAULTS) {
    simulation.report({ rule: 'a run has faults', message: `only ${faults}`, operations: [] });
  }
  return !simulation.failed;
}

/** Some runs have clients that use access lists; several of them are the same user, and some are two. Returns how many. */
function beginKeepers(simulation: Simulation): number {
  const prng = simulation.stream('keepers');
  const count = prng.pick([0, 0, 2, 3]);
  for (let number = FIRST_KEEPER; number < FIRST_KEEPER + count; number++) {
    const client = simulation.client(number, new Keeper(number, prng.fork('keeper')), {
      depth: prng.pick([1, 4, 16]),
      thinkMs: prng.pick([80, 120]),
      patienceMs: prng.pick([500, 1_500]),
      timeoutMs: prng.pick([2_000, MAX_TIMEOUT_MS]),
      returnChance: prng.pick([0.9, 0.98]),
      closeChance: 0.004,
      hopChance: prng.pick([0, 0.02]),
      napChance: 0,
      silenceChance: 0,
      users: prng.sample(USERS, prng.pick([1, 1, 2])),
    });
    simulation.clients.push(client);
    client.start();
  }
  return count;
}

/** Some runs have clients as ClickHouse's are. Returns how many. */
function beginClickHouses(simulation: Simulation): number {
  const prng = simulation.stream('clickhouse');
  const count = simulation.clickHouses;
  for (let number = FIRST_CLICKHOUSE; number < FIRST_CLICKHOUSE + count; number++) {
    const client = simulation.client(number, new ClickHouse(number, prng.fork(`clickhouse ${number}`)), {
      depth: prng.pick([1, 4, 16]),
      thinkMs: prng.pick([60, 100]),
      patienceMs: prng.pick([500, 1_500]),
      timeoutMs: prng.pick([2_000, MAX_TIMEOUT_MS]),
      returnChance: prng.pick([0.5, 0.98]),
      closeChance: 0.004,
      hopChance: prng.pick([0, 0.02]),
      napChance: prng.pick([0, 0.002]),
      silenceChance: 0,
    });
    simulation.clients.push(client);
    client.start();
  }
  return count;
}

/** Everything works again: the ensemble has to become whole by itself, and everybody to be served. */
async function recover(simulation: Simulation): Promise<boolean> {
  const { ensemble, clients } = simulation;
  simulation.trace.add('run', 'all faults end');
  simulation.calm = true;
  ensemble.network.heal();
  simulation.operator?.hurry();
  simulation.upgrade?.hurry();
  for (const host of ensemble.hosts) {
    host.disk.rates = healthy;
    host.volume.answerAgain();
    host.growDisk();
    host.volume.decide = host.disk.decide;
    if (host.bounds.drainMs > RECOVERY_MS) host.ask((view) => view.undrain());
  }
  for (const client of clients) client.speakUp();
  if (!(await simulation.becomesWhole('the ensemble recovers after the last fault'))) return false;
  if (!(await simulation.endsUpgrade('the feature level is raised once every member can run it')))
    return false;
  if (!(await simulation.servesEverybody(PROGRESS_MS, 'every client is served after the last fault')))
    return false;
  return takePartAgain(simulation);
}

/** A member that was drained and not stopped may lead again; some heartbeats later its leader knows. */
async function takePartAgain(simulation: Simulation): Promise<boolean> {
  const { ensemble } = simulation;
  const isDrained = (): boolean => ensemble.members.some((host) => host.member?.draining.active === true);
  if (!isDrained()) return true;
  const rule = 'a drain that no stop follows wears off';
  if (!(await simulation.within(RECOVERY_MS, rule, () => !isDrained()))) return false;
  await simulation.runFor(TAKE_PART_MS);
  return !simulation.failed;
}

/** Nothing is wrong any more: nobody has a reason to elect, and in the end nothing is owed to anybody. */
async function stayCalm(simulation: Simulation): Promise<boolean> {
  const { time, ensemble, clients, recorder } = simulation;
  const elections = simulation.totals.get('elections');
  await time.runUntil(Math.max(MIN_SIMULATED_MS, time.nowMs + 500), () => simulation.failed);
  await simulation.within(
    LENGTHEN_MS,
    'a run is long enough',
    () => recorder.operations.length >= MIN_OPERATIONS,
  );
  for (const client of clients) client.stop();
  await simulation.runFor(LAST_ANSWERS_MS);
  if (simulation.failed) return false;
  if (simulation.totals.get('elections') > elections) {
    simulation.report({
      rule: 'a healthy leader stays',
      message: 'there was an election in the calm',
      operations: [],
    });
  }
  return simulation.within(LAST_ANSWERS_MS, 'no member owes an answer in the end', () =>
    ensemble.members.every((host) => host.member?.clients.executor.outstanding === 0),
  );
}

/** Some clients say goodbye, others just fall silent: no session outlives either. */
function endSessions(simulation: Simulation): Promise<boolean> {
  const { ensemble, clients } = simulation;
  clients.forEach((client, at) => {
    if (at % 2 === 0) client.leave();
  });
  return simulation.within(
    LAST_EXPIRY_MS + simulation.endingMs(ensemble.oracle.liveSessions),
    'every session ends whose client is gone',
    () => ensemble.oracle.liveSessions === 0,
  );
}

/** Reads everything from each member after a sync, then compares the members themselves. */
async function readAll(simulation: Simulation): Promise<boolean> {
  const { ensemble } = simulation;
  const actions: Action[] = [{ kind: 'sync', path: '/' }];
  for (const path of registerPaths) actions.push({ kind: 'get', path });
  actions.push({ kind: 'children', path: LEDGER }, { kind: 'children', path: SEQUENCE });
  for (const path of [VAULT, ...boxPaths]) actions.push({ kind: 'getAcl', path });
  for (const path of boxPaths) actions.push({ kind: 'get', path });
  if (simulation.clickHouses > 0) actions.push({ kind: 'children', path: CLICKHOUSE, isFiltered: true });
  const readers = ensemble.members.map((host) => {
    const script = new Script(actions);
    const habits = { depth: 50, thinkMs: 2, patienceMs: 4_000, ...STEADY, users: USERS.slice(0, 1) };
    const client = simulation.client(100 + host.serverId, script, habits, () => [host.serverId]);
    client.start();
    return { script, client };
  });
  const read = await simulation.within(FINAL_READS_MS, 'every member answers reads after a sync', () =>
    readers.every(({ script }) => script.done),
  );
  for (const { client } of readers) {
    client.stop();
    client.leave();
  }
  if (!read || !(await endSessions(simulation))) return false;
  return simulation.within(CONVERGENCE_MS, 'all members apply the same entries', () => ensemble.converged);
}
