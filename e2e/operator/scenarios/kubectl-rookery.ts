import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filePlaces } from '../../../testkit/src/secrets/member-places.ts';
import { describeFinding } from '../../../testkit/src/secrets/secret-search.ts';
import { run } from '../../../tools/kube/commands.ts';
import { type Cluster, hostsOf } from '../cluster.ts';
import { KubectlPlugin } from '../kubectl-plugin.ts';
import { measured, UPDATE_GAP_MS } from '../measured.ts';
import { mostAway } from '../pods-away.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { searchForSecretsOf } from '../secrets.ts';
import { underWriters } from '../writers.ts';

const NAME = 'plugged';
const MEMBERS = 3;

/** What a status in JSON tells, as far as it is looked at here. */
interface Status {
  readonly state: string;
  readonly leader: string;
  readonly members: readonly { readonly id: number; readonly pod: string; readonly ready: boolean }[];
}

/** And a session. */
interface Session {
  readonly ephemerals: readonly string[];
  readonly member: number | null;
  readonly tls: boolean | null;
}

export const kubectlRookery: Scenario = {
  name: 'the image carries the command, and kubectl rookery looks at a cluster, reports, restarts, promotes and replaces while clients write by TLS, hibernates and has a shell',
  fast: false,
  async run(cluster, namespace) {
    using plugin = new KubectlPlugin(namespace);
    assert.equal((await plugin.refusal(['status', NAME])).code, 1);
    await cluster.apply(namespace, coordinationCluster(NAME, { tls: { client: { mode: 'Required' } } }));
    await cluster.ready(namespace, NAME, 300);
    let files = 0;
    let away = 0;
    const authority = await cluster.kubectl([
      ...['-n', namespace, 'get', `configmap/${NAME}-ca`, '-o', String.raw`jsonpath={.data.ca\.crt}`],
    ]);
    const report = await underWriters(
      cluster,
      hostsOf(NAME, namespace),
      async () => {
        await inPod(cluster, namespace);
        await looked(plugin);
        await promoted(cluster, plugin);
        files = await reported(cluster, plugin, namespace);
        away = await mostAway(namespace, MEMBERS, async () => {
          await restarted(cluster, plugin, namespace);
          await replaced(cluster, plugin, namespace);
        });
      },
      { authority },
    );
    await hibernated(cluster, plugin, namespace);
    const account = `${files} files in the report, without a secret`;
    return measured(account, report, { away, mostGapMs: UPDATE_GAP_MS });
  },
};

/** The command beside a member: it knows it, its token and its certificate. */
async function inPod(cluster: Cluster, namespace: string): Promise<void> {
  const exec = ['-n', namespace, 'exec', `${NAME}-0`, '-c', 'rookery', '--'];
  const rookery = (...argv: readonly string[]): Promise<string> =>
    cluster.kubectl([...exec, 'rookery', ...argv, '--timeout', '10s']);
  assert.match(await rookery('status'), /^3 members, member \d leads in term/);
  assert.equal(await rookery('create', '/written', 'by the command'), '/written\n');
  assert.match(await rookery('leader'), /^member \d/);
  const sessions = jsonLines(await rookery('sessions', '--json')) as readonly Session[];
  const writers = sessions.filter(({ ephemerals }) =>
    ephemerals.some((path) => path.startsWith('/writers/')),
  );
  assert.ok(writers.length > 0, 'no session of a writer is told of');
  for (const { tls, member } of writers) assert.deepEqual([tls, member !== null], [true, true]);
}

async function looked(plugin: KubectlPlugin): Promise<void> {
  assert.match(
    await plugin.run(['status', NAME]),
    /3 voters, plugged-\d leads.* one voter may fail and writes go on/,
  );
  assert.match(await plugin.complete('repl'), /^replace\n/);
  const logs = await plugin.run(['logs', NAME, '--tail', '5', '--json']);
  const lines = jsonLines(logs) as readonly { readonly member: number; readonly time: string }[];
  assert.deepEqual([...new Set(lines.map(({ member }) => member))].sort(), [1, 2, 3]);
  const seconds = lines.map(({ time }) => time.slice(0, 19));
  assert.deepEqual(seconds, seconds.toSorted());
  assert.match(
    await plugin.run(['shell', NAME], 'ls /\nget /written\n'),
    /written\nzookeeper\nby the command/,
  );
}

async function promoted(cluster: Cluster, plugin: KubectlPlugin): Promise<void> {
  const { leader, members } = await statusOf(plugin);
  const successor = members.find(({ pod }) => pod !== leader)!;
  assert.match(
    await plugin.run(['promote', NAME, String(successor.id)]),
    new RegExp(`${successor.pod}\\) leads now`),
  );
  await cluster.until(
    'the operator has seen the new leader',
    async () => (await statusOf(plugin)).leader === successor.pod,
  );
}

async function restarted(cluster: Cluster, plugin: KubectlPlugin, namespace: string): Promise<void> {
  const before = await cluster.podUids(namespace);
  await plugin.run(['restart', NAME]);
  const after = await cluster.podUids(namespace);
  assert.equal(after.length, MEMBERS);
  assert.ok(
    after.every((uid) => !before.includes(uid)),
    'not every pod was made anew',
  );
}

async function replaced(cluster: Cluster, plugin: KubectlPlugin, namespace: string): Promise<void> {
  const claim = async (): Promise<string> =>
    (await cluster.get(namespace, 'pvc', `data-${NAME}-1`)).metadata.uid;
  const before = await claim();
  await plugin.run(['replace', NAME, `${NAME}-1`, '--yes']);
  assert.notEqual(await claim(), before);
}

async function hibernated(cluster: Cluster, plugin: KubectlPlugin, namespace: string): Promise<void> {
  await plugin.run(['hibernate', NAME, '--yes']);
  assert.equal((await cluster.list(namespace, 'pods')).length, 0);
  assert.equal((await statusOf(plugin)).state, 'asleep');
  assert.equal((await plugin.refusal(['replace', NAME, '2', '--yes'])).code, 4);
  await plugin.run(['wake', NAME]);
  assert.equal((await statusOf(plugin)).state, 'well');
  assert.match(await plugin.run(['shell', NAME], 'get /written\n'), /by the command/);
}

async function statusOf(plugin: KubectlPlugin): Promise<Status> {
  return JSON.parse(await plugin.run(['status', NAME, '--json'])) as Status;
}

function jsonLines(text: string): readonly unknown[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** How many files a report has, none of which holds a secret of the namespace. */
async function reported(cluster: Cluster, plugin: KubectlPlugin, namespace: string): Promise<number> {
  const file = join(plugin.folder, 'report.tar.gz');
  await plugin.run(['report', NAME, '-o', file]);
  await run(['tar', '-xzf', file, '-C', plugin.folder]);
  const folder = join(plugin.folder, `rookery-report-${NAME}`);
  const places = filePlaces(folder, () => true);
  const leaks = (await searchForSecretsOf(cluster, namespace)).in(places).map(describeFinding);
  assert.deepEqual(leaks, []);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  assert.match(read(`members/${NAME}-0/metrics.txt`), /^rookery_info\{/m);
  assert.match(read(`members/${NAME}-2/admin-members.json`), /"members"/);
  assert.match(read('ensemble/status.json'), /"state":"well"/);
  const { secrets } = JSON.parse(read('about.json')) as { secrets: { read: readonly string[] } };
  assert.ok(secrets.read.includes(`${NAME}-admin`));
  return places.length;
}
