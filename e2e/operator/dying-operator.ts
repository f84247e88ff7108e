import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clusterFolder, kubeconfigFile, repository } from '../../tools/kube/folders.ts';
import { apiServer } from '../../tools/kube/namespaces/topology.ts';
import type { Cluster } from './cluster.ts';
import { OPERATOR_NAMESPACE } from './install.ts';
import { withoutOperator } from './without-operator.ts';

const NODE = 'node-1';
const BUNDLE = join(repository, 'operator', 'dist', 'bin', 'rookery-operator.mjs');
/** What the operator logs behind each write, and each request to a member, that changed something. */
const STEP = 'reconcile step applied';

interface LogEntry {
  readonly msg?: string;
  readonly step?: string;
  readonly kind?: string;
}

/**
 * Runs `during` under an operator that ends by SIGKILL as soon as it has changed anything at all, and is started again. Each of its steps is
 * thus the last one of some life, and each state that a step leaves behind is met by an operator that remembers nothing.
 *
 * It runs as a process on a node, with the arguments that its Deployment has; the Deployment has no replica meanwhile.
 *
 * @returns the steps, in the order in which they were done
 */
export async function underDyingOperator(
  cluster: Cluster,
  during: (steps: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  const steps: string[] = [];
  const command = await operatorCommand(cluster);
  await withoutOperator(cluster, async () => {
    const over = new AbortController();
    const lives = liveAgainAndAgain(command, steps, over.signal);
    try {
      await Promise.race([during(steps), lives]);
    } finally {
      over.abort();
      await lives;
    }
  });
  return steps;
}

async function operatorCommand(cluster: Cluster): Promise<readonly string[]> {
  const enter = cluster.provider.onNode(NODE);
  if (enter === undefined)
    throw new Error('nodes are no part of this machine, and the operator cannot run on one');
  const [deployment] = await cluster.list(OPERATOR_NAMESPACE, 'deployment');
  const { template } = (deployment?.spec ?? {}) as {
    readonly template?: {
      readonly spec: { readonly containers: readonly { readonly args?: readonly string[] }[] };
    };
  };
  const args = template?.spec.containers[0]?.args ?? [];
  return [...enter, process.execPath, BUNDLE, ...args, '--leader-elect=false', '--http-port=0'];
}

/** Rejects where the operator ends of its own accord. */
async function liveAgainAndAgain(
  command: readonly string[],
  steps: string[],
  over: AbortSignal,
): Promise<void> {
  const kubeconfig = join(clusterFolder, 'kubeconfig-of-nodes');
  writeFileSync(kubeconfig, readFileSync(kubeconfigFile, 'utf8').replace(/https:\/\/[^"]+/, apiServer), {
    mode: 0o600,
  });
  while (!over.aborted) await liveOnce(command, kubeconfig, steps, over);
}

async function liveOnce(
  [file, ...args]: readonly string[],
  kubeconfig: string,
  steps: string[],
  over: AbortSignal,
): Promise<void> {
  const operator = spawn(file!, args, {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = once(operator, 'exit') as Promise<[code: number | null, signal: string | null]>;
  let said = '';
  operator.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  createInterface({ input: operator.stdout }).on('line', (line) => {
    const { msg, step, kind } = JSON.parse(line) as LogEntry;
    if (msg !== STEP || !operator.kill('SIGKILL')) return;
    steps.push([step, kind].filter((word) => word !== undefined).join(' '));
  });
  const kill = (): void => {
    operator.kill('SIGKILL');
  };
  over.addEventListener('abort', kill);
  const [code] = await end;
  over.removeEventListener('abort', kill);
  if (code !== null) throw new Error(`the operator ended with ${code}: ${said.slice(-2_000)}`);
}
