/** Plays every scenario against Apache ZooKeeper and against Rookery; exits with 1 where they differ unexpectedly. */
import { parseArgs } from 'node:util';
import { Ensemble } from '../../bench/src/peers/ensemble.ts';
import { peers } from '../../bench/src/peers/index.ts';
import type { Peer } from '../../bench/src/peers/peer.ts';
import { accepted } from './accepted.ts';
import { compare, describeDifference } from './compare.ts';
import { normalise } from './normalise.ts';
import { play, type Stage } from './player.ts';
import { type Place, places, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { judge } from './verdict.ts';

const usage = `Scenarios over raw sockets, side by side with Apache ZooKeeper, compared byte for byte.

  node e2e/compatibility/run.ts [options]

  --only <names>   comma-separated beginnings of scenario names
  --at <place>     ${places.join(' or ')}: where clients connect (default: one after the other)
  --show           print all that was told, not only differences
  --list           print the scenarios and stop
`;

/** Ticks of half a second: sessions may be as short as one second. The last line of a key counts. */
const configLines = ['tickTime=500', 'initLimit=40', 'syncLimit=20', 'extendedTypesEnabled=true'];

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
      at: { type: 'string' },
    },
  });
  if (values.help) {
    log(usage);
    return undefined;
  }
  if (values.list) {
    for (const { name } of scenarios) log(name);
    return undefined;
  }
  const only = values.only?.split(',');
  const chosen = scenarios.filter(
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

/** An ensemble whose leader is known; it does not change while nobody is killed. */
async function startEnsemble(peer: Peer): Promise<{ ensemble: Ensemble; stage: (place: Place) => Members }> {
  const ensemble = await Ensemble.start(peer, { configLines });
  const [follower, , leader] = await ensemble.endpointsFollowersFirst();
  const stage = (place: Place): Members =>
    place === 'leader' ? { asked: leader!, other: follower! } : { asked: follower!, other: leader! };
  return { ensemble, stage };
}

type Members = Pick<Stage, 'asked' | 'other'>;

async function main(): Promise<void> {
  const options = parseOptions();
  if (options === undefined) return;
  for (const peer of Object.values(peers)) {
    const missing = peer.missing();
    if (missing !== undefined) throw new Error(`${peer.title}: ${missing}`);
    peer.prepare(log);
  }
  const started = await Promise.all([startEnsemble(peers.zookeeper), startEnsemble(peers.rookery)]);
  const [zookeeper, rookery] = started;
  let passed = 0;
  let failed = 0;
  for (const place of options.places) {
    for (const scenario of options.chosen) {
      const root = `/${place}-${scenario.name.replaceAll(/[^a-z]+/gi, '-')}`;
      const startMs = performance.now();
      const [theirs, ours] = await Promise.all(
        [zookeeper, rookery].map(async ({ stage }) =>
          normalise(await play(scenario, { root, ...stage(place) })),
        ),
      );
      if (options.show)
        for (const entry of theirs!)
          log(`    ${entry.label}: ${entry.fields.map(({ name, value }) => `${name} ${value}`).join(', ')}`);
      const verdict = judge(
        scenario.name,
        compare(`${scenario.name} at a ${place}`, theirs!, ours!),
        accepted,
      );
      const seconds = `${((performance.now() - startMs) / 1_000).toFixed(1)} s`.padStart(7);
      if (verdict.unexpected.length + verdict.gone.length === 0) {
        passed += 1;
        const meant = verdict.met === 0 ? '' : `, but for ${verdict.met} accepted`;
        log(`same  ${seconds}  ${scenario.name} at the ${place}: ${theirs!.length} things told${meant}`);
      } else {
        failed += 1;
        log(`DIFFERS${seconds}  ${scenario.name} at the ${place}`);
        for (const difference of verdict.unexpected) log(describeDifference(difference));
        for (const { what, field } of verdict.gone)
          log(`    ${what}: ${field}\n      is accepted, but not there: take it off the list`);
      }
    }
  }
  await Promise.all(started.map(({ ensemble }) => (failed === 0 ? ensemble.remove() : ensemble.stop())));
  if (failed > 0) for (const { ensemble } of started) log(`logs are kept in ${ensemble.folder}`);
  log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stderr.write(`stopped by ${signal}\n`);
    process.exit(130);
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
}
