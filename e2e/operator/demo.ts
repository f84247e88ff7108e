/** `make demo`: the operator and one ensemble on a Kubernetes of this machine, to try by hand. `make kube-down` ends it. */
import { printLine } from '../../testkit/src/scenarios/print-line.ts';
import { installZookeeper } from '../../testkit/src/systems/zookeeper-jars.ts';
import { chooseProvider } from '../../tools/kube/choose.ts';
import { kubeconfigFile } from '../../tools/kube/folders.ts';
import { installTools } from '../../tools/kube/tools.ts';
import { installPython } from '../clients/python-venv.ts';
import { Cluster } from './cluster.ts';
import { installOperator, startKubernetes } from './install.ts';
import { coordinationCluster } from './scenario.ts';

const tools = await installTools(printLine);
const cluster = new Cluster(await chooseProvider(), tools, {
  python: installPython(printLine),
  classpath: installZookeeper(printLine).classpath,
});
await startKubernetes(cluster, printLine);
await installOperator(cluster);
await cluster.apply('default', coordinationCluster('demo', {}));
await cluster.available('default', 'demo');
await cluster.until('all three members are ready', async () => {
  const { status } = await cluster.get('default', 'coordinationcluster', 'demo');
  return status?.readyReplicas === 3;
});
printLine(`${await cluster.kubectl(['get', 'coordinationclusters'])}
An ensemble of three serves at demo.default.svc:2181 inside the cluster. Next:

  export KUBECONFIG=${kubeconfigFile}
  alias kubectl=${tools.kubectl}
  kubectl get cc,pods,pvc
  kubectl describe cc demo
  kubectl explain cc.spec
  kubectl port-forward service/demo 2181 &     # then: zkCli.sh -server 127.0.0.1:2181
  kubectl delete pods --all                    # and see them come back with their data

make kube-down ends it and leaves nothing behind.`);
