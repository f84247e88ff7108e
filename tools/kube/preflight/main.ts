/**
 * Proves that the cluster that runs is one to test on: what the operator's ensembles need of a Kubernetes, asked of the real thing.
 *
 *   node tools/kube/preflight/main.ts       after make kube-up and make images
 *
 * Prints a line for each promise with its duration. Exit 1 with the first that is broken; its objects are then left to look at.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chooseProvider } from '../choose.ts';
import { archiveOf, reference } from '../images/list.ts';
import { kubectl as kubectlOnCluster } from '../kubectl.ts';
import { installTools } from '../tools.ts';
import {
  CLIENT_PORT,
  clientService,
  FS_GROUP,
  headless,
  NAMESPACE,
  name,
  objects,
  pods,
  REPLICAS,
} from './objects.ts';

const IMAGE = 'rookery-server';
const TIMEOUT = '--timeout=180s';
/** So many that one of three pods is missed less than once in a hundred thousand runs. */
const CONNECTIONS = 32;
const CONNECTION_TIMEOUT_MS = 5_000;

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

await installTools(log);

function kubectl(...args: readonly string[]): Promise<string> {
  return kubectlOnCluster(['--namespace', NAMESPACE, ...args]);
}

async function json<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl(...args, '--output', 'json')) as T;
}

/** Runs JavaScript in the first pod and returns what it prints. */
function inPod(script: string): Promise<string> {
  return kubectl('exec', pods[0]!, '--', '/nodejs/bin/node', '--input-type=module', '--eval', script);
}

async function inPodJson<T>(expression: string): Promise<T> {
  const modules = { dns: 'dns/promises', fs: 'fs', https: 'https', net: 'net', '{ once }': 'events' };
  const imports = Object.entries(modules)
    .map(([name, module]) => `import ${name} from 'node:${module}';`)
    .join('');
  return JSON.parse(await inPod(`${imports} console.log(JSON.stringify(await (${expression})));`)) as T;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly podIP: string };
}

interface Items<T> {
  readonly items: readonly T[];
}

async function addresses(): Promise<readonly string[]> {
  return (await json<Items<Pod>>('get', 'pods')).items.map(({ status }) => status.podIP).sort();
}

const rolledOut = () => kubectl('rollout', 'status', `statefulset/${name}`, TIMEOUT);

/** In this order: each builds upon those before. */
const promises: Readonly<Record<string, () => Promise<void>>> = {
  'an image of this repository gets onto every node': async () => {
    await (await chooseProvider()).loadImage(archiveOf(IMAGE));
  },
  'three members start, not root, restricted, on a node and a volume of their own each': async () => {
    await kubectlOnCluster(['apply', '-f', '-'], {
      input: JSON.stringify(objects(reference(IMAGE), randomBytes(24).toString('hex'))),
    });
    await rolledOut();
    const nodes = new Set((await json<Items<Pod>>('get', 'pods')).items.map(({ spec }) => spec.nodeName));
    assert.equal(nodes.size, REPLICAS);
    const claims = await json<Items<{ status: { phase: string } }>>('get', 'pvc');
    assert.deepEqual(
      claims.items.map(({ status }) => status.phase),
      pods.map(() => 'Bound'),
    );
  },
  'a pod writes to its volume by its fsGroup, and to nothing else': async () => {
    const seen = await inPodJson<{ user: number; groups: number[]; root: string }>(
      `(async () => {
        fs.writeFileSync('/data/proof', 'kept');
        let root = 'written';
        try { fs.writeFileSync('/proof', ''); } catch (error) { root = error.code; }
        return { user: process.getuid(), groups: process.getgroups(), root };
      })()`,
    );
    assert.equal(seen.user, 65532);
    assert.ok(seen.groups.includes(FS_GROUP));
    assert.equal(seen.root, 'EROFS');
  },
  'the headless name has the address of every pod (A)': async () => {
    const answered = await inPodJson<string[]>(`dns.resolve4('${headless}')`);
    assert.deepEqual(answered.sort(), await addresses());
  },
  'the headless name has the name and port of every pod (SRV)': async () => {
    const answered = await inPodJson<{ name: string; port: number }[]>(
      `dns.resolveSrv('_client._tcp.${headless}')`,
    );
    assert.deepEqual(
      answered.map((record) => record.name).sort(),
      pods.map((pod) => `${pod}.${headless}`),
    );
    assert.ok(answered.every(({ port }) => port === CLIENT_PORT));
  },
  'a pod is found by its short name, and a name that is not there is not found': async () => {
    const codes = await inPodJson<string[]>(
      `Promise.all(['${pods[1]}.${name}', 'kubernetes.default', '${name}-9.${name}', 'nowhere.example']
        .map((host) => dns.lookup(host).then(() => 'found', (error) => error.code)))`,
    );
    assert.deepEqual(codes, ['found', 'found', 'ENOTFOUND', 'ENOTFOUND']);
  },
  'a Service answers, whichever pod it leads to, the asking one included': async () => {
    const answers = await inPodJson<string[]>(
      `(async () => {
        const seen = new Set();
        for (let n = 0; n < ${CONNECTIONS}; n += 1) {
          const socket = net.connect(${CLIENT_PORT}, '${clientService}');
          socket.setTimeout(${CONNECTION_TIMEOUT_MS}, () => socket.destroy(new Error('no answer')));
          socket.write('ruok');
          for await (const chunk of socket.setEncoding('utf8')) seen.add(chunk);
        }
        return [...seen];
      })()`,
    );
    assert.deepEqual(answers, ['imok']);
  },
  'a pod reaches the API server with its account': async () => {
    const answered = await inPodJson<{ status: number; user: string }>(
      `(async () => {
        const account = '/var/run/secrets/kubernetes.io/serviceaccount/';
        const options = {
          method: 'POST',
          ca: fs.readFileSync(account + 'ca.crt'),
          headers: {
            authorization: 'Bearer ' + fs.readFileSync(account + 'token', 'utf8'),
            'content-type': 'application/json',
          },
        };
        const url = 'https://kubernetes.default.svc/apis/authentication.k8s.io/v1/selfsubjectreviews';
        const request = https.request(url, options);
        request.end(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }));
        const [response] = await once(request, 'response');
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        return { status: response.statusCode, user: JSON.parse(text).status?.userInfo.username };
      })()`,
    );
    assert.deepEqual(answered, { status: 201, user: `system:serviceaccount:${NAMESPACE}:default` });
  },
  'logs are read': async () => {
    assert.match(await kubectl('logs', pods[0]!), /serving clients/);
  },
  'all pods deleted at once come back with their volumes': async () => {
    const before = (await json<Items<Pod>>('get', 'pods')).items.map(({ metadata }) => metadata.uid);
    await kubectl('delete', 'pods', '--all', TIMEOUT);
    await rolledOut();
    const after = (await json<Items<Pod>>('get', 'pods')).items.map(({ metadata }) => metadata.uid);
    assert.ok(after.every((uid) => !before.includes(uid)));
    assert.equal(await inPodJson<string>(`fs.promises.readFile('/data/proof', 'utf8')`), 'kept');
  },
  'all of it is deleted, its volumes with it': async () => {
    await kubectl('delete', 'namespace', NAMESPACE, TIMEOUT);
    await kubectl('wait', 'pv', '--all', '--for=delete', TIMEOUT);
  },
};

if (!existsSync(archiveOf(IMAGE))) throw new Error(`there is no image ${IMAGE}; run make images`);
let kept = 0;
for (const [promise, proof] of Object.entries(promises)) {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(7);
  try {
    await proof();
  } catch (error) {
    log(`FAILED ${seconds()}  ${promise}\n${error instanceof Error ? error.message : error}`);
    log(`\n${kept} passed, 1 failed; its objects are left in the namespace ${NAMESPACE}`);
    process.exit(1);
  }
  kept += 1;
  log(`passed ${seconds()}  ${promise}`);
}
log(`\n${kept} passed, 0 failed`);
