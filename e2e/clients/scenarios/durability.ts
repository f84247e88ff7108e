import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Random } from '../../../testkit/src/random.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { Program } from '../program.ts';
import { bothSystems, type Context, type Scenario } from '../scenario.ts';

const writersScript = fileURLToPath(new URL('../python/writers.py', import.meta.url));
const verifyScript = fileURLToPath(new URL('../python/verify.py', import.meta.url));

const WRITERS = 4;
/** Acknowledged between any two faults, so that each one strikes under load. */
const WRITES_BETWEEN_FAULTS = 40;
/** After these, so that a fault strikes at another point of the load each time. */
const MAX_JITTER_MS = 250;
const PROGRESS_TIMEOUT_MS = 60_000;
const SERVING_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 90_000;
const VERIFY_TIMEOUT_MS = 300_000;

interface Verdict {
  readonly members: number;
  readonly creates: number;
  readonly sets: number;
  readonly unknown: number;
  readonly wrong: number;
  readonly shown: readonly string[];
}

export const durability: Scenario = {
  name: 'durability',
  proves:
    'no acknowledged write is lost when every member in turn, and all at once, are killed under writers',
  against: bothSystems,
  needs: ['python'],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const hosts = connectString(ensemble.endpoints);
    const writers = new Program(context.python(), [writersScript, context.folder, String(WRITERS)], {
      HOSTS: hosts,
    });
    const random = new Random(context.seed);
    let kills = 0;
    for (let round = 1; round <= context.tier.durabilityRounds; round++) {
      kills += await killEachThenAll(ensemble, writers, random);
      context.note(`round ${round}: ${acknowledged(writers)} writes acknowledged so far`);
    }
    await progress(writers, random);
    writers.end();
    await writers.success(STOP_TIMEOUT_MS);
    assert.equal(writers.latest('violations '), '[]', 'what the writers themselves saw');

    const running = await verify(context, hosts);
    assertNothingLost(running);
    await assertLossIsFound(context, hosts);
    await ensemble.stop();
    for (const member of ensemble.members) member.start();
    await ensemble.serving();
    assertNothingLost(await verify(context, hosts));

    const { durabilityRounds: rounds } = context.tier;
    assert.ok(kills === rounds * 2 * ensemble.members.length && running.creates > 0 && running.sets > 0);
    const writes = `${running.creates} creates and ${running.sets} sets acknowledged`;
    return `${rounds} rounds, ${kills} members killed, ${writes} (${running.unknown} sets unknown), all on each member`;
  },
};

/** Returns how many processes were killed. */
async function killEachThenAll(ensemble: Ensemble, writers: Program, random: Random): Promise<number> {
  for (const member of ensemble.members) {
    await progress(writers, random);
    await member.kill();
    // The other two have to go on without it, so that it has something to catch up on.
    await progress(writers, random);
    member.start();
    await member.serving(SERVING_TIMEOUT_MS);
  }
  await progress(writers, random);
  await Promise.all(ensemble.members.map((member) => member.kill()));
  for (const member of ensemble.members) member.start();
  await ensemble.serving();
  return ensemble.members.length * 2;
}

/** Resolves some writes and a moment later; rejects when none are acknowledged any more. */
async function progress(writers: Program, random: Random): Promise<void> {
  const wanted = acknowledged(writers) + WRITES_BETWEEN_FAULTS;
  const deadlineMs = performance.now() + PROGRESS_TIMEOUT_MS;
  while (acknowledged(writers) < wanted) {
    if (performance.now() > deadlineMs) {
      throw new Error(
        `no ${WRITES_BETWEEN_FAULTS} writes in ${PROGRESS_TIMEOUT_MS} ms:\n${writers.output.slice(-2_000)}`,
      );
    }
    await pause(10);
  }
  await pause(random.between(0, MAX_JITTER_MS));
}

function acknowledged(writers: Program): number {
  return Number(writers.latest('acknowledged ') ?? 0);
}

async function verify(context: Context, hosts: string, folder = context.folder): Promise<Verdict> {
  const args = [verifyScript, folder, String(context.seed)];
  const output = await new Program(context.python(), args, { HOSTS: hosts }).success(VERIFY_TIMEOUT_MS);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Verdict;
}

function assertNothingLost(verdict: Verdict): void {
  assert.equal(verdict.wrong, 0, `${verdict.wrong} contradictions, among them:\n${verdict.shown.join('\n')}`);
}

/** The check itself is checked: given notes of a create and a set that never were, it finds both on every member. */
async function assertLossIsFound(context: Context, hosts: string): Promise<void> {
  const folder = join(context.folder, 'with-writes-that-never-were');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'acknowledged-0'),
    'c /durable/w0/d0000/never\ns /durable/w0/counter 999999999 1\n',
  );
  const { wrong, members } = await verify(context, hosts, folder);
  assert.ok(wrong >= 2 * members, `only ${wrong} of ${2 * members} losses were found`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
