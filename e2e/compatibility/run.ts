/** Plays every scenario against Apache ZooKeeper and against Rookery; exits with 1 where they differ unexpectedly. */
import { parseArgs } from 'node:util';
import { choiceOptions, choose, onlyOption } from '../../testkit/src/scenarios/choose.ts';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { exitCodeOf } from '../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../testkit/src/scenarios/print-line.ts';
import { type Attempt, type Counts, Runner } from '../../testkit/src/scenarios/runner.ts';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { systems } from '../../testkit/src/systems/index.ts';
import { type Accepted, accepted } from './accepted.ts';
import { Certificates } from './certificates.ts';
import { compare, describeDifference } from './compare.ts';
import { type NormalEntry, normalise } from './normalise.ts';
import { play } from './player.ts';
import { PLACES, type Place, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { randomScenario } from './scenarios/random.ts';
import { randomReadOnly } from './scenarios/read-only.ts';
import { randomReconfig } from './scenarios/reconfig.ts';
import { type Play, type Settled, settle } from './settle.ts';
import { type SetupName, setups } from './setups.ts';
import { Sides } from './sides.ts';
import { agrees, judge } from './verdict.ts';

const DEFAULT_SEEDS = 16;
/** Of the seeds. */
const READ_ONLY_EVERY = 16;

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
  readonly seeds: number;
}

function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      ...choiceOptions,
      show: { type: 'boolean', default: false },
      seeds: { type: 'string', default: String(DEFAULT_SEEDS) },
      at: { type: 'string' },
    },
  });
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 0) throw new Complaint('--seeds takes a whole number');
  // Who often fails to prove who it is is slowed: those who are to fail come last.
  // A quorum that is lost and comes back takes seconds.
  const random = Array.from({ length: seeds }, (_, i) => i + 1).map((seed) => [
    randomScenario(seed),
    randomReconfig(seed),
    ...(seed % READ_ONLY_EVERY === 0 ? [randomReadOnly(seed)] : []),
  ]);
  const all = [...random.flat(), ...scenarios];
  const chosen = choose(all, values, usage, printLine);
  if (chosen === undefined) return undefined;
  const places = PLACES.filter((place) => values.at === undefined || values.at === place);
  if (places.length === 0) throw new Complaint(`--at takes ${PLACES.join(' or ')}`);
  return { chosen, places, show: values.show, seeds };
}

async function playOnce(scenario: Scenario, place: Place, sides: Sides): Promise<Play> {
  const [theirs, ours] = await Promise.all(
    sides.stages(scenario, place).map(async (stage) => normalise(await play(scenario, stage))),
  );
  return { theirs: theirs!, ours: ours! };
}

/** Plays one scenario to its end, and makes place for the next one where a member of ZooKeeper's has ended by itself meanwhile. */
async function playBoth(scenario: Scenario, place: Place, sides: Sides): Promise<Settled> {
  const startAnew = async (): Promise<boolean> => {
    if (!sides.mayStartAnew || sides.endedOfOurs !== undefined) return false;
    const ended = sides.endedOfTheirs;
    const why = ended === undefined ? 'the sides differ' : `a member of Apache ZooKeeper ended, see ${ended}`;
    printLine(`on with new ensembles: ${why}`);
    await sides.startAnew();
    return true;
  };
  const settled = await settle(
    () => playOnce(scenario, place, sides),
    ({ theirs, ours }) =>
      judge(scenario.name, compare(`${scenario.name} at the ${place}`, theirs, ours), accepted),
    startAnew,
  );
  if (sides.endedOfTheirs !== undefined) await startAnew();
  return settled;
}

/** How much was told, and beneath it what differs. */
function describe({ plays, play: { theirs }, verdict, inconstant }: Settled, show: boolean): string {
  const { unexpected, gone, met } = verdict;
  const meant = met === 0 ? '' : `, but for ${met} accepted`;
  const again = plays === 1 ? '' : `, played ${plays} times`;
  return [
    `${theirs.length} things told${meant}${again}`,
    ...(show ? theirs.map(describeEntry) : []),
    ...unexpected.map((difference) => describeDifference(difference)),
    ...gone.map(describeGone),
    ...inconstant.map((difference) => describeDifference(difference, ['Rookery at first', 'Rookery then'])),
  ].join('\n');
}

function describeGone({ what, field }: Accepted): string {
  return `    ${what}: ${field}\n      is accepted, but no such difference was there: take it off the list`;
}

function describeEntry({ label, fields }: NormalEntry): string {
  return `    ${label}: ${fields.map(({ name, value }) => `${name} ${value}`).join(', ')}`;
}

function attemptOf(scenario: Scenario, place: Place, sides: Sides, { show, seeds }: Options): Attempt {
  return {
    name: `${scenario.name} at the ${place}`,
    again: `node e2e/compatibility/run.ts --seeds ${seeds} --at ${place} ${onlyOption(scenario)}`,
    run: async () => {
      const settled = await playBoth(scenario, place, sides);
      const account = describe(settled, show);
      const ended = sides.endedOfOurs;
      if (ended !== undefined)
        throw new Complaint(`${account}\na member of Rookery ended by itself; its log: ${ended}`);
      if (!agrees(settled.verdict) || settled.inconstant.length > 0) throw new Complaint(account);
      return account;
    },
  };
}

/** Plays those of one setup; true where nothing more can be played. */
async function playAll(
  options: Options,
  chosen: readonly Scenario[],
  sides: Sides,
  runner: Runner,
): Promise<boolean> {
  const attempts = chosen.flatMap((scenario) =>
    options.places.map((place) => attemptOf(scenario, place, sides, options)),
  );
  for (const attempt of attempts) {
    if (!(await runner.run(attempt)) && sides.isOver) {
      printLine('nothing more can be played');
      return true;
    }
  }
  return false;
}

/** Starts both servers as their setup wants it, and plays what is chosen of it; true where nothing more can be played. */
async function playUnder(
  setup: SetupName,
  options: Options,
  certificates: Certificates,
  runner: Runner,
): Promise<boolean> {
  const chosen = options.chosen.filter((scenario) => scenario.setup === setup);
  if (chosen.length === 0) return false;
  const failedBefore = runner.counts.failed;
  const sides = await Sides.start(setup, chosen, certificates);
  let isOver: boolean;
  try {
    isOver = await playAll(options, chosen, sides, runner);
  } finally {
    await sides.stop();
  }
  if (runner.counts.failed === failedBefore) await sides.remove();
  else printLine(`logs are kept in ${sides.folders.join(' and ')}`);
  return isOver;
}

async function main(): Promise<Counts | undefined> {
  const options = parseOptions();
  if (options === undefined) return undefined;
  for (const system of [systems.zookeeper, systems.rookery]) {
    const missing = system.missing();
    if (missing !== undefined) throw new Complaint(`${system.title}: ${missing}`);
    system.prepare(printLine);
  }
  const runner = new Runner(printLine);
  const certificates = await Certificates.create();
  for (const setup of Object.keys(setups) as SetupName[]) {
    if (await playUnder(setup, options, certificates, runner)) break;
  }
  if (runner.counts.failed === 0) certificates.remove();
  return runner.counts;
}

stopBySignal();
process.exitCode = await exitCodeOf(main);
