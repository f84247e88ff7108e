/** Runs the programs that people run beside ZooKeeper on three members; exits with 1 when one fails. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newWorkFolder } from '../../testkit/src/cache.ts';
import { connectString, type Endpoint } from '../../testkit/src/endpoint.ts';
import { runsHere } from '../../testkit/src/runs-here.ts';
import { choiceOptions, choose } from '../../testkit/src/scenarios/choose.ts';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { exitCodeOf } from '../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../testkit/src/scenarios/print-line.ts';
import { type Attempt, type Counts, Runner } from '../../testkit/src/scenarios/runner.ts';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { systems } from '../../testkit/src/systems/index.ts';
import { reservePorts } from '../../testkit/src/systems/ports.ts';
import { SYSTEM_NAMES, type SystemName } from '../../testkit/src/systems/system.ts';
import type { Recording } from '../compatibility/recorded/recording.ts';
import { judge, type Outcome, runCourse } from './course.ts';
import { Daemon } from './daemon.ts';
import { Load } from './load.ts';
import { complaintsIn } from './log-words.ts';
import type { Context, Neighbour, Tool } from './neighbour.ts';
import { page } from './page.ts';
import { neighbours } from './programs/index.ts';
import { RecorderThread } from './recorder-thread.ts';
import { writeReport } from './report.ts';
import { javaTls, type TlsFiles, writeTlsFiles } from './tls-files.ts';

const DEFAULT_JOBS = 3;
const MOST_JOBS = 4;
const SHOWN_COMPLAINTS = 10;

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'runs-on-rookery.md');
const RECORDINGS = join(import.meta.dirname, '..', 'compatibility', 'recorded', 'programs');

const usage = `Programs that people run beside ZooKeeper, on three real server processes on loopback: each with its own client for load, while the leader is
killed and each member restarted in turn; judged by what it lost and by its own logs.

  node e2e/neighbours/run.ts [options]

  --against <system>  rookery (default) or zookeeper: Apache ZooKeeper, to prove the programs' own set-up
  --only <names>      comma-separated beginnings of names
  --jobs <n>          at a time, 1 to ${MOST_JOBS} (default ${DEFAULT_JOBS}); each has members of its own
  --report            keep what each that passes came to in e2e/neighbours/reports, and make docs/runs-on-rookery.md of it
  --record            write the kinds of requests that each sends to e2e/compatibility/recorded/programs, for the scenarios beside ZooKeeper
  --list              print the programs and stop
`;

interface Options {
  readonly against: SystemName;
  readonly chosen: readonly Neighbour[];
  readonly jobs: number;
  readonly isKept: boolean;
  readonly isRecorded: boolean;
}

function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      ...choiceOptions,
      against: { type: 'string', default: 'rookery' },
      jobs: { type: 'string', default: String(DEFAULT_JOBS) },
      report: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
  });
  const named = choose(neighbours, values, usage, printLine);
  if (named === undefined) return undefined;
  const against = SYSTEM_NAMES.find((name) => name === values.against);
  if (against === undefined) throw new Complaint(`--against takes ${SYSTEM_NAMES.join(' or ')}`);
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS)
    throw new Complaint(`--jobs takes a whole number from 1 to ${MOST_JOBS}`);
  const chosen = named.filter(({ against: systemsOf = SYSTEM_NAMES }) => systemsOf.includes(against));
  return { against, chosen, jobs, isKept: values.report, isRecorded: values.record };
}

const TOOL_COMMANDS: Readonly<Record<Tool, readonly [string, string]>> = {
  javac: ['javac', '-version'],
  mvn: ['mvn', '--version'],
  python: ['python3', '--version'],
  debian: ['apt-get', '--version'],
};

function refuseMissing({ needs }: Neighbour): void {
  for (const tool of needs) {
    const [command, argument] = TOOL_COMMANDS[tool];
    if (!runsHere(command, argument)) throw new Complaint(`${command} is not installed`);
  }
}

function attemptOf(neighbour: Neighbour, { against, isKept, isRecorded }: Options): Attempt {
  const { name, proves } = neighbour;
  const daemons: Daemon[] = [];
  const loads: Load[] = [];
  let ensemble: Ensemble | undefined;
  let folder = '';
  const note = (line: string): void => printLine(`       ${name}: ${line}`);
  const contextOf = (endpoints: readonly Endpoint[], tls: TlsFiles | undefined): Context => ({
    connect: connectString(endpoints),
    endpoints,
    tls,
    javaTls: tls === undefined ? [] : javaTls(tls),
    folder,
    daemon: (daemonName, command, options) => {
      const daemon = new Daemon(daemonName, join(folder, `${daemonName}.log`), command, options);
      daemons.push(daemon);
      return daemon.start();
    },
    load: (command, env = {}) => {
      const load = new Load(name, command, env);
      loads.push(load);
      return load;
    },
    ports: (count) => reservePorts(count),
    note,
  });
  return {
    name,
    proves,
    again: `node e2e/neighbours/run.ts --only ${name}${against === 'rookery' ? '' : ` --against ${against}`}`,
    run: async () => {
      refuseMissing(neighbour);
      folder = newWorkFolder(name);
      const beganMs = performance.now();
      const members = await Ensemble.start(systems[against], { tls: true, ...neighbour.ensemble });
      ensemble = members;
      const recorder = isRecorded ? await RecorderThread.before(members.endpoints) : undefined;
      let outcome: Outcome;
      let tls: TlsFiles | undefined;
      try {
        const endpoints = recorder?.endpoints ?? members.members.map(({ clientEndpoint }) => clientEndpoint);
        const credentials = endpoints[0]?.tls;
        tls = credentials && writeTlsFiles(folder, credentials);
        const running = await neighbour.start(contextOf(endpoints, tls));
        outcome = await runCourse(neighbour, members, running, note);
      } finally {
        for (const load of loads) load.kill();
        await Promise.all(daemons.map((daemon) => daemon.kill()));
        await members.stop();
        const recording = await recorder?.stop(`${neighbour.title} ${neighbour.version}`);
        if (recording !== undefined) writeRecording(name, recording);
      }
      judge(neighbour, outcome);
      const crashes = crashesOf(daemons);
      if (crashes.length > 0) throw new Complaint('some of its processes ended by themselves');
      const logs = new Map(daemons.map(({ name: log, log: text }) => [log, text]));
      const complaints = complaintsIn(logs, neighbour.words);
      if (complaints.length > 0) {
        const shown = complaints.slice(0, SHOWN_COMPLAINTS).map(({ log, line }) => `${log}: ${line}`);
        throw new Complaint(
          `${complaints.length} lines of its logs complain of its coordination service:\n${shown.join('\n')}`,
        );
      }
      const minutes = (performance.now() - beganMs) / 60_000;
      if (isKept)
        writeReport(neighbour, outcome, { system: against, minutes, isRecorded, byTls: tls !== undefined });
      for (const path of [folder, members.folder]) rmSync(path, { recursive: true, force: true });
      return told(outcome);
    },
    evidence: async () => [
      ...crashesOf(daemons),
      ...(ensemble === undefined ? [] : [`member logs and data are kept in ${ensemble.folder}`]),
      ...(folder === '' ? [] : [`its own files and logs are kept in ${folder}`]),
    ],
  };
}

/** A step of it on a line: whoever reads what has changed sees which. */
function writeRecording(name: string, { steps, ...head }: Recording): void {
  const [begin] = JSON.stringify(head).split(/}$/);
  const lines = steps.map((step) => JSON.stringify(step)).join(',\n');
  writeFileSync(join(RECORDINGS, `${name}.json`), `${begin},"steps":[\n${lines}\n]}\n`);
}

function crashesOf(daemons: readonly Daemon[]): string[] {
  return daemons.flatMap(({ crash }) => crash ?? []);
}

function told({ acknowledged, lost, longestGapMs, loadSeconds, faults, exercises }: Outcome): string {
  const account = `${acknowledged} operations acknowledged in ${loadSeconds} s, ${lost} lost, longest gap ${longestGapMs} ms, ${faults.length} faults`;
  return exercises.length === 0 ? account : `${account}; ${exercises.join('; ')}`;
}

async function main(): Promise<Counts | undefined> {
  const options = parseOptions();
  if (options === undefined) return undefined;
  const system = systems[options.against];
  const missing = system.missing();
  if (missing !== undefined) throw new Complaint(`${system.title}: ${missing}`);
  system.prepare(printLine);
  const runner = new Runner(printLine);
  const waiting = options.chosen.map((neighbour) => attemptOf(neighbour, options));
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runner.run(next);
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  if (options.isKept) writeFileSync(PAGE, page());
  return runner.counts;
}

stopBySignal();
process.exit(await exitCodeOf(main));
