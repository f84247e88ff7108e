import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectString, type Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { Member } from '../../../testkit/src/systems/member.ts';
import { zookeeper } from '../../../testkit/src/systems/zookeeper.ts';
import { createFlags } from '../../../testkit/src/wire/requests.ts';
import { Program } from '../program.ts';
import type { Context, Scenario } from '../scenario.ts';

const script = fileURLToPath(new URL('../python/migrating.py', import.meta.url));
const run = promisify(execFile);
const STEP_TIMEOUT_MS = 120_000;
const NODES = 200;

/** What `import-zookeeper --json` tells. */
interface Report {
  readonly zxid: string;
  readonly transactions: number;
  readonly digestsCompared: number;
  readonly nodes: number;
  readonly ephemerals: number;
  readonly sessions: number;
  readonly error?: { readonly code: string; readonly message: string };
}

type Tree = ReadonlyMap<string, { readonly data: string; readonly stat: unknown }>;

export const fromZookeeperFiles: Scenario = {
  name: 'from-zookeeper-files',
  proves:
    'three ZooKeepers are stopped, three members take over their files at the same ports, and kazoo, the Java client and Curator go on with their sessions; and the way back',
  against: ['rookery'],
  needs: ['java', 'javac', 'python'],
  run: async (context) => {
    zookeeper.prepare((line) => context.note(line));
    const old = await Ensemble.start(zookeeper, { size: 3, jvmFlags: ['-Dzookeeper.preAllocSize=64'] });
    const stops: (() => Promise<void>)[] = [() => old.remove()];
    try {
      return await comeOver(context, old, stops);
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  },
};

async function comeOver(context: Context, old: Ensemble, stops: (() => Promise<void>)[]): Promise<string> {
  const hosts = connectString(old.endpoints);
  const clients = [
    new Program(context.python(), [script], { HOSTS: hosts }),
    new Program('java', ['-cp', context.curatorProgram('migrating'), 'Migrating'], { HOSTS: hosts }),
  ];
  await fill(old.endpoints[0]!);
  for (const client of clients) await client.line('ready', STEP_TIMEOUT_MS);
  const before = await treeAt(old.endpoints[0]!);
  await old.stop();
  const stoppedMs = performance.now();

  const members = old.members.map(({ plan }) => new Member(context.system, plan));
  const reports = await Promise.all(members.map((member) => importOf(context, member, '--check')));
  const zxids = reports.map(({ zxid }) => Number(zxid));
  const first = members[zxids.indexOf(Math.max(...zxids))]!;
  const broken = await refuses(context, first);
  const report = await importOf(context, first);
  assert.equal(report.error, undefined, JSON.stringify(report));
  assert.ok(report.digestsCompared > NODES, 'the digests are compared');
  const ensemble = new Ensemble(context.system, old.folder, members);
  stops.push(() => ensemble.stop());
  first.start();
  for (const member of members) if (member !== first) member.start();
  await ensemble.serving();
  const servingMs = performance.now();
  for (const client of clients) client.write('moved');
  for (const client of clients) await client.line('done', STEP_TIMEOUT_MS);
  for (const client of clients) await client.success(STEP_TIMEOUT_MS);
  for (const { endpoint } of members) assertSame(await treeAt(endpoint), before);
  const back = await wayBack(context, ensemble);
  return `${report.nodes} nodes, ${report.ephemerals} ephemeral ones and ${report.sessions} sessions of zxid ${report.zxid} came over in ${Math.round((servingMs - stoppedMs) / 100) / 10} s; refused: ${broken.join(', ')}; ${back} nodes back`;
}

/** The command as a user types it, with the zoo.cfg that both systems read. */
async function importOf({ system }: Context, { plan }: Member, ...flags: string[]): Promise<Report> {
  const { command } = system.memberCommand(plan);
  const { stdout } = await run(command, ['import-zookeeper', ...flags, '--json', plan.config]).catch(
    (error: { stdout: string }) => error,
  );
  return JSON.parse(stdout) as Report;
}

/** What is wrong with copies of the files, as the command says it. */
async function refuses(context: Context, { plan }: Member): Promise<string[]> {
  const data = join(plan.folder, 'data');
  const codes: string[] = [];
  const copies: readonly ((folder: string) => void)[] = [
    (folder) => rmSync(join(folder, 'version-2'), { recursive: true }),
    (folder) => {
      for (const name of namesIn(folder, 'snapshot.'))
        truncateSync(name, Math.floor(statSync(name).size / 2));
    },
    (folder) => {
      for (const name of namesIn(folder, 'log.').slice(0, 1)) cpSync(join(plan.folder, 'zoo.cfg'), name);
    },
  ];
  for (const [i, spoil] of copies.entries()) {
    const copy = join(context.folder, `copy-${i}`);
    cpSync(data, copy, { recursive: true });
    spoil(copy);
    const member = new Member(context.system, plan);
    const { error } = await importOf(context, member, '--from', copy);
    assert.ok(error !== undefined, `bad files are taken: ${i}`);
    codes.push(error.code);
  }
  return codes;
}

function namesIn(folder: string, prefix: string): string[] {
  return readdirSync(join(folder, 'version-2'))
    .filter((name) => name.startsWith(prefix))
    .toSorted()
    .map((name) => join(folder, 'version-2', name));
}

/** A ZooKeeper starts with what a stopped member has. */
async function wayBack(context: Context, ensemble: Ensemble): Promise<number> {
  const leader = await ensemble.leader();
  const held = await ClientSession.connect(leader.endpoint);
  await held.create('/held-at-the-end', Buffer.of(), createFlags.ephemeral);
  const number = await held.create('/app/n-', Buffer.of(), createFlags.persistentSequential);
  const expected = await treeAt(leader.endpoint);
  await ensemble.stop();
  const to = join(context.folder, 'back');
  const { command } = context.system.memberCommand(leader.plan);
  await run(command, ['export-zookeeper', '--to', to, leader.plan.config]);
  const prepareDataFolder = (folder: string): void => cpSync(to, folder, { recursive: true });
  const alone = await Ensemble.start(zookeeper, { size: 1, prepareDataFolder });
  try {
    const [endpoint] = alone.endpoints;
    assertSame(await treeAt(endpoint!), expected);
    const session = await ClientSession.connect(endpoint!);
    const next = await session.create('/app/n-', Buffer.of(), createFlags.persistentSequential);
    assert.equal(numberOf(next), numberOf(number) + 1, 'the counter goes on');
    await session.close();
    return expected.size;
  } finally {
    held.drop();
    await alone.remove();
  }
}

const numberOf = (path: string): number => Number(path.slice(-10));

async function fill(endpoint: Endpoint): Promise<void> {
  const session = await ClientSession.connect(endpoint);
  await session.create('/app', Buffer.from('of before'));
  for (let i = 0; i < NODES; i++) {
    const path = await session.create('/app/n-', Buffer.alloc(i, 'x'), createFlags.persistentSequential);
    if (i % 5 === 0) await session.set(path, Buffer.from('changed'));
    if (i % 7 === 0) await session.delete(path);
  }
  await session.create('/gone', Buffer.of(), createFlags.ephemeral);
  await session.close();
}

/** Nodes that no client goes on to change. */
function assertSame(found: Tree, expected: Tree): void {
  const kept = (tree: Tree) =>
    new Map([...tree].filter(([path]) => path === '/app' || path.startsWith('/app/')));
  assert.deepEqual(kept(found), kept(expected));
  assert.ok(kept(expected).size > NODES / 2);
}

async function treeAt(endpoint: Endpoint): Promise<Tree> {
  const session = await ClientSession.connect(endpoint);
  await session.sync('/');
  const tree = new Map<string, { data: string; stat: unknown }>();
  const walk = async (path: string): Promise<void> => {
    const { data, stat } = await session.get(path);
    tree.set(path, { data: data.toString('base64'), stat });
    const children = (await session.children(path)).sort();
    for (const child of children) await walk(path === '/' ? `/${child}` : `${path}/${child}`);
  };
  await walk('/');
  await session.close();
  return tree;
}
