import { isDeepStrictEqual } from 'node:util';
import { ACL, CreateMode, Event, Exception, Id, Permission } from 'node-zookeeper-client';
import { root, Session } from './session.js';

const EVENT_TIMEOUT_MS = 5_000;
const ALL = 31;

let looks = 0;

function expect(what, expected, got) {
  looks += 1;
  if (isDeepStrictEqual(expected, got)) return;
  throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
}

/** @param code of the library's Exception */
async function refuses(what, code, call) {
  const got = await call.then(
    () => 0,
    (error) => error.getCode?.() ?? error.message,
  );
  expect(what, code, got);
}

/** A watcher, and a promise of its first event. */
function watch() {
  let fire;
  const event = new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error('no event in time')), EVENT_TIMEOUT_MS);
    fire = ({ type, path }) => {
      clearTimeout(deadline);
      resolve({ type, path });
    };
  });
  event.catch(() => undefined);
  return { fire, event };
}

const groups = {
  create: async (session) => {
    const path = `${root}/create`;
    expect('path', path, await session.create(path, 'a'));
    await refuses('again', Exception.NODE_EXISTS, session.create(path));
    await refuses('no parent', Exception.NO_NODE, session.create(`${root}/no/parent`));
    const own = `${path}/ephemeral`;
    await session.create(own, '', CreateMode.EPHEMERAL);
    expect('owner', session.id, (await session.call('exists', own)).ephemeralOwner.toString('hex'));
    await refuses('beneath an ephemeral', Exception.NO_CHILDREN_FOR_EPHEMERALS, session.create(`${own}/a`));
  },
  sequence: async (session) => {
    const path = `${root}/sequence`;
    await session.create(path);
    const { PERSISTENT_SEQUENTIAL, EPHEMERAL_SEQUENTIAL } = CreateMode;
    const modes = [PERSISTENT_SEQUENTIAL, PERSISTENT_SEQUENTIAL, EPHEMERAL_SEQUENTIAL];
    for (const [number, mode] of modes.entries())
      expect('number', `${path}/n-000000000${number}`, await session.create(`${path}/n-`, '', mode));
  },
  'get-set': async (session) => {
    const path = `${root}/get-set`;
    await session.create(path, 'first');
    const [first, stat] = await session.call('getData', path);
    expect('data', 'first', first.toString());
    expect('version', 0, stat.version);
    expect('any version', 1, (await session.call('setData', path, Buffer.from('second'), -1)).version);
    expect('that version', 2, (await session.call('setData', path, Buffer.from('third'), 1)).version);
    const [third, after] = await session.call('getData', path);
    expect('data after it', 'third', third.toString());
    expect('version after it', 2, after.version);
    await refuses('nothing there', Exception.NO_NODE, session.call('getData', `${root}/nowhere`));
  },
  'bad-version': async (session) => {
    const path = `${root}/bad-version`;
    await session.create(path, 'a');
    await refuses('set', Exception.BAD_VERSION, session.call('setData', path, Buffer.from('b'), 7));
    await refuses('delete', Exception.BAD_VERSION, session.call('remove', path, 7));
    expect('unchanged', 'a', (await session.call('getData', path))[0].toString());
  },
  exists: async (session) => {
    expect('not there', null, await session.call('exists', `${root}/exists`));
    await session.create(`${root}/exists`, 'a');
    expect('there', 1, (await session.call('exists', `${root}/exists`)).dataLength);
  },
  children: async (session) => {
    const path = `${root}/children`;
    await session.create(path);
    for (const name of ['a', 'b', 'c']) await session.create(`${path}/${name}`);
    const [names, stat] = await session.call('getChildren', path);
    expect('names', ['a', 'b', 'c'], names.sort());
    expect('number', 3, stat.numChildren);
  },
  delete: async (session) => {
    const path = `${root}/delete`;
    await session.create(path);
    await session.call('remove', path, 0);
    expect('gone', null, await session.call('exists', path));
    await refuses('again', Exception.NO_NODE, session.call('remove', path));
  },
  'not-empty': async (session) => {
    await refuses('with children', Exception.NOT_EMPTY, session.call('remove', `${root}/children`));
  },
  multi: async (session) => {
    const path = `${root}/multi`;
    await session.create(path, 'a');
    const commit = (transaction) =>
      new Promise((resolve, reject) => {
        transaction.commit((error, results) => (error ? reject(error) : resolve(results)));
      });
    const together = session.transaction().check(path, 0).create(`${path}/one`).create(`${path}/two`);
    const results = await commit(together.setData(path, Buffer.from('b'), 0).remove(`${path}/two`, -1));
    expect('results', 5, results.length);
    expect('set', 'b', (await session.call('getData', path))[0].toString());
    expect('created, and deleted', ['one'], (await session.call('getChildren', path))[0]);
    // The library takes a version of 0 in a transaction for none.
    const refused = session.transaction().create(`${path}/three`).check(path, 7);
    await refuses('one is refused', Exception.BAD_VERSION, commit(refused));
    expect('none was done', ['one'], (await session.call('getChildren', path))[0]);
  },
  acl: async (session) => {
    const path = `${root}/acl`;
    session.prove('digest', 'ann:apple');
    for (const node of [path, `${path}-again`]) await session.create(node, 'secret', ACL.CREATOR_ALL_ACL);
    const [list] = await session.call('getACL', path);
    expect('entries', 1, list.length);
    expect('scheme', 'digest', list[0].id.scheme);
    expect('rights', ALL, list[0].permission);
    const other = await Session.connect();
    await refuses('nobody reads', Exception.NO_AUTH, other.call('getData', path));
    const write = () => other.call('setData', path, Buffer.from('x'));
    await refuses('nobody writes', Exception.NO_AUTH, write());
    const readable = [new ACL(Permission.READ, new Id('world', 'anyone'))];
    expect('version of the list', 1, (await session.call('setACL', path, readable, 0)).aversion);
    // The library has no sync; a write of this session is ordered behind what it has seen.
    await other.create(`${path}-other`);
    expect('anybody reads', 'secret', (await other.call('getData', path))[0].toString());
    await refuses('nobody writes yet', Exception.NO_AUTH, write());
    other.prove('digest', 'ann:apple');
    expect('who proves it reads', 'secret', (await other.call('getData', `${path}-again`))[0].toString());
    await other.close();
  },
  'data-watch': async (session) => {
    const path = `${root}/data-watch`;
    await session.create(path, 'a');
    const { fire, event } = watch();
    await session.call('getData', path, fire);
    await session.call('setData', path, Buffer.from('b'));
    expect('event', { type: Event.NODE_DATA_CHANGED, path }, await event);
  },
  'child-watch': async (session) => {
    const path = `${root}/child-watch`;
    await session.create(path);
    const { fire, event } = watch();
    await session.call('getChildren', path, fire);
    await session.create(`${path}/a`);
    expect('event', { type: Event.NODE_CHILDREN_CHANGED, path }, await event);
  },
  'exists-watch': async (session) => {
    const path = `${root}/exists-watch`;
    const created = watch();
    expect('not there', null, await session.call('exists', path, created.fire));
    await session.create(path);
    expect('event', { type: Event.NODE_CREATED, path }, await created.event);
    const deleted = watch();
    await session.call('exists', path, deleted.fire);
    await session.call('remove', path);
    expect('event', { type: Event.NODE_DELETED, path }, await deleted.event);
  },
  ephemeral: async (session) => {
    const path = `${root}/ephemeral`;
    const created = watch();
    expect('not there', null, await session.call('exists', path, created.fire));
    const other = await Session.connect();
    await other.create(path, '', CreateMode.EPHEMERAL);
    expect('event', { type: Event.NODE_CREATED, path }, await created.event);
    const deleted = watch();
    const { ephemeralOwner } = await session.call('exists', path, deleted.fire);
    expect('seen by another session', other.id, ephemeralOwner.toString('hex'));
    await other.close();
    expect('event', { type: Event.NODE_DELETED, path }, await deleted.event);
    expect('gone with its session', null, await session.call('exists', path));
  },
};

/** Every call of the library, and what has to come of it; rejects with the group as the first word. */
export async function checkAll(session) {
  for (const [name, group] of Object.entries(groups)) {
    looks = 0;
    await group(session).catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    console.log(`checked ${name} ${looks}`);
  }
}
