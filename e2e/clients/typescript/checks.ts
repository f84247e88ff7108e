import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type Change,
  type Client,
  EventType,
  isCoordinationError,
  OPEN_ACL,
  Permission,
  type Watcher,
} from '@rookery/client';
import { openSession, root } from './session.ts';

const EVENT_TIMEOUT_MS = 5_000;
const TTL_MS = 600_000;

let looks = 0;

function expect(what: string, expected: unknown, got: unknown): void {
  looks += 1;
  if (isDeepStrictEqual(expected, got)) return;
  throw new Error(`${what}: ${shown(got)} instead of ${shown(expected)}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString(16) : part));
}

async function refuses(what: string, code: string, call: Promise<unknown>): Promise<void> {
  const got = await call.then(
    () => 'nothing refused',
    (error: unknown) => (isCoordinationError(error) ? error.code : String(error)),
  );
  expect(what, code, got);
}

/** A watcher, and a promise of what it is told. */
function watch(): { readonly watcher: Watcher; readonly event: Promise<EventType> } {
  const { promise, resolve, reject } = Promise.withResolvers<EventType>();
  const deadline = setTimeout(() => reject(new Error('no event in time')), EVENT_TIMEOUT_MS);
  promise.catch(() => undefined);
  const watcher: Watcher = {
    changed: (type) => {
      clearTimeout(deadline);
      resolve(type);
    },
    lost: () => reject(new Error('the session is lost')),
  };
  return { watcher, event: promise };
}

async function take(changes: AsyncIterator<Change>): Promise<string> {
  const { value } = (await changes.next()) as { value: Change };
  return `${value.type} ${value.path}`;
}

const groups: Readonly<Record<string, (zk: Client) => Promise<void>>> = {
  create: async (zk) => {
    const path = `${root}/create`;
    expect('path', path, (await zk.create(path, 'a')).path);
    await refuses('again', 'NODE_EXISTS', zk.create(path));
    await refuses('no parent', 'NO_NODE', zk.create(`${root}/no/parent`));
    const own = `${path}/ephemeral`;
    expect('owner', zk.session.id, (await zk.create(own, '', { kind: 'ephemeral' })).stat.ephemeralOwner);
    await refuses('beneath an ephemeral', 'NO_CHILDREN_FOR_EPHEMERALS', zk.create(`${own}/a`));
  },
  sequence: async (zk) => {
    const path = `${root}/sequence`;
    await zk.create(path);
    for (const [number, kind] of (['persistent', 'persistent', 'ephemeral'] as const).entries()) {
      const { path: made } = await zk.create(`${path}/n-`, '', { kind: `${kind}-sequential` });
      expect('number', `${path}/n-000000000${number}`, made);
    }
  },
  'get-set': async (zk) => {
    const path = `${root}/get-set`;
    await zk.create(path, 'first');
    const { data, stat } = await zk.get(path);
    expect('data', ['first', 0], [String(data), stat.version]);
    expect('any version', 1, (await zk.set(path, 'second')).version);
    expect('that version', 2, (await zk.set(path, 'third', { version: 1 })).version);
    const after = await zk.get(path);
    expect('data after it', ['third', 2], [String(after.data), after.stat.version]);
    await refuses('nothing there', 'NO_NODE', zk.get(`${root}/nowhere`));
  },
  'bad-version': async (zk) => {
    const path = `${root}/bad-version`;
    await zk.create(path, 'a');
    await refuses('set', 'BAD_VERSION', zk.set(path, 'b', { version: 7 }));
    await refuses('delete', 'BAD_VERSION', zk.delete(path, { version: 7 }));
    expect('unchanged', 'a', String((await zk.get(path)).data));
  },
  exists: async (zk) => {
    expect('not there', undefined, await zk.exists(`${root}/exists`));
    await zk.create(`${root}/exists`, 'a');
    expect('there', 1, (await zk.exists(`${root}/exists`))?.dataLength);
  },
  children: async (zk) => {
    const path = `${root}/children`;
    await zk.create(path);
    for (const name of ['a', 'b', 'c']) await zk.create(`${path}/${name}`);
    const { names, stat } = await zk.children(path);
    expect('names', ['a', 'b', 'c'], names.sort());
    expect('number', 3, stat.numChildren);
    expect('all below', 3, await zk.countDescendants(path));
  },
  delete: async (zk) => {
    const path = `${root}/delete`;
    await zk.create(path);
    await zk.delete(path, { version: 0 });
    expect('gone', undefined, await zk.exists(path));
    await refuses('again', 'NO_NODE', zk.delete(path));
  },
  'not-empty': async (zk) => refuses('with children', 'NOT_EMPTY', zk.delete(`${root}/children`)),
  multi: async (zk) => {
    const path = `${root}/multi`;
    await zk.create(path, 'a');
    const results = await zk.transaction([
      { do: 'check', path, version: 0 },
      { do: 'create', path: `${path}/one` },
      { do: 'create', path: `${path}/two` },
      { do: 'set', path, data: 'b', version: 0 },
      { do: 'delete', path: `${path}/two` },
    ]);
    expect('results', 5, results.length);
    expect('set', 'b', String((await zk.get(path)).data));
    expect('created, and deleted', ['one'], (await zk.children(path)).names);
    const refused = zk.transaction([
      { do: 'create', path: `${path}/three` },
      { do: 'check', path, version: 7 },
    ]);
    await refuses('one is refused', 'BAD_VERSION', refused);
    expect('none was done', ['one'], (await zk.children(path)).names);
  },
  acl: async (zk) => {
    const path = `${root}/acl`;
    await zk.authenticate('digest', 'ann:apple');
    // Not whoever else this connection has proved to be: each of these programs shows the same certificate.
    const id = `ann:${createHash('sha1').update('ann:apple').digest('base64')}`;
    const acl = [{ perms: Permission.all, scheme: 'digest', id }];
    for (const node of [path, `${path}-again`]) await zk.create(node, 'secret', { acl });
    const [entry] = (await zk.getAcl(path)).acl;
    expect('entry', acl[0], entry);
    const other = await openSession();
    await other.sync(path);
    await refuses('nobody reads', 'NO_AUTH', other.get(path));
    await refuses('nobody writes', 'NO_AUTH', other.set(path, 'x'));
    const readable = [{ ...OPEN_ACL[0]!, perms: Permission.read }];
    expect('version of the list', 1, (await zk.setAcl(path, readable, { version: 0 })).aversion);
    await other.sync(path);
    expect('anybody reads', 'secret', String((await other.get(path)).data));
    await refuses('nobody writes yet', 'NO_AUTH', other.set(path, 'x'));
    await other.authenticate('digest', 'ann:apple');
    expect('who proves it reads', 'secret', String((await other.get(`${path}-again`)).data));
    await other.close();
  },
  'data-watch': async (zk) => {
    const path = `${root}/data-watch`;
    await zk.create(path, 'a');
    const { watcher, event } = watch();
    await zk.get(path, { watcher });
    await zk.set(path, 'b');
    expect('event', EventType.changed, await event);
  },
  'child-watch': async (zk) => {
    const path = `${root}/child-watch`;
    await zk.create(path);
    const { watcher, event } = watch();
    await zk.children(path, { watcher });
    await zk.create(`${path}/a`);
    expect('event', EventType.childrenChanged, await event);
  },
  'exists-watch': async (zk) => {
    const path = `${root}/exists-watch`;
    const created = watch();
    expect('not there', undefined, await zk.exists(path, { watcher: created.watcher }));
    await zk.create(path);
    expect('event', EventType.created, await created.event);
    const deleted = watch();
    await zk.exists(path, { watcher: deleted.watcher });
    await zk.delete(path);
    expect('event', EventType.deleted, await deleted.event);
  },
  ephemeral: async (zk) => {
    const path = `${root}/ephemeral`;
    const created = watch();
    expect('not there', undefined, await zk.exists(path, { watcher: created.watcher }));
    const other = await openSession();
    await other.create(path, '', { kind: 'ephemeral' });
    expect('event', EventType.created, await created.event);
    const deleted = watch();
    const stat = await zk.exists(path, { watcher: deleted.watcher });
    expect('seen by another session', other.session.id, stat?.ephemeralOwner);
    await other.close();
    expect('event', EventType.deleted, await deleted.event);
    expect('gone with its session', undefined, await zk.exists(path));
  },
  'recursive-watch': async (zk) => {
    const path = `${root}/recursive-watch`;
    await zk.create(path);
    const changes = zk.watch(path, { recursive: true, signal: AbortSignal.timeout(EVENT_TIMEOUT_MS) });
    expect('first state', `start ${path}`, await take(changes));
    await zk.create(`${path}/a`);
    await zk.create(`${path}/a/b`);
    await zk.set(`${path}/a/b`, 'x');
    await zk.delete(`${path}/a/b`);
    for (const change of [
      `created ${path}/a`,
      `created ${path}/a/b`,
      `changed ${path}/a/b`,
      `deleted ${path}/a/b`,
    ])
      expect('change', change, await take(changes));
    await changes.return();
  },
  container: async (zk) => {
    const path = `${root}/container`;
    expect('path', path, (await zk.create(path, '', { kind: 'container' })).path);
    expect('a child', `${path}/a`, (await zk.create(`${path}/a`)).path);
  },
  ttl: async (zk) => {
    const path = `${root}/ttl`;
    expect('path', path, (await zk.create(path, '', { ttlMs: TTL_MS })).path);
    const numbered = await zk.create(`${path}/n-`, '', { kind: 'persistent-sequential', ttlMs: TTL_MS });
    expect('numbered', `${path}/n-0000000000`, numbered.path);
  },
  sync: async (zk) => {
    expect('answered', undefined, await zk.sync(root));
  },
};

/** Every call of the client, and what has to come of it; rejects with the group as the first word. */
export async function checkAll(zk: Client): Promise<void> {
  for (const [name, group] of Object.entries(groups)) {
    looks = 0;
    await group(zk).catch((error: unknown) => {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    });
    console.log(`checked ${name} ${looks}`);
  }
}
