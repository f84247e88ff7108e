/** The chart's alerts and the members' metrics with Prometheus itself; exits with 1 where something is not as it is said to be. */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { newWorkFolder } from '../../testkit/src/cache.ts';
import { choiceOptions, choose, onlyOption } from '../../testkit/src/scenarios/choose.ts';
import { exitCodeOf } from '../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../testkit/src/scenarios/print-line.ts';
import { type Attempt, type Counts, Runner } from '../../testkit/src/scenarios/runner.ts';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { rookery } from '../../testkit/src/systems/rookery.ts';
import { run } from '../../tools/kube/commands.ts';
import { ALERT_CASES } from './alert-cases.ts';
import { ALERTS_FILE, BREAKAGES, type Breakage, readAlerts, writeRules, writeUnitTest } from './alerts.ts';
import { findPrograms, type Programs } from './programs.ts';
import { scrapeThree } from './scraped-ensemble.ts';

const usage = `The chart's alerts and the members' metrics with Prometheus itself.

  node e2e/prometheus/run.ts [options]

  --only <names>   comma-separated beginnings of scenario names
  --list           print the scenarios and stop
`;

function attempts({ promtool, prometheus }: Programs, folder: string): readonly Attempt[] {
  const rules = writeRules(folder);
  const all: Attempt[] = [
    {
      name: 'promtool takes the alerts',
      run: async () =>
        (await run([promtool, 'check', 'rules', ALERTS_FILE])).trim().split('\n').at(-1)?.trim() ?? '',
    },
    {
      name: 'every alert has a case',
      run: async () => {
        const missing = readAlerts().filter(({ alert }) => !ALERT_CASES.some((one) => one.alert === alert));
        if (missing.length > 0)
          throw new Error(`without a case: ${missing.map(({ alert }) => alert).join(', ')}`);
        return `${ALERT_CASES.length} alerts`;
      },
    },
    ...ALERT_CASES.map((one) => ({
      name: `${one.alert} fires when it is due, and only then`,
      run: async () => {
        await run([promtool, 'test', 'rules', writeUnitTest(folder, rules, one)]);
        return '';
      },
    })),
    ...(Object.keys(BREAKAGES) as Breakage[]).map((breakage) => ({
      name: `each case notices an alert that ${breakage}`,
      run: () => seeNoticed(promtool, folder, breakage),
    })),
    {
      name: 'a Prometheus scrapes three members and evaluates every alert',
      run: () => scrapeThree(prometheus),
    },
  ];
  return all.map((attempt) => ({ ...attempt, again: `node e2e/prometheus/run.ts ${onlyOption(attempt)}` }));
}

async function seeNoticed(promtool: string, folder: string, breakage: Breakage): Promise<string> {
  const { noticedBy } = BREAKAGES[breakage];
  const broken = writeRules(folder, breakage);
  for (const one of ALERT_CASES) {
    const isNoticed = await run([promtool, 'test', 'rules', writeUnitTest(folder, broken, one)]).then(
      () => false,
      ({ message }: Error) => new RegExp(`name: ${noticedBy},\\s+alertname: ${one.alert},`).test(message),
    );
    if (!isNoticed) throw new Error(`nobody notices that ${one.alert} ${breakage}`);
  }
  return `${ALERT_CASES.length} alerts`;
}

async function main(): Promise<Counts | undefined> {
  const { values } = parseArgs({ options: choiceOptions });
  const folder = newWorkFolder('alerts');
  try {
    const programs = findPrograms(printLine);
    const chosen = choose(attempts(programs, folder), values, usage, printLine);
    if (chosen === undefined) return undefined;
    rookery.prepare(printLine);
    const runner = new Runner(printLine);
    await runner.runAll(chosen);
    return runner.counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

stopBySignal();
process.exitCode = await exitCodeOf(main);
