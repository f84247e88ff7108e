import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { AlertCase, Scraped } from './alert-cases.ts';

/** As a Prometheus without its operator takes it. */
export const ALERTS_FILE = resolve(
  import.meta.dirname,
  '..',
  '..',
  'charts',
  'rookery',
  'monitoring',
  'alerts.yaml',
);

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

export function readAlerts(): readonly Rule[] {
  return (parse(readFileSync(ALERTS_FILE, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules);
}

/** How a rule is broken, and which of its two tests notices. */
export const BREAKAGES = {
  'never fires': { noticedBy: 'fires', broken: () => 'vector(0) == 1' },
  'always fires': {
    noticedBy: 'holds',
    broken: ({ expr }: Rule) => `(${expr}) or label_replace(vector(1), "planted", "yes", "", "")`,
  },
} as const;
export type Breakage = keyof typeof BREAKAGES;

/** The alerts without their words, which promtool would compare to the letter; with `breakage` each of them is broken. */
export function writeRules(folder: string, breakage?: Breakage): string {
  const { groups } = parse(readFileSync(ALERTS_FILE, 'utf8')) as RuleFile;
  const bare = groups.map(({ name, rules }) => ({
    name,
    rules: rules.map(({ annotations: _words, ...rule }) =>
      breakage === undefined ? rule : { ...rule, expr: BREAKAGES[breakage].broken(rule) },
    ),
  }));
  const file = join(folder, `rules${breakage === undefined ? '' : ` that ${breakage}`}.yaml`);
  writeFileSync(file, stringify({ groups: bare }));
  return file;
}

/** What promtool is to find: the alert fires in the one case and holds in the other. */
export function writeUnitTest(folder: string, rules: string, one: AlertCase): string {
  const severity = readAlerts().find(({ alert }) => alert === one.alert)?.labels.severity ?? '';
  const test = (name: string, scraped: Scraped, alerts: readonly object[]): object => ({
    name,
    interval: '1m',
    input_series: Object.entries(scraped).map(([series, values]) => ({ series, values })),
    alert_rule_test: [{ eval_time: `${one.at}m`, alertname: one.alert, exp_alerts: alerts }],
  });
  const file = join(folder, `${one.alert}.yaml`);
  const tests = [
    test('fires', one.fires, [{ exp_labels: { severity, ...one.labels } }]),
    test('holds', one.holds, []),
  ];
  writeFileSync(file, stringify({ rule_files: [rules], evaluation_interval: '1m', tests }));
  return file;
}
