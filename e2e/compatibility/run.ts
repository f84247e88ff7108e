/** Plays every scenario against Apache ZooKeeper and against Rookery; exits with 1 where they differ unexpectedly. */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Endpoint } from '../../bench/src/endpoint.ts';
import { Ensemble } from '../../bench/src/peers/ensemble.ts';
import { peers } from '../../bench/src/peers/index.ts';
import { Session } from '../../bench/src/session.ts';
import { stopBySignal } from '../../bench/src/stop-by-signal.ts';
import { type Accepted, accepted } from './accepted.ts';
import { compare, describeDifference } from './compare.ts';
import { type NormalEntry, normalise } from './normalise.ts';
import { play, type Stage } from './player.ts';
import { type Place, places, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { randomScenario } from './scenarios/random.ts';
import { judge } from './verdict.ts';

const DEFAULT_SEEDS = 10;

const usage = `Scenarios over raw sockets, side by side with Apache ZooKeeper, compared byte for byte.

  node e2e/compatibility/run.ts [options]

  --only <names>   comma-separated beginnings of scenario names
  --at <place>     ${places.join(' or ')}: where clients connect (default: one after the other)
  --show           print all that was told, not only differences
  --seeds <n>      scenarios of random requests, by the seeds from 1 to n (default ${DEFAULT_SEEDS})
  --list           print the scenarios and stop
`;

/** Ticks of a second: sessions may be as short as two. The last line of a key counts. */
const configLines = ['tickTime=1000', 'initLimit=20', 'syncLimit=10', 'extendedTypesEnabled=true'];

interface Options {
  readonly chosen: readonly Scenario[];
  readonly places: readonly Place[];
  readonly show: boolean;
}

function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      list: { type: 'boolean' },
      show: { type: 'boolean', default: false },
      only: { type: 'string' },
      seeds: { type: 'string', default: String(DEFAULT_SEEDS) },
      at: { type: 'string' },
    },
  });
  if (values.help) {
    log(usage);
    return undefined;
  }
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 0) throw new Error('--seeds takes a whole number');
  const all = [...scenarios, ...Array.from({ length: seeds }, (_, i) => randomScenario(i + 1))];
  if (values.list) {
    for (const { name } of all) log(name);
    return undefined;
  }
  const only = values.only?.split(',');
  const chosen = all.filter(
    ({ name }) => only === undefined || only.some((beginning) => name.startsWith(beginning)),
  );
  if (chosen.length === 0) throw new Error('no scenario has such a name');
  const at = places.filter((place) => values.at === undefined || values.at === place);
  if (at.length === 0) throw new Error(`--at takes ${places.join(' or ')}`);
  return { chosen, places: at, show: values.show };
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Everything in the tree is newer. */
const sinceMs = Date.now();

type Members = Pick<Stage, 'asked' | 'other'>;

/** One server under comparison. Its leader does not change while nobody is killed. */
interface Side {
  readonly ensemble: Ensemble;
  readonly at: Readonly<Record<Place, Members>>;
}

async function lookAt(ensemble: Ensemble): Promise<Side> {
  await ensemble.serving();
  const endpoints = await ensemble.endpointsFollowersFirst();
  const follower = endpoints[0]!;
  const leader = endpoints.at(-1)!;
  return {
    ensemble,
    at: { leader: { asked: leader, other: follower }, follower: { asked: follower, other: leader } },
  };
}

/** Whether the two sides agree, but for what is accepted. */
async function playBoth(
  scenario: Scenario,
  place: Place,
  sides: readonly Side[],
  show: boolean,
): Promise<boolean> {
  const root = rootOf(scenario, place);
  const startMs = performance.now();
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ at }) => normalise(await play(scenario, { root, sinceMs, ...at[place] }))),
  );
  const differences = compare(`${scenario.name} at the ${place}`, theirs!, ours!);
  const { unexpected, gone, met } = judge(scenario.name, differences, accepted);
  const seconds = `${((performance.now() - startMs) / 1_000).toFixed(1)} s`.padStart(7);
  const isSame = unexpected.length + gone.length === 0;
  const meant = met === 0 ? '' : `, but for ${met} accepted`;
  const lines = [
    `${isSame ? 'same   ' : 'DIFFERS'}${seconds}  ${scenario.name} at the ${place}: ${theirs!.length} things told${meant}`,
    ...(show ? theirs!.map(describeEntry) : []),
    ...unexpected.map(describeDifference),
    ...gone.map(describeGone),
  ];
  log(lines.join('\n'));
  return isSame;
}

/** Each scenario has a node of its own, in the way of nobody. */
function rootOf({ name }: Scenario, place: Place): string {
  // Paths of the same length wherever it is played.
  return `/${place.charAt(0)}-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`;
}

async function createRoots(endpoint: Endpoint, roots: readonly string[]): Promise<void> {
  const session = await Session.connect(endpoint);
  await Promise.all(roots.map((root) => session.create(root, Buffer.alloc(0))));
  await session.close();
}

function describeGone({ what, field }: Accepted): string {
  return `    ${what}: ${field}\n      is accepted, but no such difference was there: take it off the list`;
}

function describeEntry({ label, fields }: NormalEntry): string {
  return `    ${label}: ${fields.map(({ name, value }) => `${name} ${value}`).join(', ')}`;
}

async function main(): Promise<void> {
  const options = parseOptions();
  if (options === undefined) return;
  const both = [peers.zookeeper, peers.rookery];
  for (const peer of both) {
    const missing = peer.missing();
    if (missing !== undefined) throw new Error(`${peer.title}: ${missing}`);
    peer.prepare(log);
  }
  const ensembles = await Promise.all(both.map((peer) => Ensemble.create(peer, { configLines })));
  let passed = 0;
  let failed = 0;
  try {
    for (const member of ensembles.flatMap(({ members }) => members)) member.start();
    const sides = await Promise.all(ensembles.map(lookAt));
    for (const place of options.places) {
      const roots = options.chosen.map((scenario) => rootOf(scenario, place));
      await Promise.all(sides.map(({ at }) => createRoots(at[place].asked, roots)));
      for (const scenario of options.chosen) {
        if (await playBoth(scenario, place, sides, options.show)) passed += 1;
        else failed += 1;
      }
    }
  } finally {
    await Promise.all(ensembles.map((ensemble) => ensemble.stop()));
  }
  for (const { folder } of ensembles) {
    if (failed === 0) rmSync(folder, { recursive: true, force: true });
    else log(`logs are kept in ${folder}`);
  }
  log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

stopBySignal();

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
}
