/**
 * Three real nodes and a control plane without Docker, in namespaces of this machine. Nothing of it reaches this machine's network but
 * the API server's port on 127.0.0.1, and everything ends with four processes (machine.ts).
 */

import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { succeeds } from '../commands.ts';
import { clusterFolder, kubeconfigFile } from '../folders.ts';
import type { Log, Provider } from '../provider.ts';
import { connect } from './api.ts';
import { buildBinaries } from './binaries.ts';
import { createAuthority, kubeconfig, sign } from './certificates.ts';
import { removeCgroups } from './cgroups.ts';
import { startApiServer, startControllers } from './control-plane.ts';
import { installDebianPackages } from './debian-packages.ts';
import { startDns } from './dns.ts';
import { exclusively } from './lock.ts';
import {
  type Daemon,
  endMachines,
  enter,
  type Machine,
  resumeMachine,
  runningMachines,
  startDaemon,
  startMachine,
  suspendMachine,
} from './machine.ts';
import { connectControlPlane, connectNode } from './network.ts';
import { startContainerd, startKubelet } from './node.ts';
import { archivePauseImage, loadImage } from './node-images.ts';
import { CLUSTER_DOMAIN, controlPlane, nodes } from './topology.ts';
import { type List, storageClass } from './volumes.ts';
import { waitFor } from './wait.ts';

/** There once a start has come to its end: a cluster without it may lack anything. */
const completeFile = join(clusterFolder, 'complete');

export const namespaces: Provider = {
  description: 'three nodes in namespaces of this machine',
  up: (log) => exclusively(() => up(log)),
  down: () => exclusively(down),
  loadImage: async (archive) => {
    const machines = runningMachines();
    await Promise.all(nodes.map(({ name }) => loadImage(running(machines, name), archive)));
  },
  onNode,
  suspend: async (name, isSuspended) => {
    const machine = running(runningMachines(), name);
    await (isSuspended ? suspendMachine(machine) : resumeMachine(machine));
  },
};

function running(machines: ReadonlyMap<string, Machine>, name: string): Machine {
  const machine = machines.get(name);
  if (machine === undefined) throw new Error(`${name} does not run; make kube-up starts the cluster`);
  return machine;
}

async function up(log: Log): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('nodes in namespaces need root: run make kube-up as root, or start Docker');
  }
  if (existsSync(completeFile) && (await allReady())) return;
  await installDebianPackages(log);
  const programs = await buildBinaries(log);
  await down();
  log('starting the control plane and three nodes');
  mkdirSync(clusterFolder, { recursive: true });
  const pauseArchive = await archivePauseImage(join(programs, 'pause'), join(clusterFolder, 'pause'));
  await createAuthority();

  const control = await startMachine(controlPlane.name, programs);
  await connectControlPlane(control);
  const daemons: Daemon[] = [...(await startApiServer(control)), ...(await openApiPort(control))];
  const api = connect(kubeconfigFile);
  const machines = await Promise.all(
    nodes.map(async (node) => {
      const machine = await startMachine(node.name, programs);
      await connectNode(control, machine, node);
      daemons.push(await startContainerd(machine, node, pauseArchive));
      return { machine, node };
    }),
  );
  await waitFor('the API server serves', () => api.answers('/readyz'), daemons);
  daemons.push(...(await startControllers(control)), await startDns(control), startProvisioner(control));
  await api.post('/apis/storage.k8s.io/v1/storageclasses', storageClass);
  for (const { machine, node } of machines) daemons.push(...(await startKubelet(machine, node)));
  await waitFor('three nodes are Ready', allReady, daemons);
  await waitFor('DNS answers', () => dnsIsReady(control), daemons);
  await waitFor(
    'pods find their account',
    () => api.answers('/api/v1/namespaces/default/serviceaccounts/default'),
    daemons,
  );
  writeFileSync(completeFile, '');
}

async function down(): Promise<void> {
  await endMachines();
  await removeCgroups();
  rmSync(clusterFolder, { recursive: true, force: true });
}

/** Carries a port of this machine's loopback to the API server, by a socket in the file system: that one crosses namespaces. */
async function openApiPort(control: Machine): Promise<readonly Daemon[]> {
  const port = await freePort();
  const certificate = await sign('admin', { name: 'admin', organization: 'system:masters' });
  writeFileSync(kubeconfigFile, kubeconfig(`https://127.0.0.1:${port}`, 'admin', certificate), {
    mode: 0o600,
  });
  const socket = join(clusterFolder, 'api.socket');
  const inside = ['socat', `UNIX-LISTEN:${socket},fork,mode=600`, 'TCP:127.0.0.1:6443'];
  const outside = ['socat', `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork`, `UNIX-CONNECT:${socket}`];
  return [startDaemon(control, 'api-socket', inside, ['net']), startDaemon(control, 'api-port', outside, [])];
}

/** On this machine's network and files, but one of the control plane's processes, so that it ends with it. */
function startProvisioner(control: Machine): Daemon {
  const program = join(import.meta.dirname, 'volume-provisioner.ts');
  const command = [process.execPath, program, kubeconfigFile, clusterFolder];
  return startDaemon(control, 'volume-provisioner', command, []);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface NodeStatus {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Whether a cluster runs, and all its nodes are Ready. */
async function allReady(): Promise<boolean> {
  if (runningMachines().size <= nodes.length) return false;
  try {
    const { items } = (await connect(kubeconfigFile).get('/api/v1/nodes')) as List<NodeStatus>;
    const ready = items.filter(({ status }) =>
      status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    );
    return ready.length === nodes.length;
  } catch {
    return false;
  }
}

function dnsIsReady(control: Machine): Promise<boolean> {
  const ask = "fetch('http://127.0.0.1:8181/ready').then(({ ok }) => process.exit(ok ? 0 : 1))";
  return succeeds([...enter(control, ['net']), process.execPath, '--eval', ask]);
}

/** In the node's network; with the cluster's DNS in the place of this machine's, for this one command. */
function onNode(name: string): readonly string[] {
  const machine = running(runningMachines(), name);
  const resolver = join(clusterFolder, 'resolv.conf');
  writeFileSync(
    resolver,
    `nameserver ${controlPlane.address}\nsearch svc.${CLUSTER_DOMAIN} ${CLUSTER_DOMAIN}\n`,
  );
  const script = `mount --bind '${resolver}' /etc/resolv.conf && exec "$@"`;
  return [...enter(machine, ['net']), 'unshare', '--mount', 'sh', '-c', script, 'sh'];
}
