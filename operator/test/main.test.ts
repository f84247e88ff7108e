import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ApiServer } from '../../kube/test/api-server.ts';
import { until } from '../../kube/test/until.ts';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');
const LEASE_PATH = '/apis/coordination.k8s.io/v1/namespaces/ns/leases/rookery-operator';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Process {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function run(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Process {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  closing.push(() => child.kill('SIGKILL'));
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

/** A kubeconfig for the scripted API server. */
async function startApi(): Promise<{ readonly server: ApiServer; readonly kubeconfig: string }> {
  const server = await ApiServer.start();
  const folder = mkdtempSync(join(tmpdir(), 'rookery-operator-'));
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, server.config.exportConfig());
  closing.push(
    () => rmSync(folder, { recursive: true }),
    () => server.stop(),
  );
  return { server, kubeconfig };
}

const FLAGS = [
  '--namespaces',
  'ns',
  '--lease-namespace',
  'ns',
  '--http-host',
  '127.0.0.1',
  '--http-port',
  '0',
];

test('it leads, serves its probes, and gives the lease back when it is asked to stop', async () => {
  const { server, kubeconfig } = await startApi();
  const { child, output, ended } = run(FLAGS, { KUBECONFIG: kubeconfig });
  await until(() => output().includes('the controllers work'), `the start: ${output()}`);
  const port = /"httpPort":(\d+)/.exec(output())?.[1];
  const [ready, metrics] = await Promise.all(
    ['readyz', 'metrics'].map((path) => fetch(`http://127.0.0.1:${port}/${path}`)),
  );
  expect(ready?.status).toBe(200);
  expect(await metrics?.text()).toContain('rookery_operator_leader 1');
  const holder = (): unknown =>
    (server.objects.get(LEASE_PATH) as { spec?: { holderIdentity?: string } })?.spec?.holderIdentity;
  expect(holder()).not.toBe('');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(holder() ?? '').toBe('');
  expect(output()).toContain('"msg":"stopped"');
});

test.each([
  [['--http-port', 'x'], 2, 'write a port'],
  [['--leader-elect=false'], 2, 'the Kubernetes configuration cannot be read'],
  [['--help'], 0, 'Usage: rookery-operator'],
])('%s ends with exit %i and a text', async (argv, code, text) => {
  const { output, ended } = run(argv, { KUBECONFIG: '/does/not/exist' });
  expect(await ended).toBe(code);
  expect(output()).toContain(text);
});

test('outside of a Pod it asks where the Lease belongs', async () => {
  const { kubeconfig } = await startApi();
  const { output, ended } = run([], { KUBECONFIG: kubeconfig });
  expect(await ended).toBe(2);
  expect(output()).toContain('--lease-namespace');
});
