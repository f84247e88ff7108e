/** Plays every scenario against Apache ZooKeeper and against Rookery; exits with 1 where they differ unexpectedly. */
import { parseArgs } from 'node:util';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { systems } from '../../testkit/src/systems/index.ts';
import { type Accepted, accepted } from './accepted.ts';
import { compare, describeDifference } from './compare.ts';
import { type NormalEntry, normalise } from './normalise.ts';
import { play } from './player.ts';
import { PLACES, type Place, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { randomScenario } from './scenarios/random.ts';
import { Sides } from './sides.ts';
import { judge } from './verdict.ts';

const DEFAULT_SEEDS = 10;

const usage = `Scenarios over raw sockets, side by side with Apache ZooKeeper, compared byte for byte.

  node e2e/compatibility/run.ts [options]

  --only <names>   comma-separated beginnings of scenario names
  --at <place>     ${PLACES.join(' or ')}: where clients connect (default: one after the other)
  --show           print all that was told, not only differences
  --seeds <n>      scenarios of random requests, by the seeds from 1 to n (default ${DEFAULT_SEEDS})
  --list           print the scenarios and stop
`;

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
  const at = PLACES.filter((place) => values.at === undefined || values.at === place);
  if (at.length === 0) throw new Error(`--at takes ${PLACES.join(' or ')}`);
  return { chosen, places: at, show: values.show };
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

interface Outcome {
  readonly isSame: boolean;
  readonly lines: readonly string[];
}

/** Whether the two sides agree, but for what is accepted. */
async function playBoth(scenario: Scenario, place: Place, sides: Sides, show: boolean): Promise<Outcome> {
  const startMs = performance.now();
  const [theirs, ours] = await Promise.all(
    sides.stages(scenario, place).map(async (stage) => normalise(await play(scenario, stage))),
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
  return { isSame, lines };
}

/** As `playBoth`; on new ensembles where a member of ZooKeeper's ended by itself meanwhile. */
async function playToTheEnd(scenario: Scenario, place: Place, sides: Sides, show: boolean): Promise<Outcome> {
  for (;;) {
    const outcome = await playBoth(scenario, place, sides, show);
    const ended = await sides.endedByItself(!outcome.isSame);
    if (ended === undefined) return outcome;
    log(`a member of Apache ZooKeeper ended by itself: on with new ensembles; its log: ${ended}`);
    await sides.startAnew();
  }
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
  for (const system of [systems.zookeeper, systems.rookery]) {
    const missing = system.missing();
    if (missing !== undefined) throw new Error(`${system.title}: ${missing}`);
    system.prepare(log);
  }
  const sides = await Sides.start(options.chosen);
  let passed = 0;
  let failed = 0;
  try {
    for (const place of options.places) {
      for (const scenario of options.chosen) {
        const outcome = await playToTheEnd(scenario, place, sides, options.show);
        log(outcome.lines.join('\n'));
        if (outcome.isSame) passed += 1;
        else failed += 1;
        if (sides.endedOfOurs !== undefined) {
          throw new Error(`a member of Rookery ended by itself; its log: ${sides.endedOfOurs}`);
        }
      }
    }
  } finally {
    await sides.stop();
  }
  if (failed === 0) await sides.remove();
  else log(`logs are kept in ${sides.folders.join(' and ')}`);
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
