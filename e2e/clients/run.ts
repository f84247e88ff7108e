/** Runs the scenarios with real clients against three real processes; exits with 1 when one fails. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newWorkFolder } from '../../testkit/src/cache.ts';
import { javaClasses } from '../../testkit/src/installs/java-classes.ts';
import { runsHere } from '../../testkit/src/runs-here.ts';
import { choiceOptions, choose, onlyOption } from '../../testkit/src/scenarios/choose.ts';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { exitCodeOf } from '../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../testkit/src/scenarios/print-line.ts';
import { type Attempt, type Counts, Runner } from '../../testkit/src/scenarios/runner.ts';
import { ensemblePlaces } from '../../testkit/src/secrets/ensemble-places.ts';
import { describeFinding, type Secret, SecretSearch } from '../../testkit/src/secrets/secret-search.ts';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { systems } from '../../testkit/src/systems/index.ts';
import { SYSTEM_NAMES } from '../../testkit/src/systems/system.ts';
import { installZookeeper, missingForZookeeper } from '../../testkit/src/systems/zookeeper-jars.ts';
import { buildCProgram, missingForC } from './builds/c-program.ts';
import { buildDebianCProgram, missingForDebianC } from './builds/debian-c-program.ts';
import { buildGoProgram, missingForGo } from './builds/go-program.ts';
import { installNodeProgram } from './builds/node-program.ts';
import { buildRustProgram, missingForRust } from './builds/rust-program.ts';
import { installJars } from './curator/install.ts';
import { installHelix } from './helix/install.ts';
import { missingForMachines } from './machine/machines.ts';
import { installPython, missingForPython } from './python-venv.ts';
import { type Context, type Scenario, TOOLS, type Tool } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { type Tier, type TierName, tiers } from './tiers.ts';

const usage = `Real clients against three real server processes on loopback.

  node e2e/clients/run.ts [options]

  --against <system>   rookery (default) or zookeeper: Apache ZooKeeper, to prove the scenarios themselves
  --tier <name>      ${Object.keys(tiers).join(', ')} (default ci)
  --only <names>     comma-separated beginnings of scenario names
  --without <tools>  leave out the scenarios that need them: ${TOOLS.join(', ')}
  --minutes <n>      of the long run, instead of the tier's
  --seed <n>         for what is chosen at random (default: the time)
  --list             print the scenarios and stop
`;

const clickHouseNeeds = join(import.meta.dirname, 'clickhouse', 'requirements.txt');

interface Options {
  readonly against: (typeof SYSTEM_NAMES)[number];
  readonly tier: TierName;
  readonly chosen: readonly Scenario[];
  readonly without: readonly string[];
  readonly seed: number;
  readonly minutes: number | undefined;
}

function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      ...choiceOptions,
      against: { type: 'string', default: 'rookery' },
      tier: { type: 'string', default: 'ci' },
      without: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
    },
  });
  const named = choose(scenarios, values, usage, printLine);
  if (named === undefined) return undefined;
  const against = SYSTEM_NAMES.find((name) => name === values.against);
  if (against === undefined) throw new Complaint(`--against takes ${SYSTEM_NAMES.join(' or ')}`);
  if (!(values.tier in tiers)) throw new Complaint(`--tier takes ${Object.keys(tiers).join(', ')}`);
  const without = values.without?.split(',') ?? [];
  if (process.getuid?.() !== 0) without.push('root', 'machines');
  const unknownTool = without.find((name) => !TOOLS.some((tool) => tool === name));
  if (unknownTool !== undefined)
    throw new Complaint(`--without takes ${TOOLS.join(', ')}, not ${unknownTool}`);
  const chosen = named.filter((scenario) => scenario.against.includes(against));
  if (chosen.length === 0) throw new Complaint(`none of these scenarios is for ${against}`);
  const seed = values.seed === undefined ? Date.now() % 0x7fff_ffff : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) throw new Complaint('--seed takes a whole number');
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0)) throw new Complaint('--minutes takes a number above 0');
  return { against, tier: values.tier as TierName, chosen, without, seed, minutes };
}

function tierOf({ tier, minutes }: Options): Tier {
  return { ...tiers[tier], ...(minutes === undefined ? {} : { longRunMinutes: minutes }) };
}

function missingTool(tool: Tool): string | undefined {
  if (tool === 'python' || tool === 'clickhouse') return missingForPython();
  if (tool === 'java') return missingForZookeeper();
  if (tool === 'javac')
    return runsHere('javac', '-version') ? undefined : 'javac is not installed: a JDK has it';
  if (tool === 'go' || tool === 's3') return missingForGo();
  if (tool === 'cc') return missingForC();
  if (tool === 'cargo') return missingForRust();
  if (tool === 'debian') return missingForDebianC();
  if (tool === 'machines') return missingForMachines();
  return undefined;
}

function attemptOf(scenario: Scenario, options: Options): Attempt {
  const { name, proves, needs } = scenario;
  const unwanted = needs.find((tool) => options.without.includes(tool));
  const ensembles: Ensemble[] = [];
  const secrets: Secret[] = [];
  let folder = '';
  return {
    name,
    proves,
    leftOutFor: unwanted === undefined ? undefined : `it needs ${unwanted}`,
    again: `node e2e/clients/run.ts ${commandLine(scenario, options)}`,
    run: async () => {
      const missing = needs.map(missingTool).find((line) => line !== undefined);
      if (missing !== undefined) throw new Complaint(missing);
      folder = newWorkFolder(name);
      let account: string;
      try {
        account = await scenario.run(contextOf(options, folder, ensembles, secrets));
        await refuseLeaks(secrets, ensembles);
      } finally {
        await Promise.all(ensembles.map((ensemble) => ensemble.stop()));
      }
      for (const path of [folder, ...ensembles.map((ensemble) => ensemble.folder)])
        rmSync(path, { recursive: true, force: true });
      return account;
    },
    evidence: async () => [
      ...ensembles.map((ensemble) => `member logs and data are kept in ${ensemble.folder}`),
      ...(folder === '' ? [] : [`its own files are kept in ${folder}`]),
    ],
  };
}

/** While the members still run: their arguments and answers are looked at, too. */
async function refuseLeaks(secrets: readonly Secret[], ensembles: readonly Ensemble[]): Promise<void> {
  if (secrets.length === 0) return;
  const search = new SecretSearch(secrets);
  const leaks: string[] = [];
  for (const ensemble of ensembles) {
    const places = await ensemblePlaces(ensemble);
    leaks.push(...search.in(places).map(describeFinding));
  }
  if (leaks.length > 0) throw new Complaint(leaks.join('\n'));
}

function javaProgram(name: string, classpath: string): string {
  return javaClasses([join(import.meta.dirname, 'java', name)], classpath, printLine);
}

/** `ensembles` takes those that the scenario starts, `secrets` what it tells them. */
function contextOf(options: Options, folder: string, ensembles: Ensemble[], secrets: Secret[]): Context {
  const system = systems[options.against];
  return {
    system,
    tier: tierOf(options),
    seed: options.seed,
    folder,
    startEnsemble: async (ensembleOptions) => {
      const ensemble = await Ensemble.create(system, ensembleOptions);
      ensembles.push(ensemble);
      for (const member of ensemble.members) member.start();
      await ensemble.serving();
      return ensemble;
    },
    secret: (name, value) => secrets.push({ name, value }),
    python: () => installPython(printLine),
    clickHousePython: () => installPython(printLine, clickHouseNeeds),
    classpath: () => installZookeeper(printLine).classpath,
    javaProgram: (name) => javaProgram(name, installZookeeper(printLine).classpath),
    curatorProgram: (name) => javaProgram(name, join(installJars(printLine), '*')),
    helixProgram: (name) => javaProgram(name, join(installHelix(printLine), '*')),
    goProgram: (name) => buildGoProgram(name, printLine),
    cProgram: (name) => buildCProgram(name, printLine),
    debianCProgram: (name) => buildDebianCProgram(name, printLine),
    rustProgram: () => buildRustProgram(printLine),
    nodeProgram: () => installNodeProgram(printLine),
    note: (line) => printLine(`       ${line}`),
  };
}

function commandLine(scenario: Scenario, { against, tier, seed, minutes }: Options): string {
  const length = minutes === undefined ? '' : ` --minutes ${minutes}`;
  return `--against ${against} --tier ${tier}${length} --seed ${seed} ${onlyOption(scenario)}`;
}

async function main(): Promise<Counts | undefined> {
  const options = parseOptions();
  if (options === undefined) return undefined;
  const system = systems[options.against];
  const missing = system.missing();
  if (missing !== undefined) throw new Complaint(`${system.title}: ${missing}`);
  system.prepare(printLine);
  printLine(`real clients against ${system.title}, tier ${options.tier}, seed ${options.seed}`);
  const runner = new Runner(printLine);
  await runner.runAll(options.chosen.map((scenario) => attemptOf(scenario, options)));
  return runner.counts;
}

stopBySignal();
process.exitCode = await exitCodeOf(main);
