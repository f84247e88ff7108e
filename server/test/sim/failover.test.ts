import { expect, test } from 'vitest';
import type { Host } from '../../sim/host.ts';
import { Simulation, STEADY } from '../../sim/simulation.ts';
import type { ActionSource } from '../../sim/workload/client.ts';
import { LEDGER } from '../../sim/workload/mix.ts';

const SEEDS = 20;
/** Timeouts of the virtual machines, not of this one: the figures are the same everywhere. */
const MAX_KILLED_MS = 150;
const MEDIAN_SILENT_MS = 1_000;
/** Two members that begin an election at once cost one more round of it. */
const MAX_SILENT_MS = 2_000;

const settings = () => ({
  voters: 3,
  learners: 0,
  spares: 0,
  segmentBytes: 64 * 1024,
  snapRetainCount: 3,
  snapshotEveryEntries: 600,
  snapshotEveryBytes: 64 * 1024 * 1024,
  requestBytes: 1024 * 1024 - 1,
  diskBytes: Number.POSITIVE_INFINITY,
  msPerByte: 0,
  bytesPerMs: Number.POSITIVE_INFINITY,
  bounds: {},
});

/** Writes new nodes, one after the other, and remembers the longest time in which none was acknowledged. */
class Writers {
  longestMs = 0;
  #lastMs: number;
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#lastMs = simulation.time.nowMs;
  }

  source(number: number): ActionSource {
    let count = 0;
    return {
      next: () => {
        const value = `${number}-${count++}`;
        return [{ kind: 'create', path: `${LEDGER}/${value}`, value }];
      },
      learn: ({ result }) => {
        if (result.kind === 'ok') this.note();
      },
    };
  }

  note(): void {
    const { nowMs } = this.#simulation.time;
    this.longestMs = Math.max(this.longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}

/** Six writers at the members that do not lead, and harm to the one that does. */
async function longestPauseMs(seed: number, harm: (simulation: Simulation) => void): Promise<number> {
  const simulation = new Simulation(seed, false, settings);
  expect(await simulation.begin(), `seed ${seed}`).toBe(true);
  const { ensemble } = simulation;
  const others = ensemble.hosts.filter((host) => host !== ensemble.leader).map((host) => host.serverId);
  const writers = new Writers(simulation);
  for (let number = 1; number <= 6; number++) {
    const habits = { depth: 4, thinkMs: 20, patienceMs: 5_000, ...STEADY, returnChance: 1 };
    simulation.client(number, writers.source(number), habits, () => others).start();
  }
  await simulation.runFor(400);
  writers.longestMs = 0;
  harm(simulation);
  await simulation.runFor(3_000);
  writers.note();
  simulation.checkHistory();
  expect(simulation.result().violations, `seed ${seed}`).toEqual([]);
  return Math.round(writers.longestMs);
}

async function pauses(harm: (simulation: Simulation) => void): Promise<{ median: number; max: number }> {
  const all: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) all.push(await longestPauseMs(seed, harm));
  all.sort((a, b) => a - b);
  return { median: all[SEEDS >> 1] ?? 0, max: all.at(-1) ?? 0 };
}

test('a leader that is killed is replaced before anybody waits long', async () => {
  const { median, max } = await pauses(({ ensemble }) => ensemble.leader?.kill());
  console.log(`leader killed: virtual ms without an acknowledged write: median ${median}, at most ${max}`);
  expect(max).toBeLessThanOrEqual(MAX_KILLED_MS);
});

test('a leader that falls silent is replaced in about a second', async () => {
  const { median, max } = await pauses(({ ensemble }) => {
    const { leader, hosts, network } = ensemble;
    for (const host of hosts) {
      if (host === leader || leader === undefined) continue;
      for (const way of network.ways(leader.serverId, host.serverId)) way.block();
    }
  });
  console.log(`leader silent: virtual ms without an acknowledged write: median ${median}, at most ${max}`);
  expect(median).toBeLessThanOrEqual(MEDIAN_SILENT_MS);
  expect(max).toBeLessThanOrEqual(MAX_SILENT_MS);
});

test('clients that stay with a leader keep their sessions while its disk hangs and another one leads', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const simulation = new Simulation(seed, false, settings);
    expect(await simulation.begin(), `seed ${seed}`).toBe(true);
    const { ensemble } = simulation;
    const leader = ensemble.leader as Host;
    const habits = { depth: 1, thinkMs: 100, patienceMs: 1_000, ...STEADY, timeoutMs: 2_000 };
    const clients = [1, 2, 3].map((number) =>
      simulation.client(number, { next: () => [], learn: () => undefined }, habits, () => [leader.serverId]),
    );
    for (const client of clients) client.start();
    await simulation.runFor(500);
    leader.volume.hang();
    await simulation.runFor(8_000);
    expect(ensemble.leader, `seed ${seed}`).not.toBe(leader);
    expect(simulation.result().violations, `seed ${seed}`).toEqual([]);
    for (const { session, sessionsBegun, sessionsLost } of clients) {
      expect(session, `seed ${seed}`).toBeDefined();
      expect([sessionsBegun, sessionsLost], `seed ${seed}`).toEqual([1, 0]);
    }
  }
});
