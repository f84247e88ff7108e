/** Three workers and a control plane in containers: kind, built from its Go module at a pinned version. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, succeeds } from './commands.ts';
import { cacheFolder, clusterFolder, kubeconfigFile } from './folders.ts';
import { kubectlCommand } from './kubectl.ts';
import type { Log, Provider } from './provider.ts';
import { installTools } from './tools.ts';

const VERSION = 'v0.31.0';
const CLUSTER = 'rookery';
const CREATE_TIMEOUT = '5m';
/** A cluster that is there already has its nodes Ready within this time, or is made anew. */
const READY_TIMEOUT = '30s';

const programFolder = join(cacheFolder, `kind-${VERSION}`);
const program = join(programFolder, 'kind');
const cluster = ['--name', CLUSTER];

const worker = (number: number) => ({
  role: 'worker',
  labels: { 'topology.kubernetes.io/zone': `zone-${number}` },
});

const settings = {
  apiVersion: 'kind.x-k8s.io/v1alpha4',
  kind: 'Cluster',
  nodes: [{ role: 'control-plane' }, worker(1), worker(2), worker(3)],
};

export const kind: Provider = {
  description: `three workers by kind ${VERSION}`,
  up,
  down,
  loadImage: async (archive) => {
    await run([program, 'load', 'image-archive', archive, ...cluster]);
  },
  onNode: () => undefined,
  suspend: async (node, isSuspended) => {
    await run(['docker', isSuspended ? 'pause' : 'unpause', node]);
  },
};

async function up(log: Log): Promise<void> {
  await install(log);
  if (await isReady(log)) return;
  await down();
  mkdirSync(clusterFolder, { recursive: true });
  log('creating a cluster by kind');
  const options = ['--config', '-', '--wait', CREATE_TIMEOUT, '--kubeconfig', kubeconfigFile];
  await run([program, 'create', 'cluster', ...cluster, ...options], { input: JSON.stringify(settings) });
}

async function isReady(log: Log): Promise<boolean> {
  const clusters = (await run([program, 'get', 'clusters'])).split('\n');
  if (!clusters.includes(CLUSTER)) return false;
  mkdirSync(clusterFolder, { recursive: true });
  await run([program, 'export', 'kubeconfig', ...cluster, '--kubeconfig', kubeconfigFile]);
  await installTools(log);
  const ready = ['wait', 'nodes', '--all', '--for=condition=Ready', `--timeout=${READY_TIMEOUT}`];
  return succeeds([...kubectlCommand, ...ready]);
}

async function down(): Promise<void> {
  if (existsSync(program)) {
    await run([program, 'delete', 'cluster', ...cluster, '--kubeconfig', kubeconfigFile]);
  }
  rmSync(clusterFolder, { recursive: true, force: true });
}

async function install(log: Log): Promise<void> {
  if (existsSync(program)) return;
  if (!(await succeeds(['go', 'version']))) {
    throw new Error('kind is built from its Go module, and there is no Go: install it');
  }
  log(`building kind ${VERSION} (once)`);
  const environment = { GOBIN: programFolder, CGO_ENABLED: '0' };
  await run(['go', 'install', `sigs.k8s.io/kind@${VERSION}`], { environment });
}
