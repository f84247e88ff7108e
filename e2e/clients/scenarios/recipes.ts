import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Random } from '../../../testkit/src/random.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { Program } from '../program.ts';
import { bothSystems, type Context, type Scenario } from '../scenario.ts';

const script = fileURLToPath(new URL('../python/recipes/run.py', import.meta.url));

const CLIENTS = 10;
/** Where a planted mistake has to be found: the beginnings of what the clients must say of it. */
const PLANTED = [
  'lock:',
  'election:',
  'read/write lock:',
  'queue:',
  'locking queue:',
  'counter:',
  `client-${CLIENTS - 1} lost its session`,
];
/** Of all of them together, before the run with planted mistakes may end. */
const PLANTED_USES = 200;
const PROGRESS_TIMEOUT_MS = 60_000;
/** From the return of a member to the next kill, and from a kill to the return: at another point of the load each time. */
const MAX_JITTER_MS = 1_000;
const SERVING_TIMEOUT_MS = 60_000;
const VERDICT_TIMEOUT_MS = 180_000;
const LOOK_MS = 50;

/** How often each recipe has come to a good end. */
type Progress = Readonly<Record<string, number>>;

interface Verdict {
  readonly progress: Progress;
  readonly disconnections: number;
  readonly doubts: Readonly<Record<string, number>>;
  readonly wrong: number;
  readonly contradictions: readonly string[];
}

export const recipes: Scenario = {
  name: 'recipes',
  proves: "kazoo's recipes exclude, count and wait as they promise while every member in turn is killed",
  against: bothSystems,
  needs: ['python'],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const hosts = connectString(ensemble.endpoints);
    const uses = await assertMistakesAreFound(context, ensemble);
    const clients = start(context, hosts);
    const random = new Random(context.seed);
    let before = await nextProgress(clients, 'at the start', {});
    let kills = 0;
    for (let round = 1; round <= context.tier.recipeRounds; round++) {
      kills += await killEach(ensemble, random);
      before = await nextProgress(clients, `in round ${round}`, before);
      context.note(`round ${round}: ${told(before)}`);
    }
    const verdict = await conclude(clients);
    assert.equal(verdict.wrong, 0, `${verdict.wrong} contradictions:\n${verdict.contradictions.join('\n')}`);
    for (const [recipe, count] of Object.entries(verdict.progress)) assert.ok(count > 0, `no ${recipe}`);
    assert.equal(kills, context.tier.recipeRounds * ensemble.members.length);
    assert.ok(
      verdict.disconnections >= kills,
      `${kills} kills disconnected ${verdict.disconnections} clients`,
    );
    const { disconnections, doubts } = verdict;
    const faults = `${kills} members killed, ${disconnections} connections lost and no session`;
    return `${faults}; ${told(verdict.progress)}; ${told(doubts)}; ${uses} uses of broken recipes found out`;
  },
};

function start(context: Context, hosts: string, ...options: string[]): Program {
  return new Program(context.python(), [script, String(CLIENTS), ...options], { HOSTS: hosts });
}

/** Returns how many processes were killed. */
async function killEach(ensemble: Ensemble, random: Random): Promise<number> {
  for (const member of ensemble.members) {
    await pause(random.between(0, MAX_JITTER_MS));
    await member.kill();
    await pause(random.between(0, MAX_JITTER_MS));
    member.start();
    await member.serving(SERVING_TIMEOUT_MS);
  }
  return ensemble.members.length;
}

/** Resolves once every recipe has come to a good end again; rejects, and names those that have not, when it takes too long. */
async function nextProgress(clients: Program, when: string, before: Progress): Promise<Progress> {
  const deadlineMs = performance.now() + PROGRESS_TIMEOUT_MS;
  for (;;) {
    const now = progress(clients);
    const stuck = Object.keys(now).filter((recipe) => now[recipe]! <= (before[recipe] ?? 0));
    if (stuck.length === 0 && Object.keys(now).length > 0) return now;
    if (performance.now() > deadlineMs) {
      throw new Error(`stuck ${when}: ${stuck.join(', ')}\n${clients.output.slice(-2_000)}`);
    }
    await pause(LOOK_MS);
  }
}

function progress(clients: Program): Progress {
  return JSON.parse(clients.latest('progress ') ?? '{}') as Progress;
}

async function conclude(clients: Program): Promise<Verdict> {
  clients.end();
  await clients.success(VERDICT_TIMEOUT_MS);
  return JSON.parse(clients.latest('verdict ') ?? '') as Verdict;
}

/** The checks themselves are checked: a lock that waits for nobody, a put that puts nothing. Returns how many were used. */
async function assertMistakesAreFound(context: Context, ensemble: Ensemble): Promise<number> {
  const clients = start(context, connectString(ensemble.endpoints), 'planted');
  const deadlineMs = performance.now() + PROGRESS_TIMEOUT_MS;
  while (usesOfAll(progress(clients)) < PLANTED_USES && performance.now() < deadlineMs) await pause(LOOK_MS);
  const { contradictions, progress: uses } = await conclude(clients);
  for (const planted of PLANTED) {
    const found = contradictions.some((line) => line.startsWith(planted));
    assert.ok(found, `nobody noticed "${planted}" after ${told(uses)}`);
  }
  return usesOfAll(uses);
}

function usesOfAll(progress: Progress): number {
  return Object.values(progress).reduce((sum, count) => sum + count, 0);
}

function told(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
