/** Four containers of an engine as nodes: kind, built from its Go module at a pinned version. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, succeeds } from './commands.ts';
import { cacheFolder, clusterFolder, kubeconfigFile } from './folders.ts';
import type { Log, Provider } from './provider.ts';

const VERSION = 'v0.31.0';
const CLUSTER = 'rookery';
const READY_TIMEOUT = '5m';

const program = join(cacheFolder, `kind-${VERSION}`, 'kind');

const settings = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
${[1, 2, 3].map((number) => `  - role: worker\n    labels:\n      topology.kubernetes.io/zone: zone-${number}\n`).join('')}`;

export const kind: Provider = {
  description: `three workers by kind ${VERSION}`,
  up,
  down,
  loadImage: async (archive) => {
    await run([program, 'load', 'image-archive', archive, '--name', CLUSTER]);
  },
  onNode: () => undefined,
};

async function up(log: Log): Promise<void> {
  await install(log);
  const clusters = await run([program, 'get', 'clusters']);
  if (clusters.split('\n').includes(CLUSTER)) {
    if (await succeeds([program, 'get', 'kubeconfig', '--name', CLUSTER])) return;
    await down();
  }
  mkdirSync(clusterFolder, { recursive: true });
  log('creating a cluster by kind');
  await run(
    [
      program,
      'create',
      'cluster',
      '--name',
      CLUSTER,
      '--config',
      '-',
      '--wait',
      READY_TIMEOUT,
      '--kubeconfig',
      kubeconfigFile,
    ],
    { input: settings },
  );
}

async function down(): Promise<void> {
  if (existsSync(program)) {
    await run([program, 'delete', 'cluster', '--name', CLUSTER, '--kubeconfig', kubeconfigFile]);
  }
  rmSync(clusterFolder, { recursive: true, force: true });
}

async function install(log: Log): Promise<void> {
  if (existsSync(program)) return;
  if (!(await succeeds(['go', 'version']))) {
    throw new Error('kind is built from its Go module, and there is no Go: install it');
  }
  log(`building kind ${VERSION} (once)`);
  await run(['go', 'install', `sigs.k8s.io/kind@${VERSION}`], {
    environment: { GOBIN: join(cacheFolder, `kind-${VERSION}`), CGO_ENABLED: '0' },
  });
}
