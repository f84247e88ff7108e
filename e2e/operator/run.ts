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
import { installZookeeper } from '../../testkit/src/systems/zookeeper-jars.ts';
import { chooseProvider } from '../../tools/kube/choose.ts';
import { repository } from '../../tools/kube/folders.ts';
import { installTools } from '../../tools/kube/tools.ts';
import { installPython } from '../clients/python-venv.ts';
import { CLIENT_NAMESPACE } from './client-pod.ts';
import { Cluster } from './cluster.ts';
import { keepEvidence } from './evidence.ts';
import {
  installClientPod,
  installedOperator,
  installOperator,
  OPERATOR_NAMESPACE,
  startKubernetes,
} from './install.ts';
import type { Scenario } from './scenario.ts';
import { asUsersLook } from './scenarios/kubectl.ts';
import { adminToken, deletion, drift, operatorKilled, twoNamespaces } from './scenarios/lifecycle.ts';
import { memory } from './scenarios/memory.ts';
import { nameTaken, notSupportedYet, paused } from './scenarios/refusals.ts';
import { oneMember, threeMembers } from './scenarios/serve.ts';
import { uninstallLeavesServing } from './scenarios/uninstall.ts';
import { writtenSpecs } from './scenarios/written-specs.ts';

const scenarios: readonly Scenario[] = [
  oneMember,
  threeMembers,
  writtenSpecs,
  asUsersLook,
  drift,
  adminToken,
  paused,
  notSupportedYet,
  nameTaken,
  deletion,
  operatorKilled,
  twoNamespaces,
  memory,
  // Last: it takes the operator away.
  uninstallLeavesServing,
];

const { values } = parseArgs({
  options: { tier: { type: 'string', default: 'all' }, keep: { type: 'boolean', default: false } },
});

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

const provider = await chooseProvider();
const tools = await installTools(log);
const python = installPython(log);
const cluster = new Cluster(provider, tools, { python, classpath: installZookeeper(log).classpath });
let passed = 0;
let failed = 0;

/** One line of the table; of a failure, what these namespaces hold is kept. */
async function attempt(
  name: string,
  namespaces: readonly string[],
  work: () => Promise<string>,
): Promise<boolean> {
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  try {
    const account = await work();
    log(`passed ${seconds()} s  ${name}${account === '' ? '' : `: ${account}`}`);
    passed++;
    return true;
  } catch (error) {
    failed++;
    log(`FAILED ${seconds()} s  ${name}: ${error instanceof Error ? error.message : error}`);
    if (namespaces.length > 0) log(`       objects, Events and logs: ${await keep(namespaces)}`);
    return false;
  }
}

/** Returns the file. */
async function keep(namespaces: readonly string[]): Promise<string> {
  const evidence = join(repository, '.rookery', 'e2e');
  mkdirSync(evidence, { recursive: true });
  const file = join(evidence, `${namespaces[0]}.txt`);
  writeFileSync(file, await keepEvidence(cluster, namespaces));
  return file;
}

async function runScenario(scenario: Scenario, namespace: string): Promise<void> {
  await attempt(scenario.name, [namespace, OPERATOR_NAMESPACE], async () => {
    // Of an earlier run with --keep.
    await cluster.kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=180s']);
    await cluster.kubectl(['create', 'namespace', namespace]);
    const account = await scenario.run(cluster, namespace);
    await cluster.kubectl(['delete', 'namespace', namespace, '--wait=true', '--timeout=180s']);
    return account;
  });
}

const ready =
  (await attempt('a Kubernetes with the images of this working copy', [], async () => {
    await startKubernetes(cluster, log);
    return provider.description;
  })) &&
  (await attempt('helm install brings up the operator', [OPERATOR_NAMESPACE], async () => {
    await installOperator(cluster);
    return installedOperator(cluster);
  })) &&
  (await attempt('a pod that kazoo runs in', [CLIENT_NAMESPACE], async () => {
    await installClientPod(cluster, python);
    return '';
  }));
if (ready) {
  for (const [number, scenario] of scenarios.entries())
    if (values.tier === 'all' || scenario.fast) await runScenario(scenario, `e2e-${number + 1}`);
}
if (!values.keep) {
  await attempt('the cluster ends', [], async () => {
    await provider.down();
    return '';
  });
}
log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
