/** Runs the scenarios with real clients against three real processes; exits with 1 when one fails. */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { newWorkFolder } from '../../testkit/src/cache.ts';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { systems } from '../../testkit/src/systems/index.ts';
import { SYSTEM_NAMES } from '../../testkit/src/systems/system.ts';
import { installZookeeper, missingForZookeeper } from '../../testkit/src/systems/zookeeper-jars.ts';
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
      help: { type: 'boolean', short: 'h' },
      list: { type: 'boolean' },
      against: { type: 'string', default: 'rookery' },
      tier: { type: 'string', default: 'ci' },
      only: { type: 'string' },
      without: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return undefined;
  }
  if (values.list) {
    for (const { name, proves } of scenarios) process.stdout.write(`${name.padEnd(20)} ${proves}\n`);
    return undefined;
  }
  const against = SYSTEM_NAMES.find((name) => name === values.against);
  if (against === undefined) throw new Error(`--against takes ${SYSTEM_NAMES.join(' or ')}`);
  if (!(values.tier in tiers)) throw new Error(`--tier takes ${Object.keys(tiers).join(', ')}`);
  const only = values.only?.split(',');
  const without = values.without?.split(',') ?? [];
  if (process.getuid?.() !== 0) without.push('root', 'machines');
  const unknownTool = without.find((name) => !TOOLS.some((tool) => tool === name));
  if (unknownTool !== undefined) throw new Error(`--without takes ${TOOLS.join(', ')}, not ${unknownTool}`);
  const chosen = scenarios
    .filter((scenario) => only === undefined || only.some((name) => scenario.name.startsWith(name)))
    .filter((scenario) => scenario.against.includes(against));
  if (chosen.length === 0) throw new Error('no scenario has such a name');
  const seed = values.seed === undefined ? Date.now() % 0x7fff_ffff : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) throw new Error('--seed takes a whole number');
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0)) throw new Error('--minutes takes a number above 0');
  return { against, tier: values.tier as TierName, chosen, without, seed, minutes };
}

function tierOf({ tier, minutes }: Options): Tier {
  return { ...tiers[tier], ...(minutes === undefined ? {} : { longRunMinutes: minutes }) };
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

function missingTool(tool: Tool): string | undefined {
  if (tool === 'python') return missingForPython();
  if (tool === 'java') return missingForZookeeper();
  if (tool === 'machines') return missingForMachines();
  return undefined;
}

/** Runs one scenario; returns whether it passed. */
async function runScenario(scenario: Scenario, options: Options): Promise<boolean> {
  const startMs = performance.now();
  const system = systems[options.against];
  const folder = newWorkFolder(scenario.name);
  const ensembles: Ensemble[] = [];
  const context: Context = {
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
    python: () => installPython(log),
    classpath: () => installZookeeper(log).classpath,
    note: (line) => log(`       ${line}`),
  };
  let account = '';
  let failure: unknown;
  try {
    const missing = scenario.needs.map(missingTool).find((line) => line !== undefined);
    if (missing !== undefined) throw new Error(missing);
    account = await scenario.run(context);
  } catch (error) {
    failure = error ?? new Error('failed without saying why');
  }
  await Promise.all(ensembles.map((ensemble) => ensemble.stop()));
  const seconds = `${((performance.now() - startMs) / 1000).toFixed(1)} s`.padStart(7);
  if (failure === undefined) {
    for (const path of [folder, ...ensembles.map((ensemble) => ensemble.folder)]) rmSync(path, removal);
    log(`passed ${seconds}  ${scenario.name}: ${account}`);
    return true;
  }
  log(`FAILED ${seconds}  ${scenario.name} (${scenario.proves})`);
  log(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure));
  for (const ensemble of ensembles) log(`  member logs and data are kept in ${ensemble.folder}`);
  log(`  its own files are kept in ${folder}`);
  log(`  again: node e2e/clients/run.ts ${commandLine(scenario, options)}`);
  return false;
}

const removal = { recursive: true, force: true };

function commandLine(scenario: Scenario, { against, tier, seed, minutes }: Options): string {
  const length = minutes === undefined ? '' : ` --minutes ${minutes}`;
  return `--against ${against} --tier ${tier}${length} --seed ${seed} --only ${scenario.name}`;
}

async function main(): Promise<void> {
  const options = parseOptions();
  if (options === undefined) return;
  const system = systems[options.against];
  const missing = system.missing();
  if (missing !== undefined) throw new Error(`${system.title}: ${missing}`);
  system.prepare(log);
  log(`real clients against ${system.title}, tier ${options.tier}, seed ${options.seed}`);
  let passed = 0;
  let failed = 0;
  for (const scenario of options.chosen) {
    const skippedFor = scenario.needs.find((tool) => options.without.includes(tool));
    if (skippedFor !== undefined) {
      log(`left out        ${scenario.name}: it needs ${skippedFor}`);
    } else if (await runScenario(scenario, options)) {
      passed += 1;
    } else {
      failed += 1;
    }
  }
  log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

stopBySignal();

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
