/** The operator on a real Kubernetes: cluster, images, Helm, scenarios; exits with 1 when one fails. (make e2e) */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { choiceOptions, choose, onlyOption } from '../../testkit/src/scenarios/choose.ts';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { exitCodeOf } from '../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../testkit/src/scenarios/print-line.ts';
import { type Attempt, type Counts, Runner } from '../../testkit/src/scenarios/runner.ts';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { installZookeeper } from '../../testkit/src/systems/zookeeper-jars.ts';
import { chooseProvider } from '../../tools/kube/choose.ts';
import { repository } from '../../tools/kube/folders.ts';
import type { Provider } from '../../tools/kube/provider.ts';
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
import { accountOf, MeasuredTable } from './measured.ts';
import type { Scenario } from './scenario.ts';
import { adminTokenRotation } from './scenarios/admin-token.ts';
import { cutLeader } from './scenarios/cut-leader.ts';
import { deadNode } from './scenarios/dead-node.ts';
import { drainedNodes } from './scenarios/drained-nodes.ts';
import { external } from './scenarios/external.ts';
import { featureLevel } from './scenarios/feature-level.ts';
import { firstSpecMended } from './scenarios/first-spec.ts';
import { forcedCluster } from './scenarios/forced-cluster.ts';
import { heldUp } from './scenarios/held-up.ts';
import { helmWaits } from './scenarios/helm-wait.ts';
import { hibernation } from './scenarios/hibernation.ts';
import { issuer } from './scenarios/issuer.ts';
import { asUsersLook } from './scenarios/kubectl.ts';
import { kubectlRookery } from './scenarios/kubectl-rookery.ts';
import { adminToken, deletion, drift, operatorKilled, twoNamespaces } from './scenarios/lifecycle.ts';
import { lostVolume } from './scenarios/lost-volume.ts';
import { memory } from './scenarios/memory.ts';
import { operatorDies } from './scenarios/operator-dies.ts';
import { programs } from './scenarios/programs.ts';
import { lostForGood } from './scenarios/quorum-loss.ts';
import { readReplicas } from './scenarios/read-replicas.ts';
import { nameTaken, paused } from './scenarios/refusals.ts';
import { brokenVersion, rollingUpdate } from './scenarios/rolling-update.ts';
import { scaledWithoutStatefulSet, scaling } from './scenarios/scaling.ts';
import { oneMember, threeMembers } from './scenarios/serve.ts';
import { stableNames } from './scenarios/stable-names.ts';
import { superUser } from './scenarios/super-user.ts';
import { authorityRotation, clientTls, goingOver, memberTls } from './scenarios/tls.ts';
import { uninstallLeavesServing } from './scenarios/uninstall.ts';
import { upgrade } from './scenarios/upgrade.ts';
import { upgradeProof } from './scenarios/upgrade-proof.ts';
import { volumes } from './scenarios/volumes.ts';
import { writtenSpecs } from './scenarios/written-specs.ts';
import { SecretsOfClusters } from './secrets.ts';

const scenarios: readonly Scenario[] = [
  oneMember,
  threeMembers,
  writtenSpecs,
  asUsersLook,
  drift,
  adminToken,
  paused,
  nameTaken,
  helmWaits,
  firstSpecMended,
  lostForGood,
  forcedCluster,
  rollingUpdate,
  brokenVersion,
  upgrade,
  upgradeProof,
  featureLevel,
  scaling,
  scaledWithoutStatefulSet,
  heldUp,
  readReplicas,
  lostVolume,
  stableNames,
  volumes,
  cutLeader,
  drainedNodes,
  deadNode,
  hibernation,
  external,
  memberTls,
  authorityRotation,
  clientTls,
  goingOver,
  programs,
  adminTokenRotation,
  superUser,
  issuer,
  kubectlRookery,
  deletion,
  operatorKilled,
  operatorDies,
  twoNamespaces,
  memory,
  // Last: it takes the operator away.
  uninstallLeavesServing,
];

const TIERS = ['fast', 'all'] as const;

const usage = `The operator on a real Kubernetes of this machine: first Kubernetes and Helm, then scenarios.

  node e2e/operator/run.ts [options]

  --tier <name>    ${TIERS.join(' or ')} (default all)
  --only <names>   comma-separated beginnings of scenario names
  --keep           leaves the Kubernetes up: the next run is upon it
  --list           print the scenarios and stop

Of one that failed, the objects, Events and logs are kept in .rookery/e2e/.
`;

interface Options {
  readonly chosen: readonly Scenario[];
  readonly keep: boolean;
}

function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      ...choiceOptions,
      tier: { type: 'string', default: 'all' },
      keep: { type: 'boolean', default: false },
    },
  });
  const named = choose(scenarios, values, usage, printLine);
  if (named === undefined) return undefined;
  const tier = TIERS.find((name) => name === values.tier);
  if (tier === undefined) throw new Complaint(`--tier takes ${TIERS.join(' or ')}`);
  const chosen = named.filter(({ fast }) => tier === 'all' || fast);
  if (chosen.length === 0) throw new Complaint(`none of these scenarios is in the tier ${tier}`);
  return { chosen, keep: values.keep };
}

/** What these namespaces hold, in a file; one line that says where. */
async function keepFile(cluster: Cluster, namespaces: readonly string[]): Promise<string> {
  const folder = join(repository, '.rookery', 'e2e');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${namespaces[0]}.txt`);
  writeFileSync(file, await keepEvidence(cluster, namespaces));
  return `objects, Events and logs are kept in ${file}`;
}

/** What is there before the first scenario; without it, none is run. */
function setUpOf(cluster: Cluster, python: string): readonly Attempt[] {
  return [
    {
      name: 'a Kubernetes with the images of this working copy',
      run: async () => {
        await startKubernetes(cluster, printLine);
        return cluster.provider.description;
      },
    },
    {
      name: 'helm install brings up the operator',
      run: async () => {
        await installOperator(cluster);
        return installedOperator(cluster);
      },
      evidence: async () => [await keepFile(cluster, [OPERATOR_NAMESPACE])],
    },
    {
      name: 'a pod that kazoo runs in',
      run: async () => {
        await installClientPod(cluster, python);
        return '';
      },
      evidence: async () => [await keepFile(cluster, [CLIENT_NAMESPACE])],
    },
  ];
}

interface Surroundings {
  readonly cluster: Cluster;
  readonly keep: boolean;
  readonly secrets: SecretsOfClusters;
  readonly table: MeasuredTable;
}

function attemptOf(scenario: Scenario, { cluster, keep, secrets, table }: Surroundings): Attempt {
  const namespace = `e2e-${scenarios.indexOf(scenario) + 1}`;
  const remove = async (): Promise<void> => {
    await cluster.kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=180s']);
  };
  return {
    name: scenario.name,
    again: `node e2e/operator/run.ts ${keep ? '--keep ' : ''}${onlyOption(scenario)}`,
    run: async () => {
      // Of an earlier run with --keep.
      await remove();
      await cluster.kubectl(['create', 'namespace', namespace]);
      const began = performance.now();
      const outcome = await scenario.run(cluster, namespace);
      table.add(scenario.name, (performance.now() - began) / 1000, outcome);
      await secrets.refuseLeaks(cluster, namespace);
      await remove();
      return accountOf(outcome);
    },
    evidence: async () => [await keepFile(cluster, [namespace, OPERATOR_NAMESPACE])],
    // With --keep it stays, to be looked at.
    ...(keep ? {} : { clear: remove }),
  };
}

/** Whether all of them passed; after one that failed, the others are not run. */
async function setUp(runner: Runner, steps: readonly Attempt[]): Promise<boolean> {
  for (const step of steps) if (!(await runner.run(step))) return false;
  return true;
}

async function main(): Promise<Counts | undefined> {
  const options = parseOptions();
  if (options === undefined) return undefined;
  const { chosen, keep } = options;
  const provider = await chooseProvider();
  const tools = await installTools(printLine);
  const python = installPython(printLine);
  const classpath = installZookeeper(printLine).classpath;
  const cluster = new Cluster(provider, tools, { python, classpath });
  const runner = new Runner(printLine);
  const secrets = new SecretsOfClusters();
  const table = new MeasuredTable();
  if (await setUp(runner, setUpOf(cluster, python))) {
    await runner.runAll(chosen.map((scenario) => attemptOf(scenario, { cluster, keep, secrets, table })));
    await runner.run({
      name: 'no Secret of any of them stands in a log, an object or an Event',
      run: async () => secrets.account(),
    });
  }
  printLine(table.text);
  if (!keep) await runner.run({ name: 'the cluster ends', run: () => end(provider) });
  return runner.counts;
}

async function end(provider: Provider): Promise<string> {
  await provider.down();
  return '';
}

stopBySignal();
process.exitCode = await exitCodeOf(main);
