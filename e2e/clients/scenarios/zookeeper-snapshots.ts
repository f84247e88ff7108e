import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { zookeeper } from '../../../testkit/src/systems/zookeeper.ts';
import { createFlags } from '../../../testkit/src/wire/requests.ts';
import type { Context, Scenario } from '../scenario.ts';

const NODES = 300;
/** Of whole snapshots there and back: more than one entry of the log takes. */
const LARGE_BYTES = 400_000;
const HEADERS = { authorization: 'digest somebody:secret', 'content-type': 'application/octet-stream' };
const ROOKERY = ['admin.rateLimiterIntervalInMS=0'];
/** Who the members are is no part of a tree; of the root clients have made and deleted what they compare by. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['/zookeeper/config']);

type Tree = ReadonlyMap<string, { readonly data: string; readonly stat: unknown }>;

export const zookeeperSnapshots: Scenario = {
  name: 'zookeeper-snapshots',
  proves:
    'three members restore what a running Apache ZooKeeper wrote, and it starts with what they give by GET /commands/snapshot: equal node by node, stats included',
  against: ['rookery'],
  needs: ['java'],
  run: async (context) => {
    zookeeper.prepare((line) => context.note(line));
    const [file, written] = await ofZookeeper();
    const ensemble = await context.startEnsemble({ configLines: ROOKERY });
    const leader = await ensemble.leader();
    for (const member of ensemble.members.filter((one) => one !== leader))
      assert.equal((await restore(member.plan.adminPort, file)).status, 409, 'a follower restores');
    const cut = await restore(leader.plan.adminPort, file.subarray(0, file.length - 100));
    assert.equal(cut.status, 400, 'half of a snapshot is restored');
    const whole = await restore(leader.plan.adminPort, file);
    assert.equal(whole.status, 200, await whole.text());
    for (const { endpoint } of ensemble.members) assert.deepEqual(await treeAt(endpoint), written);
    context.note(`${written.size} nodes of ZooKeeper's are in three members`);
    const back = await there(context, ensemble);
    return `${written.size} nodes there, ${back} back`;
  },
};

/** The newest snapshot file of a ZooKeeper that was stopped and started again, and what its clients saw. */
async function ofZookeeper(): Promise<[Buffer, Tree]> {
  const alone = await Ensemble.start(zookeeper, { size: 1 });
  try {
    const [member] = alone.members;
    await fill(member!.endpoint);
    const written = await treeAt(member!.endpoint);
    // It writes one when it starts.
    await member!.stop();
    member!.start();
    await alone.serving();
    const folder = join(alone.folder, 'member-1', 'data', 'version-2');
    const names = readdirSync(folder).filter((name) => name.startsWith('snapshot.'));
    const newest = names.sort((a, b) => zxidOf(a) - zxidOf(b)).at(-1);
    assert.ok(newest !== undefined, 'ZooKeeper has written no snapshot');
    return [readFileSync(join(folder, newest)), written];
  } finally {
    await alone.remove();
  }
}

function zxidOf(name: string): number {
  return Number.parseInt(name.slice('snapshot.'.length), 16);
}

/** Has the members go on, and a ZooKeeper start with what they give. */
async function there(context: Context, ensemble: Ensemble): Promise<number> {
  const session = await ClientSession.connect(ensemble.endpoints[0]!);
  await session.create('/written-here', Buffer.from('by Rookery'));
  await session.set('/first', Buffer.from('changed'));
  await session.delete('/app/deep/er');
  await session.close();
  const answer = await fetch(`http://127.0.0.1:${ensemble.members[0]!.plan.adminPort}/commands/snapshot`, {
    headers: HEADERS,
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(answer.status, 200, bytes.toString());
  const zxid = answer.headers.get('last_zxid')?.slice(2);
  const expected = await treeAt(ensemble.endpoints[0]!);
  const prepareDataFolder = (folder: string): void => {
    mkdirSync(join(folder, 'version-2'));
    writeFileSync(join(folder, 'version-2', `snapshot.${zxid}`), bytes);
  };
  const alone = await Ensemble.start(zookeeper, { size: 1, prepareDataFolder });
  try {
    assert.deepEqual(await treeAt(alone.endpoints[0]!), expected);
    context.note(`${expected.size} nodes of the members' are in a ZooKeeper`);
    return expected.size;
  } finally {
    await alone.remove();
  }
}

async function fill(endpoint: Endpoint): Promise<void> {
  const session = await ClientSession.connect(endpoint);
  for (const path of ['/first', '/app', '/app/deep', '/app/deep/er'])
    await session.create(path, Buffer.from(path));
  const paths: string[] = [];
  for (let i = 0; i < NODES; i++)
    paths.push(await session.create('/app/n-', Buffer.from(`${i}`), createFlags.persistentSequential));
  for (let i = 0; i < NODES; i += 3) {
    if (i % 2 === 0) await session.delete(paths[i]!);
    else await session.set(paths[i]!, Buffer.alloc(i, i));
  }
  await session.create('/large', Buffer.alloc(LARGE_BYTES, 'large'));
  await session.create('/grüße', Buffer.from([0, 255, 128]));
  await session.close();
}

async function treeAt(endpoint: Endpoint): Promise<Tree> {
  const session = await ClientSession.connect(endpoint);
  await session.sync('/');
  const tree = new Map<string, { data: string; stat: unknown }>();
  const walk = async (path: string): Promise<void> => {
    const { data, stat } = await session.get(path);
    if (!NOT_COMPARED.has(path)) tree.set(path, { data: data.toString('base64'), stat });
    const children = (await session.children(path)).sort();
    for (const child of children) await walk(path === '/' ? `/${child}` : `${path}/${child}`);
  };
  await walk('/');
  await session.close();
  return tree;
}

function restore(adminPort: number, snapshot: Uint8Array): Promise<Response> {
  const url = `http://127.0.0.1:${adminPort}/commands/restore`;
  return fetch(url, { method: 'POST', headers: HEADERS, body: Buffer.from(snapshot) });
}
