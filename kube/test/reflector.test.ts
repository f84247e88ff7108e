import { describe, expect, test } from 'vitest';
import { type KubeObject, keyOf } from '../src/objects.ts';
import { INACTIVITY_MS, Reflector } from '../src/reflector.ts';
import { bookmark, cut, errorLine, hang, isList, isWatch, refuse, stream, watchLine } from './api-server.ts';
import { testPorts } from './manual-time.ts';
import { settle, until } from './until.ts';
import { POD_PATH, PODS, pod, startWorld, type World } from './world.ts';

const FIRST_BACKOFF_MS = 800;

interface Following {
  readonly reflector: Reflector;
  readonly enqueued: string[];
  /** Whether the store is the server's. */
  readonly equal: () => boolean;
}

function follow(world: World, keysOf = (object: KubeObject) => [keyOf(object.metadata)]): Following {
  const enqueued: string[] = [];
  const reflector = new Reflector(
    { type: PODS, scope: { namespace: 'ns' }, keysOf, enqueue: (key) => void enqueued.push(key) },
    world,
  );
  world.closing.push(() => reflector.stop());
  reflector.start();
  const text = (objects: KubeObject[]): string =>
    objects
      .map((object) => JSON.stringify([object.metadata, object.kind, (object as { spec?: unknown }).spec]))
      .sort()
      .join('\n');
  const equal = (): boolean => text(reflector.store.list()) === text(world.server.objects.list(POD_PATH));
  return { reflector, enqueued, equal };
}

async function startWith(...names: string[]): Promise<World> {
  const world = await startWorld();
  for (const name of names) world.server.objects.put(`${POD_PATH}/${name}`, pod(name));
  return world;
}

describe('a reflector', () => {
  test('lists in pages, then watches from the version of the list, with bookmarks and a time limit', async () => {
    const names = Array.from({ length: 1_203 }, (_, index) => `pod-${index}`);
    const world = await startWith(...names);
    const { reflector, enqueued, equal } = follow(world);
    expect(reflector.hasSynced).toBe(false);
    await reflector.synced;
    expect([reflector.hasSynced, equal()]).toEqual([true, true]);
    expect(new Set(enqueued).size).toBe(1_203);
    expect(world.server.requests.filter(isList).map(({ query }) => query.get('continue'))).toEqual([
      null,
      '500',
      '1000',
    ]);
    const watch = await world.server.received(isWatch);
    expect(Object.fromEntries(watch.query)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: String(world.server.objects.version),
      timeoutSeconds: '300',
    });
  });

  test('follows what is created, changed and deleted, and tells only keys', async () => {
    const world = await startWith('a');
    const { enqueued, equal } = follow(world);
    await until(() => world.server.openWatches === 1, 'the watch');
    world.server.objects.put(`${POD_PATH}/b`, pod('b', { spec: { text: 'héllo 🐦' } }));
    world.server.objects.put(`${POD_PATH}/b`, pod('b', { spec: { text: 'again' } }));
    world.server.objects.remove(`${POD_PATH}/a`);
    await until(equal, 'the store to be equal');
    expect(enqueued).toEqual(['ns/a', 'ns/b', 'ns/b', 'ns/b', 'ns/a']);
  });

  test('an owner is told of both states: also the one that the object was taken away from', async () => {
    const world = await startWith();
    const owner = (object: KubeObject): string[] => [object.metadata.labels?.owner ?? 'none'];
    const { enqueued } = follow(world, owner);
    await until(() => world.server.openWatches === 1, 'the watch');
    for (const name of ['first', 'second']) {
      const labelled = pod('a');
      const metadata = { ...labelled.metadata, labels: { owner: name } };
      world.server.objects.put(`${POD_PATH}/a`, { ...labelled, metadata });
    }
    await until(() => enqueued.length === 3, 'three keys');
    expect(enqueued).toEqual(['first', 'first', 'second']);
  });

  test('a page token that expires begins the whole list anew; nothing looks deleted meanwhile', async () => {
    const world = await startWith(...Array.from({ length: 600 }, (_, index) => `pod-${index}`));
    world.server.script(({ query }) => query.has('continue'), refuse(410, 'Expired'));
    const { reflector, equal } = follow(world);
    await world.time.pass(FIRST_BACKOFF_MS);
    await reflector.synced;
    expect(equal()).toBe(true);
    expect(world.server.count(isList)).toBe(4);
  });

  test('a connection cut in the middle of a line: goes on from the last whole one', async () => {
    const world = await startWith('a');
    const { objects } = world.server;
    const version = objects.version;
    objects.put(`${POD_PATH}/b`, pod('b', { spec: { text: '🐦' } }));
    objects.put(`${POD_PATH}/c`, pod('c'));
    const [first, second] = objects
      .since(POD_PATH, version)
      .map(({ type, object }) => watchLine(type, object));
    const bytes = Buffer.from(`${first}${second}`);
    const inBird = bytes.indexOf(Buffer.from('🐦')) + 2;
    world.server.script(isList, (response) => {
      response.end(
        JSON.stringify({
          metadata: { resourceVersion: String(version) },
          items: [objects.get(`${POD_PATH}/a`)],
        }),
      );
    });
    const pieces = [bytes.subarray(0, inBird), bytes.subarray(inBird, bytes.length - 20)];
    world.server.script(isWatch, stream(pieces, 'cut'));
    const { equal } = follow(world);
    await world.time.pass(FIRST_BACKOFF_MS);
    const again = await world.server.received(isWatch, 2);
    expect(again.query.get('resourceVersion')).toBe(String(version + 1));
    await until(equal, 'the store to be equal');
    expect(world.server.count(isList)).toBe(1);
  });

  test.each([
    ['an answer 410', refuse(410, 'Expired')],
    ['an ERROR event with 410', stream([errorLine(410, 'Expired')], 'end')],
    ['an ERROR event with 500', stream([errorLine(500, 'InternalError')], 'stay')],
    ['a line that is no JSON', stream(['{"type": "ADD\n'], 'stay')],
    ['an event without a version', stream([watchLine('ADDED', { metadata: { name: 'x' } })], 'stay')],
  ])('%s: lists again, and notices what was deleted meanwhile', async (_, answer) => {
    const world = await startWith('a', 'b');
    world.server.script(isWatch, answer);
    const { reflector, enqueued, equal } = follow(world);
    await world.server.received(isWatch);
    await until(() => world.time.delays.includes(FIRST_BACKOFF_MS), 'the back-off');
    world.server.objects.remove(`${POD_PATH}/a`);
    world.server.objects.put(`${POD_PATH}/c`, pod('c'));
    world.server.objects.compact();
    enqueued.length = 0;
    await world.time.pass(FIRST_BACKOFF_MS);
    await until(() => world.server.openWatches === 1, 'the next watch');
    expect(equal()).toBe(true);
    expect(reflector.size).toBe(2);
    expect(enqueued).toEqual(['ns/a', 'ns/c']);
    expect(world.server.count(isList)).toBe(2);
  });

  test('a bookmark moves the place from which the next watch goes on', async () => {
    const world = await startWith('a');
    world.server.script(isWatch, stream([bookmark(7_000)], 'cut'));
    follow(world);
    await world.time.pass(FIRST_BACKOFF_MS);
    const again = await world.server.received(isWatch, 2);
    expect(again.query.get('resourceVersion')).toBe('7000');
  });

  test('silence: the watch is given up, its connection closed, and the next goes on from there', async () => {
    const world = await startWith('a');
    world.server.script(isWatch, stream([], 'stay'));
    const { equal } = follow(world);
    await world.server.received(isWatch);
    await until(() => !world.time.delays.includes(30_000), 'the headers');
    world.server.objects.put(`${POD_PATH}/b`, pod('b'));
    await world.time.pass(INACTIVITY_MS);
    await world.time.pass(FIRST_BACKOFF_MS);
    await until(equal, 'the store to be equal');
    expect(world.server.count(isList)).toBe(1);
    await until(() => world.server.connections <= 2, 'the silent connection to be closed');
  });

  test('a line, be it only a bookmark, is no silence', async () => {
    const world = await startWith('a');
    follow(world);
    await until(() => world.server.openWatches === 1, 'the watch');
    await until(() => !world.time.delays.includes(30_000), 'the headers');
    for (let count = 0; count < 3; count++) {
      world.time.advance(INACTIVITY_MS - 1_000);
      world.server.sendToWatches(bookmark(8_000 + count));
      await until(() => world.time.leftOf(INACTIVITY_MS) === INACTIVITY_MS, 'the timer to begin anew');
    }
    expect(world.server.count(isWatch)).toBe(1);
  });

  test('half open: a list and a watch that get no answer are given up in time', async () => {
    const world = await startWith('a');
    world.server.script(isList, hang);
    world.server.script(isWatch, hang);
    const { equal } = follow(world);
    await world.server.received(isList);
    await world.time.pass(30_000);
    await world.time.pass(FIRST_BACKOFF_MS);
    await world.server.received(isWatch);
    await world.time.pass(30_000);
    await world.time.pass(FIRST_BACKOFF_MS);
    await until(() => world.server.openWatches === 1, 'the next watch');
    expect(equal()).toBe(true);
  });

  test('429: waits as long as the API server asks', async () => {
    const world = await startWith('a');
    world.server.script(isList, refuse(429, 'TooManyRequests', { 'retry-after': '7' }));
    const { reflector } = follow(world);
    await world.time.pass(7_000);
    await reflector.synced;
  });

  test('goes on for ever, the delays bounded, whatever the API server answers', async () => {
    // With jitter, so that no delay is as long as the timeout of a request.
    const world = await startWorld(testPorts({ next: () => 0.5 }));
    world.server.objects.put(`${POD_PATH}/a`, pod('a'));
    const troubles = [refuse(500, 'InternalError'), cut, refuse(403, 'Forbidden'), refuse(503, '')];
    for (let round = 0; round < 5; round++) world.server.script(isList, ...troubles);
    const { equal } = follow(world);
    for (const delayMs of [1_200, 2_400, 4_800, 9_600, 19_200, 38_400]) await world.time.pass(delayMs);
    for (let round = 0; round < 14; round++) await world.time.pass(45_000);
    await until(() => world.server.openWatches === 1, 'the watch');
    expect([equal(), world.server.scripted]).toEqual([true, 0]);
  });

  test('a watch that ends as it should is followed by the next at once', async () => {
    const world = await startWith('a');
    const { equal } = follow(world);
    await until(() => world.server.openWatches === 1, 'the watch');
    await until(() => !world.time.delays.includes(30_000), 'the headers');
    world.time.advance(60_000);
    world.server.endWatches();
    await world.server.received(isWatch, 2);
    expect([equal(), world.server.count(isList)]).toEqual([true, 1]);
  });

  test('watches that end at once are not asked for at full speed', async () => {
    const world = await startWith('a');
    world.server.script(isWatch, stream([], 'end'), stream([], 'end'));
    follow(world);
    await world.time.pass(800);
    await world.time.pass(1_600);
    await until(() => world.server.openWatches === 1, 'the third watch');
    expect(world.server.count(isWatch)).toBe(3);
  });

  test('four watches in a row that bring nothing put their place in doubt: lists again', async () => {
    const world = await startWith('a');
    world.server.script(isWatch, cut, refuse(500, 'InternalError'), cut, refuse(504, 'Timeout'));
    follow(world);
    for (const delayMs of [800, 1_600, 3_200]) await world.time.pass(delayMs);
    await world.server.received(isWatch, 4);
    expect(world.server.count(isList)).toBe(1);
    await world.time.pass(6_400);
    await until(() => world.server.openWatches === 1, 'the watch');
    expect(world.server.count(isList)).toBe(2);
  });

  test('everything is enqueued again from time to time', async () => {
    const world = await startWith('a', 'b');
    const { reflector, enqueued } = follow(world);
    await reflector.synced;
    enqueued.length = 0;
    await world.time.pass(300_000);
    expect(enqueued).toEqual(['ns/a', 'ns/b']);
  });

  test('a mapping that throws is told and blinds it to nothing else', async () => {
    const world = await startWith('a', 'b');
    const { reflector, enqueued, equal } = follow(world, ({ metadata }) => {
      if (metadata.name === 'a') throw new Error('planted');
      return [metadata.name];
    });
    await reflector.synced;
    expect([equal(), enqueued]).toEqual([true, ['b']]);
    expect(world.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test.each([
    ['watches', undefined],
    ['lists', isList],
  ])('while it %s it can be stopped, and leaves neither a timer nor a request', async (_, hanging) => {
    const world = await startWith('a');
    if (hanging !== undefined) world.server.script(hanging, hang);
    const { reflector } = follow(world);
    await world.server.received(hanging ?? isWatch);
    await reflector.stop();
    expect(world.time.delays).toEqual([]);
    await until(() => world.server.openWatches === 0, 'the watch to be closed');
    await settle();
    expect(world.server.requests.length).toBe(hanging === undefined ? 2 : 1);
  });
});
