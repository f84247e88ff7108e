import { healthy } from '../../server/sim/disk/faults.ts';
import type { EnsembleSettings } from '../../server/sim/ensemble.ts';
import { moments } from '../../server/sim/faults/fault.ts';
import { planFaults } from '../../server/sim/faults/plan.ts';
import type { Prng } from '../../server/sim/prng.ts';
import { randomSettings } from '../../server/sim/run-settings.ts';
import { type RunResult, Simulation, STEADY } from '../../server/sim/simulation.ts';
import { Mix } from '../../server/sim/workload/mix.ts';
import type { Client } from '../src/client.ts';
import { open } from '../src/connect.ts';
import type { Hold } from '../src/recipes/hold.ts';
import { Lock } from '../src/recipes/lock.ts';
import { ReadWriteLock } from '../src/recipes/read-write-lock.ts';
import { Semaphore } from '../src/recipes/semaphore.ts';
import { SubtreeCache } from '../src/recipes/subtree-cache.ts';
import { ExclusiveResource } from './exclusive-resource.ts';
import { consume, produce, QueueAccount } from './queue-users.ts';
import { SimWorld } from './sim-world.ts';
import { HoldUser } from './users.ts';

const FAULTS_UNTIL_MS = 15_000;
/** Who waits gets it within this, once nothing is wrong any more: lost sessions have to end first. */
const PROGRESS_MS = 20_000;
const QUEUE_MS = 20_000;
const LAST_MS = 15_000;
const WRITERS = 100;
const BYSTANDER = 40;

/** The whole world of one run. */
class RecipeRun {
  readonly simulation: Simulation;
  readonly #prng: Prng;
  readonly #stop = new AbortController();
  readonly #worlds: SimWorld[] = [];
  readonly #clients: Client[] = [];
  readonly #users: HoldUser[] = [];
  readonly #resources: ExclusiveResource[] = [];
  readonly #account = new QueueAccount();
  readonly #caches: SubtreeCache[] = [];
  #ended = 0;
  #begun = 0;

  constructor(seed: number, trace: boolean) {
    this.simulation = new Simulation(seed, trace, settingsOf);
    this.#prng = this.simulation.stream('recipes');
  }

  async suffer(): Promise<boolean> {
    const { simulation } = this;
    const { time } = simulation;
    const count = 3 + this.#prng.below(3);
    for (let number = 1; number <= count; number++) this.#addClient(number);
    this.#addUsers();
    this.#addBystander();
    planFaults(simulation, this.#prng.fork('faults'), time.nowMs + 500, FAULTS_UNTIL_MS);
    this.#planStalls(this.#prng.fork('stalls'), time.nowMs + 500);
    await time.runUntil(FAULTS_UNTIL_MS, () => simulation.failed);
    return !simulation.failed;
  }

  /** All faults end: the ensemble becomes whole, and everybody who waits gets what it waits for. */
  async recover(): Promise<boolean> {
    const { simulation } = this;
    const { ensemble } = simulation;
    simulation.trace.add('run', 'all faults end');
    simulation.calm = true;
    ensemble.network.heal();
    for (const host of ensemble.hosts) {
      host.disk.rates = healthy;
      host.volume.answerAgain();
      host.growDisk();
      host.volume.decide = host.disk.decide;
    }
    if (!(await simulation.becomesWhole('the ensemble recovers after the last fault'))) return false;
    for (const user of this.#users) user.becomePatient();
    const before = this.#users.map(({ done }) => done);
    const progressed = await simulation.within(PROGRESS_MS, 'whoever waits for a hold gets it', () =>
      this.#users.every(({ done }, at) => done >= before[at]! + 2),
    );
    for (const [at, { name, done }] of this.#users.entries())
      simulation.trace.add('users', `${name}: ${done - before[at]!} times since then`);
    return progressed;
  }

  async end(): Promise<boolean> {
    const { simulation } = this;
    this.#producers.abort();
    const empty = await simulation.within(
      QUEUE_MS,
      'each entry of the queue is consumed',
      () => this.#account.left.length === 0,
    );
    if (!empty) return false;
    const [twice] = this.#account.twice;
    if (twice !== undefined) this.#wrong('each entry of the queue is consumed once', twice);
    if (!(await this.#cachesAreTrue())) return false;
    this.#stop.abort();
    return simulation.within(LAST_MS, 'everybody ends who is told to', () => this.#ended === this.#begun);
  }

  count(): void {
    const { totals } = this.simulation;
    const sum = (of: (resource: ExclusiveResource) => number): number =>
      this.#resources.reduce((all, resource) => all + of(resource), 0);
    totals.add(
      'holds',
      sum(({ acquired }) => acquired),
    );
    totals.add(
      'uses',
      sum(({ used }) => used),
    );
    totals.add(
      'holds lost',
      sum(({ lost }) => lost),
    );
    totals.add(
      'waits given up',
      this.#users.reduce((all, { givenUp }) => all + givenUp, 0),
    );
    totals.add('entries put', this.#account.putCount);
    totals.add('entries consumed', this.#account.consumedCount);
    totals.add('entries given back', this.#account.released);
    totals.add('puts in doubt', this.#account.inDoubt);
    totals.add('caches compared', this.#caches.length);
  }

  readonly #producers = new AbortController();

  #addClient(number: number): void {
    const { simulation } = this;
    const { time, ensemble, trace } = simulation;
    const world = new SimWorld(
      number,
      { time, ensemble, trace, threw: (error) => this.#wrong('a client does not throw', String(error)) },
      this.#prng.fork(`client ${number}`),
    );
    this.#worlds.push(world);
    const { client, opened } = open(world, '', {
      sessionTimeoutMs: this.#prng.pick([2_000, 3_000, 4_000]),
      connectTimeoutMs: 60_000,
      callTimeoutMs: this.#prng.pick([1_000, 5_000, 30_000]),
    });
    opened.catch((error: unknown) => this.#wrong('a client gets a session', String(error)));
    client.onState((state, why) => {
      trace.add(world.name, `${state}: ${why}`);
      simulation.totals.add(`sessions ${state}`);
    });
    this.#clients.push(client);
  }

  /** A client of the server's own simulator: faults look at those. */
  #addBystander(): void {
    const { simulation } = this;
    const prng = this.#prng.fork('bystander');
    const weights = { requestBytes: simulation.ensemble.settings.requestBytes, heavyRate: 0.02 };
    const habits = { depth: 4, thinkMs: 80, patienceMs: 1_500, ...STEADY, returnChance: 0.98 };
    const client = simulation.client(BYSTANDER, new Mix(BYSTANDER, prng, weights), habits);
    simulation.clients.push(client);
    client.start();
  }

  #addUsers(): void {
    const lock = this.#resource('lock', 1);
    const semaphore = this.#resource('semaphore', 2);
    const readWrite = this.#resource('read-write lock', WRITERS);
    for (const [at, zk] of this.#clients.entries()) {
      this.#use(zk, at, 'lock', lock, 1, (signal) => new Lock(zk, '/recipes/lock').acquire({ signal }));
      this.#use(zk, at, 'leases', semaphore, 1, (signal) =>
        new Semaphore(zk, '/recipes/semaphore', 2).acquire({ signal }),
      );
      const shared = new ReadWriteLock(zk, '/recipes/shared');
      if (at % 2 === 0) this.#use(zk, at, 'write', readWrite, WRITERS, (signal) => shared.write({ signal }));
      else this.#use(zk, at, 'read', readWrite, 1, (signal) => shared.read({ signal }));
      const prng = this.#prng.fork(`queue ${at}`);
      if (at < 2)
        this.#run(`producer ${at}`, produce(zk, prng, `p${at}`, this.#account, this.#producers.signal));
      if (at > 0) this.#run(`consumer ${at}`, consume(zk, prng, this.#account, this.#stop.signal));
      if (at === 0) this.#run('cache', this.#cache(zk));
    }
  }

  #resource(name: string, places: number): ExclusiveResource {
    const resource = new ExclusiveResource(name, places, (rule, message) => this.#wrong(rule, message));
    this.#resources.push(resource);
    return resource;
  }

  #use(
    zk: Client,
    at: number,
    what: string,
    resource: ExclusiveResource,
    places: number,
    acquire: (signal: AbortSignal) => Promise<Hold>,
  ): void {
    const name = `${what} ${at + 1}`;
    const user = new HoldUser(
      { name, zk, resource, places, acquire, prng: this.#prng.fork(name) },
      this.#stop.signal,
    );
    this.#users.push(user);
    this.#run(name, user.running);
  }

  async #cache(zk: Client): Promise<void> {
    await zk.create('/recipes').catch(() => undefined);
    const cache = await SubtreeCache.open(zk, '/recipes');
    this.#caches.push(cache);
    await new Promise<void>((resolve) => {
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await cache.close();
  }

  #run(name: string, running: Promise<void>): void {
    this.#begun++;
    running.then(
      () => {
        this.#ended++;
      },
      (error: unknown) =>
        this.#wrong(
          'a recipe goes on',
          `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        ),
    );
  }

  /** What the caches hold of the queue, which nobody changes any more, is what stands there. */
  async #cachesAreTrue(): Promise<boolean> {
    for (const cache of this.#caches) {
      const rule = 'a cache follows its subtree';
      let expected: readonly string[] | undefined;
      this.#clients[1]!.children('/recipes/queue/entries').then(
        ({ names }) => {
          expected = names.sort();
        },
        (error: unknown) => this.#wrong(rule, String(error)),
      );
      const same = (): boolean =>
        expected !== undefined &&
        cache.children('/recipes/queue/entries').sort().join() === expected.join() &&
        !cache.signal.aborted;
      if (!(await this.simulation.within(LAST_MS, rule, same))) return false;
    }
    return true;
  }

  /** The process of a client stands still: shorter, and longer than its session lasts. */
  #planStalls(prng: Prng, fromMs: number): void {
    const { time, totals } = this.simulation;
    for (const atMs of moments(prng, fromMs, FAULTS_UNTIL_MS, prng.pick([700, 2_000]))) {
      time.at(atMs, () => {
        totals.add('stalls of clients');
        prng
          .pick(this.#worlds)
          .process.stall(prng.chance(0.7) ? prng.between(5, 400) : prng.between(400, 6_000));
      });
    }
  }

  #wrong(rule: string, message: string): void {
    this.simulation.report({ rule, message, operations: [] });
  }
}

/** The bounds and limits that members have by default: here their clients are looked at. */
function settingsOf(prng: Prng): EnsembleSettings {
  return { ...randomSettings(prng), limits: {}, bounds: {}, diskBytes: Number.POSITIVE_INFINITY, spares: 0 };
}

/** One simulated life of an ensemble whose clients use recipes under faults. */
export async function runRecipes(
  seed: number,
  options: { readonly trace?: boolean } = {},
): Promise<RunResult> {
  const run = new RecipeRun(seed, options.trace === true);
  const { simulation } = run;
  const settled =
    (await simulation.begin()) && (await run.suffer()) && (await run.recover()) && (await run.end());
  if (settled || simulation.failed) run.count();
  simulation.count();
  return simulation.result();
}
