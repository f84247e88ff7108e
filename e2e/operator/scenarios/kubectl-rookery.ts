import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filePlaces } from '../../../testkit/src/secrets/member-places.ts';
import { describeFinding } from '../../../testkit/src/secrets/secret-search.ts';
import { run } from '../../../tools/kube/commands.ts';
import type { Cluster } from '../cluster.ts';
import { KubectlPlugin } from '../kubectl-plugin.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { searchForSecretsOf } from '../secrets.ts';

const NAME = 'plugged';
/** What a status in JSON tells, as far as it is looked at here. */
interface Status {
  readonly state: string;
  readonly leader: string;
  readonly members: readonly { readonly id: number; readonly pod: string; readonly ready: boolean }[];
}

export const kubectlRookery: Scenario = {
  name: 'the image carries the command, and kubectl rookery looks at a cluster, reports, restarts, promotes, replaces, hibernates and has a shell, where clients have to speak TLS',
  fast: false,
  async run(cluster, namespace) {
    using plugin = new KubectlPlugin(namespace);
    assert.equal((await plugin.refusal(['status', NAME])).code, 1);
    await cluster.apply(namespace, coordinationCluster(NAME, { tls: { client: { mode: 'Required' } } }));
    await cluster.ready(namespace, NAME, 300);
    const statusOf = async (): Promise<Status> =>
      JSON.parse(await plugin.run(['status', NAME, '--json'])) as Status;

    await inPod(cluster, namespace);
    const text = await plugin.run(['status', NAME]);
    assert.match(text, /3 voters, plugged-\d leads.* one voter may fail and writes go on/);
    assert.match(await plugin.complete('repl'), /^replace\n/);
    const logs = await plugin.run(['logs', NAME, '--tail', '5', '--json']);
    const lines = logs
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { member: number; time: string });
    assert.deepEqual([...new Set(lines.map(({ member }) => member))].sort(), [1, 2, 3]);
    assert.deepEqual(
      lines.map(({ time }) => time.slice(0, 19)),
      lines.map(({ time }) => time.slice(0, 19)).sort(),
    );
    assert.match(
      await plugin.run(['shell', NAME], 'ls /\nget /written\n'),
      /written\nzookeeper\nby the command/,
    );

    const { leader } = await statusOf();
    const successor = (await statusOf()).members.find(({ pod }) => pod !== leader)!;
    assert.match(
      await plugin.run(['promote', NAME, String(successor.id)]),
      new RegExp(`${successor.pod}\\) leads now`),
    );
    await cluster.until(
      'the operator has seen the new leader',
      async () => (await statusOf()).leader === successor.pod,
    );

    const files = await reported(cluster, plugin, namespace);

    const before = await cluster.podUids(namespace);
    await plugin.run(['restart', NAME]);
    const after = await cluster.podUids(namespace);
    assert.ok(
      after.length === 3 && after.every((uid) => !before.includes(uid)),
      'not every pod was made anew',
    );

    const claimOf = async (): Promise<string> =>
      (await cluster.get(namespace, 'pvc', `data-${NAME}-1`)).metadata.uid;
    const claim = await claimOf();
    await plugin.run(['replace', NAME, `${NAME}-1`, '--yes']);
    assert.notEqual(await claimOf(), claim);

    await plugin.run(['hibernate', NAME, '--yes']);
    assert.equal((await cluster.list(namespace, 'pods')).length, 0);
    assert.equal((await statusOf()).state, 'asleep');
    assert.equal((await plugin.refusal(['replace', NAME, '2', '--yes'])).code, 4);
    await plugin.run(['wake', NAME]);
    assert.equal((await statusOf()).state, 'well');
    assert.match(await plugin.run(['shell', NAME], 'get /written\n'), /by the command/);
    return `${files} files in the report, without a secret`;
  },
};

/** The command beside a member: it knows it, its token and its certificate. */
async function inPod(cluster: Cluster, namespace: string): Promise<void> {
  const rookery = (...argv: readonly string[]): Promise<string> =>
    cluster.kubectl(['-n', namespace, 'exec', `${NAME}-0`, '-c', 'rookery', '--', 'rookery', ...argv]);
  assert.match(await rookery('status', '--timeout', '10s'), /^3 members, member \d leads in term/);
  assert.equal(await rookery('create', '/written', 'by the command'), '/written\n');
  assert.match(await rookery('leader'), /^member \d/);
  assert.match(await rookery('sessions'), /./);
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
