/** `make bench`: runs the wanted workloads on each system in turn and prints how they compare. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { cacheFolder } from '../../testkit/src/cache.ts';
import { Complaint, describeError } from '../../testkit/src/scenarios/complaint.ts';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { Ensemble, type EnsembleOptions } from '../../testkit/src/systems/ensemble.ts';
import { systems } from '../../testkit/src/systems/index.ts';
import type { System, SystemName } from '../../testkit/src/systems/system.ts';
import { compareCheckouts } from './against.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { topSelfTimes } from './profile.ts';
import { type Results, renderReport, type SystemResults } from './report.ts';
import { runFailoverWorkload } from './workloads/failover.ts';
import { medianBy } from './workloads/in-turn.ts';
import { runMemoryWorkload } from './workloads/memory.ts';
import {
  inRunningOrder,
  prepareForLoad,
  runThroughputWorkload,
  type ThroughputResult,
  type ThroughputWorkload,
} from './workloads/throughput.ts';
import { runTlsShare } from './workloads/tls-share.ts';

const PROFILED_FUNCTIONS = 30;
/** What other processes may take before a figure is called into question. */
const MAX_OTHER_CORES = 0.3;

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function runSystem(system: System, options: BenchOptions, round: number): Promise<SystemResults> {
  const results: SystemResults = { title: system.title, throughput: {}, tlsShare: {}, failover: {} };
  const workloads = inRunningOrder(options.workloads);
  // A profile covers a member's whole life, so that one workload's can only be told from another's by a new ensemble.
  const groups = options.profile
    ? workloads.map((workload) => [workload])
    : [workloads.filter(({ tls }) => tls !== true), workloads.filter(({ tls }) => tls === true)];
  for (const group of groups) {
    const [first] = group;
    if (first === undefined) continue;
    await withEnsemble(system, { profile: options.profile, tls: first.tls === true }, (ensemble) =>
      runGroup(ensemble, group, options, round, results),
    );
  }
  if (options.memory) {
    await withEnsemble(system, { profile: options.profile }, async (ensemble) => {
      results.memory = await runMemoryWorkload(ensemble);
      log(`  memory: ${results.memory.seconds.toFixed(1)} s`);
      if (options.profile) await printProfiles(ensemble, 'memory', results.memory.seconds * 1000);
    });
  }
  for (const fault of options.failover) {
    await withEnsemble(system, {}, async (ensemble) => {
      const result = await runFailoverWorkload(ensemble, fault, options.failoverRounds);
      results.failover[fault] = result;
      log(`  leader ${fault}: ${result.gapsMs.map((ms) => Math.round(ms)).join(', ')} ms`);
    });
  }
  return results;
}

async function runGroup(
  ensemble: Ensemble,
  workloads: readonly ThroughputWorkload[],
  options: BenchOptions,
  round: number,
  results: SystemResults,
): Promise<void> {
  const load = { ...options, runId: `r${round}` };
  await prepareForLoad(ensemble, load);
  for (const workload of workloads) {
    const result = await runWorkload(ensemble, workload, load, results);
    results.throughput[workload.id] = result;
    const errors = Object.keys(result.errors).length > 0 ? `, ERRORS ${JSON.stringify(result.errors)}` : '';
    const cores = `generator ${result.generatorCores.toFixed(2)} cores`;
    log(
      `  ${workload.id}: ${Math.round(result.opsPerSecond)} ops/s, p99 ${result.p99Ms} ms, ${cores}${errors}`,
    );
    if (result.otherCores > MAX_OTHER_CORES) {
      log(
        `    other processes took ${result.otherCores.toFixed(2)} cores meanwhile: do not trust this figure`,
      );
    }
  }
  if (options.profile)
    await printProfiles(ensemble, workloads.map((workload) => workload.id).join(' '), options.measureMs);
}

async function runWorkload(
  ensemble: Ensemble,
  workload: ThroughputWorkload,
  load: BenchOptions & { readonly runId: string },
  results: SystemResults,
): Promise<ThroughputResult> {
  // A profile is to show nothing of what goes without TLS.
  if (workload.tls !== true || load.profile) return runThroughputWorkload(ensemble, workload, load);
  const { result, share } = await runTlsShare(ensemble, workload, load);
  results.tlsShare[workload.id] = share;
  return result;
}

async function withEnsemble(
  system: System,
  options: EnsembleOptions,
  use: (ensemble: Ensemble) => Promise<void>,
): Promise<void> {
  const ensemble = await Ensemble.start(system, options);
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

/** Of every workload the run with the median throughput; of memory and failover the last run. */
function medianOf(runs: readonly SystemResults[]): SystemResults {
  const last = runs[runs.length - 1]!;
  const throughput: SystemResults['throughput'] = {};
  for (const id of Object.keys(last.throughput)) {
    const results = runs.map((run) => run.throughput[id]!);
    throughput[id] = medianBy(results, ({ opsPerSecond }) => opsPerSecond);
  }
  const tlsShare: SystemResults['tlsShare'] = {};
  for (const id of Object.keys(last.tlsShare)) {
    const shares = runs.map((run) => run.tlsShare[id]!);
    tlsShare[id] = medianBy(shares, ({ median }) => median);
  }
  return { ...last, throughput, tlsShare };
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
  for (const name of options.systems) {
    const missing = systems[name].missing();
    if (missing !== undefined) throw new Complaint(`${name}: ${missing}`);
    systems[name].prepare(log);
  }
  const runs: Record<SystemName, SystemResults[]> = { zookeeper: [], rookery: [] };
  const results: Results = {};
  for (let round = 1; round <= options.rounds; round++) {
    for (const name of options.systems) {
      log(`${systems[name].title}${options.rounds > 1 ? `, round ${round}` : ''}`);
      runs[name].push(await runSystem(systems[name], options, round));
      results[name] = medianOf(runs[name]);
    }
  }
  process.stdout.write(`\n${renderReport(options.workloads, results)}\n`);
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
  log(describeError(error));
  process.exitCode = error instanceof Complaint ? 2 : 1;
}
