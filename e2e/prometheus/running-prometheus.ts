import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { HOST } from '../../testkit/src/endpoint.ts';
import type { Member } from '../../testkit/src/systems/member.ts';
import { reservePorts } from '../../testkit/src/systems/ports.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** One sample of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface RuleState {
  readonly name: string;
  /** `ok` once it was evaluated without an error. */
  readonly health: string;
  readonly lastError?: string;
  readonly state: string;
}

/** A Prometheus that scrapes members once a second, labelled as the chart's PodMonitor labels them, and evaluates rules as often. */
export class RunningPrometheus {
  readonly #url: string;
  readonly #child: ChildProcess;

  /** Made by `start` alone. */
  constructor(url: string, child: ChildProcess) {
    this.#url = url;
    this.#child = child;
  }

  static async start(
    program: string,
    folder: string,
    members: readonly Member[],
    ruleFile: string,
  ): Promise<RunningPrometheus> {
    const [port = 0] = await reservePorts(1);
    const config = join(folder, 'prometheus.yaml');
    writeFileSync(config, stringify(configuration(members, ruleFile)));
    const log = openSync(join(folder, 'prometheus.log'), 'a');
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=${HOST}:${port}`,
    ];
    const child = spawn(program, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    process.on('exit', () => child.kill('SIGKILL'));
    const running = new RunningPrometheus(`http://${HOST}:${port}`, child);
    await running.until('Prometheus to be ready', async () => (await fetch(`${running.#url}/-/ready`)).ok);
    return running;
  }

  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = await this.#get<{
      readonly result: readonly { metric: Sample['metric']; value: readonly [number, string] }[];
    }>(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  }

  async rules(): Promise<readonly RuleState[]> {
    const { groups } = await this.#get<{ readonly groups: readonly { rules: readonly RuleState[] }[] }>(
      '/api/v1/rules',
    );
    return groups.flatMap(({ rules }) => rules);
  }

  /** Rejects where it does not come within a minute. What cannot be asked yet has not come. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + START_TIMEOUT_MS;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > deadlineMs) throw new Error(`never came: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async stop(): Promise<void> {
    const { exitCode } = this.#child;
    if (exitCode !== null) throw new Error(`Prometheus has ended by itself, with ${exitCode}`);
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await gone;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(this.#url + path);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  }
}

function configuration(members: readonly Member[], ruleFile: string): object {
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [ruleFile],
    scrape_configs: [
      {
        job_name: 'rookery',
        static_configs: members.map(({ serverId, plan }) => ({
          targets: [`${HOST}:${plan.adminPort}`],
          labels: { namespace: 'ns', ensemble: 'zk', pod: `zk-${serverId - 1}` },
        })),
      },
    ],
  };
}
