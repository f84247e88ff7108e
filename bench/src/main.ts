/** `make bench`: runs the wanted cells on each peer in turn and prints how they compare. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { compareCheckouts } from './against.ts';
import { cacheFolder } from './cache.ts';
import { runFailoverCell } from './cells/failover.ts';
import { runMemoryCell } from './cells/memory.ts';
import {
  inRunningOrder,
  prepareForLoad,
  runThroughputCell,
  type ThroughputCell,
} from './cells/throughput.ts';
import { type BenchOptions, parseOptions, UsageError, usage } from './options.ts';
import { Ensemble } from './peers/ensemble.ts';
import { peers } from './peers/index.ts';
import type { Peer, PeerName } from './peers/peer.ts';
import { topSelfTimes } from './profile.ts';
import { type PeerResults, type Results, renderReport } from './report.ts';
import { stopBySignal } from './stop-by-signal.ts';

const PROFILED_FUNCTIONS = 30;
/** What other processes may take before a figure is called into question. */
const MAX_OTHER_CORES = 0.3;

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function runPeer(peer: Peer, options: BenchOptions, round: number): Promise<PeerResults> {
  const results: PeerResults = { title: peer.title, throughput: {}, failover: {} };
  const cells = inRunningOrder(options.cells);
  // A profile covers a member's whole life, so that one cell's can only be told from another's by a new ensemble.
  const groups = options.profile ? cells.map((cell) => [cell]) : cells.length > 0 ? [cells] : [];
  for (const group of groups) {
    await withEnsemble(peer, options.profile, (ensemble) =>
      runGroup(ensemble, group, options, round, results),
    );
  }
  if (options.memory) {
    await withEnsemble(peer, options.profile, async (ensemble) => {
      results.memory = await runMemoryCell(ensemble);
      log(`  memory: ${results.memory.seconds.toFixed(1)} s`);
      if (options.profile) await printProfiles(ensemble, 'memory', results.memory.seconds * 1000);
    });
  }
  for (const fault of options.failover) {
    await withEnsemble(peer, false, async (ensemble) => {
      const result = await runFailoverCell(ensemble, fault, options.failoverRounds);
      results.failover[fault] = result;
      log(`  leader ${fault}: ${result.gapsMs.map((ms) => Math.round(ms)).join(', ')} ms`);
    });
  }
  return results;
}

async function runGroup(
  ensemble: Ensemble,
  cells: readonly ThroughputCell[],
  options: BenchOptions,
  round: number,
  results: PeerResults,
): Promise<void> {
  const load = { ...options, runId: `r${round}` };
  await prepareForLoad(ensemble, load);
  for (const cell of cells) {
    const result = await runThroughputCell(ensemble, cell, load);
    results.throughput[cell.id] = result;
    const errors = Object.keys(result.errors).length > 0 ? `, ERRORS ${JSON.stringify(result.errors)}` : '';
    const cores = `generator ${result.generatorCores.toFixed(2)} cores`;
    log(`  ${cell.id}: ${Math.round(result.opsPerSecond)} ops/s, p99 ${result.p99Ms} ms, ${cores}${errors}`);
    if (result.otherCores > MAX_OTHER_CORES) {
      log(
        `    other processes took ${result.otherCores.toFixed(2)} cores meanwhile: do not trust this figure`,
      );
    }
  }
  if (options.profile)
    await printProfiles(ensemble, cells.map((cell) => cell.id).join(' '), options.measureMs);
}

async function withEnsemble(
  peer: Peer,
  profile: boolean,
  use: (ensemble: Ensemble) => Promise<void>,
): Promise<void> {
  const ensemble = await Ensemble.start(peer, { profile });
  try {
    await use(ensemble);
  } catch (error) {
    await ensemble.stop();
    log(`member logs and data are kept in ${ensemble.folder}`);
    throw error;
  }
  await ensemble.remove();
}

/** Of the last `measuredMs`, and the moment that it takes to ask who leads and to stop. */
async function printProfiles(ensemble: Ensemble, what: string, measuredMs: number): Promise<void> {
  const leader = await ensemble.leader();
  await ensemble.stop();
  for (const member of ensemble.members) {
    const { profileFolder } = member.plan;
    if (profileFolder === undefined) continue;
    process.stdout.write(
      `\n${what}: member ${member.serverId}, ${member === leader ? 'leader' : 'follower'}\n`,
    );
    for (const { name, where, ms, share } of topSelfTimes(profileFolder, PROFILED_FUNCTIONS, measuredMs)) {
      const percent = `${(share * 100).toFixed(1)} %`;
      process.stdout.write(`${percent.padStart(8)} ${ms.toFixed(0).padStart(7)} ms  ${name}  ${where}\n`);
    }
  }
}

/** Of every cell the run with the median throughput; of memory and failover the last run. */
function medianOf(runs: readonly PeerResults[]): PeerResults {
  const last = runs[runs.length - 1]!;
  const throughput: PeerResults['throughput'] = {};
  for (const id of Object.keys(last.throughput)) {
    const sorted = runs.map((run) => run.throughput[id]!).sort((a, b) => a.opsPerSecond - b.opsPerSecond);
    throughput[id] = sorted[Math.floor((sorted.length - 1) / 2)]!;
  }
  return { ...last, throughput };
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(usage);
    return;
  }
  if (options.against !== undefined) {
    await compareCheckouts(options.against, options, log);
    return;
  }
  for (const name of options.peers) {
    const missing = peers[name].missing();
    if (missing !== undefined) throw new UsageError(`${name}: ${missing}`);
    peers[name].prepare(log);
  }
  const runs: Record<PeerName, PeerResults[]> = { zookeeper: [], rookery: [] };
  const results: Results = {};
  for (let round = 1; round <= options.rounds; round++) {
    for (const name of options.peers) {
      log(`${peers[name].title}${options.rounds > 1 ? `, round ${round}` : ''}`);
      runs[name].push(await runPeer(peers[name], options, round));
      results[name] = medianOf(runs[name]);
    }
  }
  process.stdout.write(`\n${renderReport(options.cells, results)}\n`);
  writeJson(options, results, runs);
}

function writeJson(options: BenchOptions, results: Results, runs: unknown): void {
  const date = new Date().toISOString();
  const file = options.jsonFile ?? cacheFolder('bench', `${date.replaceAll(':', '-')}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const machine = {
    cores: cpus().length,
    processor: cpus()[0]?.model,
    memoryBytes: totalmem(),
    node: process.version,
  };
  writeFileSync(file, `${JSON.stringify({ date, machine, options, results, runs }, null, 2)}\n`);
  process.stdout.write(`\nfigures: ${file}\n`);
}

stopBySignal();

try {
  await main();
} catch (error) {
  log(
    error instanceof UsageError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
