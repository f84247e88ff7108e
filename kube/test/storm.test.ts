import { expect, test } from 'vitest';
import { Random } from '../../testkit/src/random.ts';
import { Controller } from '../src/controller.ts';
import { keyOf, nameOfKey } from '../src/objects.ts';
import { INACTIVITY_MS, Reflector } from '../src/reflector.ts';
import { type Answer, cut, errorLine, hang, isList, isWatch, refuse, stream } from './api-server.ts';
import { ManualTime, testPorts } from './manual-time.ts';
import { settle } from './until.ts';
import { POD_PATH, PODS, pod, startWorld } from './world.ts';

const SEEDS = 12;
const STEPS = 80;
/** Seconds: a watch that stays silent for 150 s, a list that hangs for 30 s, a back-off of 60 s, and some more. */
const CALM_STEPS = 400;

/**
 * Objects come, change and go while lists and watches fail in every way, and a controller copies what its cache shows. Once the troubles
 * end, cache and copy are the server's objects, and no key was ever with two workers.
 */
test.each(Array.from({ length: SEEDS }, (_, index) => index + 1))('a storm, seed %i', async (seed) => {
  const random = new Random(seed);
  const time = new ManualTime();
  const world = await startWorld(testPorts(random, time));
  const { server } = world;
  const copy = new Map<string, string>();
  const working = new Set<string>();
  let twice = 0;
  const controller = new Controller(
    {
      name: 'copy',
      workers: 3,
      reconcile: async (key) => {
        if (working.has(key)) twice++;
        working.add(key);
        await settle();
        working.delete(key);
        if (random.chance(0.2)) throw new Error('planted');
        const version = reflector.store.get(nameOfKey(key))?.metadata.resourceVersion;
        if (version === undefined) copy.delete(key);
        else copy.set(key, version);
        return {};
      },
    },
    world,
  );
  const reflector = new Reflector(
    {
      type: PODS,
      scope: { namespace: 'ns' },
      keysOf: ({ metadata }) => [keyOf(metadata)],
      enqueue: (key) => controller.queue.add(key),
    },
    world,
  );
  world.closing.push(() => reflector.stop());
  world.closing.push(() => controller.stop(0));
  reflector.start();
  controller.start();

  const listTroubles: readonly Answer[] = [
    cut,
    hang,
    refuse(410, 'Expired'),
    refuse(429, 'TooManyRequests', { 'retry-after': '2' }),
    refuse(500, 'InternalError'),
  ];
  const watchTroubles: readonly Answer[] = [
    ...listTroubles,
    stream([errorLine(410, 'Expired')], 'end'),
    stream([errorLine(500, 'InternalError')], 'stay'),
    stream(['{"type":"ADDED","obj'], 'cut'),
    stream([], 'stay'),
    stream([], 'end'),
  ];
  for (let step = 0; step < STEPS; step++) {
    const name = `pod-${random.below(8)}`;
    const path = `${POD_PATH}/${name}`;
    if (random.chance(0.3) && server.objects.get(path) !== undefined) server.objects.remove(path);
    else server.objects.put(path, pod(name, { spec: { step } }));
    const dice = random.next();
    if (dice < 0.15) server.cutWatches();
    else if (dice < 0.2) server.endWatches();
    else if (dice < 0.25) server.sendToWatches(errorLine(410, 'Expired'));
    else if (dice < 0.3) server.objects.compact();
    if (server.scripted < 4 && random.chance(0.3)) server.script(isWatch, random.pick(watchTroubles));
    if (server.scripted < 4 && random.chance(0.15)) server.script(isList, random.pick(listTroubles));
    await settle();
    time.advance(random.next() * random.pick([100, 2_000, 20_000, INACTIVITY_MS]));
  }

  server.calm();
  const versions = (): string =>
    server.objects
      .list(POD_PATH)
      .map(({ metadata }) => `${keyOf(metadata)}@${metadata.resourceVersion}`)
      .join();
  const held = (): string =>
    reflector.store
      .list()
      .map(({ metadata }) => `${keyOf(metadata)}@${metadata.resourceVersion}`)
      .sort()
      .join();
  const copied = (): string =>
    [...copy]
      .map(([key, version]) => `${key}@${version}`)
      .sort()
      .join();
  const equal = (): boolean => held() === versions() && copied() === versions();
  for (let round = 0; round < CALM_STEPS && !equal(); round++) {
    await settle();
    time.advance(1_000);
  }
  expect([held(), copied(), twice], `seed ${seed}`).toEqual([versions(), versions(), 0]);
});
