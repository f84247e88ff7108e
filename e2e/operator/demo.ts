/**
 * `make demo`: the operator and one ensemble of the last release on a Kubernetes of this machine, upgraded to this version while clients write. It
 * stays up, to try by hand; `make kube-down` ends it.
 */
import type { ClusterMember } from '@rookery/crds';
import { printLine } from '../../testkit/src/scenarios/print-line.ts';
import { installZookeeper } from '../../testkit/src/systems/zookeeper-jars.ts';
import { chooseProvider } from '../../tools/kube/choose.ts';
import { kubeconfigFile } from '../../tools/kube/folders.ts';
import { installTools } from '../../tools/kube/tools.ts';
import { installPython } from '../clients/python-venv.ts';
import packageJson from '../package.json' with { type: 'json' };
import { Cluster, hostsOf } from './cluster.ts';
import { installClientPod, installOperator, startKubernetes } from './install.ts';
import { lastRelease } from './released.ts';
import { coordinationCluster } from './scenario.ts';
import { describe, underWriters } from './writers.ts';

const NAMESPACE = 'default';
const UPGRADE_SECONDS = 300;
const LOOK_MS = 500;
/** The release does not tell its state at checkpoints, by which another version is proved. */
const update = { proof: { enabled: false } };
const PATCH = JSON.stringify({ spec: { version: packageJson.version, update } });

const tools = await installTools(printLine);
const python = installPython(printLine);
const cluster = new Cluster(await chooseProvider(), tools, {
  python,
  classpath: installZookeeper(printLine).classpath,
});
await startKubernetes(cluster, printLine);
const released = await lastRelease(printLine);
for (const archive of released.archives) await cluster.provider.loadImage(archive);
await installOperator(cluster);
await installClientPod(cluster, python);
await cluster.apply(NAMESPACE, coordinationCluster('demo', { version: released.version }));
await cluster.ready(NAMESPACE, 'demo');
printLine(await cluster.kubectl(['get', 'coordinationclusters']));

printLine(`now to ${packageJson.version}, as by: kubectl patch cc demo --type=merge -p '${PATCH}'
while four clients write:
`);
const report = await underWriters(cluster, hostsOf('demo', NAMESPACE), upgrade);
printLine(`
${await cluster.kubectl(['get', 'coordinationclusters'])}
${describe(report)}

An ensemble of three serves at demo.${NAMESPACE}.svc:2181 inside the cluster. Next:

  export KUBECONFIG=${kubeconfigFile}
  alias kubectl=${tools.kubectl}
  kubectl get cc,pods,pvc
  kubectl describe cc demo                     # its Events tell of the upgrade
  kubectl explain cc.spec
  kubectl port-forward service/demo 2181 &     # then: zkCli.sh -server 127.0.0.1:2181
  kubectl delete pods --all                    # and see them come back with their data

make kube-down ends it and leaves nothing behind.`);

/** Until every member runs this version; tells of each change as it comes. */
async function upgrade(): Promise<void> {
  await cluster.kubectl(['--namespace', NAMESPACE, 'patch', 'cc/demo', '--type=merge', '-p', PATCH]);
  const end = performance.now() + UPGRADE_SECONDS * 1000;
  let told = '';
  for (;;) {
    const { status } = await cluster.get(NAMESPACE, 'coordinationcluster', 'demo');
    const members = (status?.members ?? []) as readonly ClusterMember[];
    const line = members.map(describeMember).join('   ');
    if (line !== told) printLine(`  ${line}`);
    told = line;
    if (status?.currentVersion === packageJson.version) break;
    if (performance.now() > end) throw new Error(`not upgraded within ${UPGRADE_SECONDS} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await cluster.ready(NAMESPACE, 'demo');
}

function describeMember({ name, version = '', role, ready }: ClusterMember): string {
  return `${name} ${(ready ? version : 'away').padEnd(released.version.length)} ${role.padEnd('follower'.length)}`;
}
