/**
 * The operator on a real Kubernetes: cluster, images, Helm, scenarios.
 *
 *   node e2e/operator/run.ts [--tier fast|all] [--keep]         (make e2e)
 *
 * Prints a line for each scenario with its duration, and `N passed, N failed` last. Of one that failed, the objects, Events and logs are
 * kept in .rookery/e2e/. --keep leaves the cluster up.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installZookeeper } from '../../bench/src/peers/zookeeper-jars.ts';
import { installPython } from '../clients/python-venv.ts';
import { chooseProvider } from '../kube/choose.ts';
import { repository } from '../kube/folders.ts';
import { installTools } from '../kube/tools.ts';
import { Cluster } from './cluster.ts';
import { keepEvidence } from './evidence.ts';
import { installOperator, operatorNamespace } from './install.ts';
import type { Scenario } from './scenario.ts';
import { deletion, drift, operatorKilled, twoNamespaces } from './scenarios/lifecycle.ts';
import { asUsersLook, oneMember, threeMembers } from './scenarios/serve.ts';
import { uninstallLeavesServing } from './scenarios/uninstall.ts';
import { writtenSpecs } from './scenarios/written-specs.ts';

const scenarios: readonly Scenario[] = [
  oneMember,
  threeMembers,
  writtenSpecs,
  asUsersLook,
  drift,
  deletion,
  operatorKilled,
  twoNamespaces,
  // Last: it takes the operator away.
  uninstallLeavesServing,
];

const { values } = parseArgs({
  options: { tier: { type: 'string', default: 'all' }, keep: { type: 'boolean', default: false } },
});

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A cluster that does not go away is a failure of its own. */
async function bringDown(): Promise<void> {
  const since = performance.now();
  try {
    await provider.down();
  } catch (error) {
    failed++;
    log(`FAILED ${seconds(since)} s  the end of the cluster: ${(error as Error).message}`);
  }
}

const began = performance.now();
const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1).padStart(6);
const provider = await chooseProvider();
const tools = await installTools(log);
const cluster = new Cluster(provider, tools, {
  python: installPython(log),
  classpath: installZookeeper(log).classpath,
});
let passed = 0;
let failed = 0;
try {
  await installOperator(cluster, log);
  log(`passed ${seconds(began)} s  Kubernetes, images and Helm install`);
  passed++;
  const evidence = join(repository, '.rookery', 'e2e');
  for (const [number, scenario] of scenarios.entries()) {
    if (values.tier === 'fast' && !scenario.fast) continue;
    const since = performance.now();
    const namespace = `e2e-${number + 1}`;
    try {
      // Of an earlier run with --keep.
      await cluster.kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=180s']);
      await cluster.kubectl(['create', 'namespace', namespace]);
      const account = await scenario.run(cluster, namespace);
      log(`passed ${seconds(since)} s  ${scenario.name}: ${account}`);
      passed++;
      await cluster.kubectl(['delete', 'namespace', namespace, '--wait=true', '--timeout=180s']);
    } catch (error) {
      failed++;
      log(`FAILED ${seconds(since)} s  ${scenario.name}: ${(error as Error).message}`);
      mkdirSync(evidence, { recursive: true });
      const file = join(evidence, `${namespace}.txt`);
      writeFileSync(file, await keepEvidence(cluster, [namespace, operatorNamespace]));
      log(`       objects, Events and logs: ${file}`);
    }
  }
} catch (error) {
  failed++;
  log(`FAILED ${seconds(began)} s  ${(error as Error).message}`);
} finally {
  if (!values.keep) await bringDown();
}
log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
