import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOST } from '../../../../testkit/src/endpoint.ts';
import { awaited } from '../../awaited.ts';
import type { Daemon } from '../../daemon.ts';
import type { Load } from '../../load.ts';
import type { Context } from '../../neighbour.ts';
import { smallJava } from '../../small-java.ts';
import { flinkConfiguration, JAVA_OPENS, LOGGING } from './configuration.ts';

/** Flink has the client within it under another name: the last word for a property counts. */
const SHADED_SOCKET =
  '-Dzookeeper.clientCnxnSocket=org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.ClientCnxnSocketNetty';

const START_TIMEOUT_MS = 90_000;
const BOUNDED_JOB_TIMEOUT_MS = 90_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** A JobManager, and where its REST API is. */
export interface JobManager {
  readonly daemon: Daemon;
  readonly url: string;
}

/** What a job that ends by itself told. */
interface BoundedJob {
  readonly sum: number;
  /** The leader's REST API, as ZooKeeper has it. */
  readonly leader: string;
}

/** The processes of Flink: two JobManagers and a TaskManager, and programs that use its client. */
export class Cluster {
  readonly #context: Context;
  readonly #classpath: string;
  readonly #configDir: string;
  readonly jobManagers: readonly JobManager[];
  readonly #taskManager: Daemon;

  /** Made by `start`. */
  constructor(context: Context, classpath: string, configDir: string, ports: readonly number[]) {
    this.#context = context;
    this.#classpath = classpath;
    this.#configDir = configDir;
    this.jobManagers = ports.map((port, i) => {
      const entry = 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint';
      const where = ['--configDir', configDir, `-Drest.bind-port=${port}`];
      const daemon = context.daemon(`jobmanager-${i + 1}`, this.#java('384m', entry, ...where));
      return { daemon, url: `http://${HOST}:${port}` };
    });
    const runner = 'org.apache.flink.runtime.taskexecutor.TaskManagerRunner';
    this.#taskManager = context.daemon('taskmanager', this.#java('256m', runner, '--configDir', configDir));
  }

  /** Resolves once the TaskManager has registered its slots. */
  static async start(context: Context, classpath: string): Promise<Cluster> {
    const { connect, folder } = context;
    const configDir = join(folder, 'conf');
    for (const path of [configDir, join(folder, 'temporary')]) mkdirSync(path);
    writeFileSync(join(configDir, 'config.yaml'), flinkConfiguration(connect, folder));
    writeFileSync(join(configDir, 'log4j.properties'), LOGGING);
    const cluster = new Cluster(context, classpath, configDir, await context.ports(2));
    await cluster.until('the TaskManager has registered', START_TIMEOUT_MS, async () => {
      const overview = await cluster.ask<{ readonly 'slots-available': number }>('/overview');
      return overview !== undefined && overview['slots-available'] > 0;
    });
    return cluster;
  }

  load(sinkFolder: string): Load {
    return this.#context.load(
      this.#java('192m', 'Load', this.#configDir, sinkFolder, join(this.#context.folder, 'savepoints')),
    );
  }

  async runBoundedJob(): Promise<BoundedJob> {
    const [java, ...args] = this.#java('192m', 'BoundedJob', this.#configDir);
    const { stdout } = await promisify(execFile)(java, args, { timeout: BOUNDED_JOB_TIMEOUT_MS });
    const [, sum] = /^sum (\d+)$/m.exec(stdout) ?? [];
    const [, leader] = /^leader (\S+)$/m.exec(stdout) ?? [];
    if (sum === undefined || leader === undefined)
      throw new Error(`the bounded job told no more than:\n${stdout}`);
    return { sum: Number(sum), leader };
  }

  /** Starts a killed one again. Resolves once it answers. */
  async restart({ daemon, url }: JobManager): Promise<void> {
    daemon.start();
    const isUp = async (): Promise<boolean> => (await answerOf(`${url}/config`)) !== undefined;
    await this.until(`${daemon.name} is back`, START_TIMEOUT_MS, isUp);
  }

  /** Throws where a process ended by itself. */
  refuseCrashes(): void {
    for (const { crash } of [...this.jobManagers.map(({ daemon }) => daemon), this.#taskManager])
      if (crash !== undefined) throw new Error(crash);
  }

  /** What the first JobManager that answers says: the one that leads, whichever is asked. undefined: none does at present. */
  async ask<Answer>(path: string): Promise<Answer | undefined> {
    for (const { daemon, url } of this.jobManagers) {
      const answer = daemon.alive ? await answerOf(`${url}${path}`) : undefined;
      if (answer !== undefined) return answer as Answer;
    }
    return undefined;
  }

  async until(what: string, timeoutMs: number, isSo: () => Promise<boolean>): Promise<void> {
    await awaited(
      timeoutMs,
      async () => {
        if (await isSo()) return true;
        this.refuseCrashes();
        return undefined;
      },
      () => `not yet so: ${what}; logs: ${this.#context.folder}`,
    );
  }

  #java(heap: string, main: string, ...args: readonly string[]): [string, ...string[]] {
    const logging = `-Dlog4j.configurationFile=${join(this.#configDir, 'log4j.properties')}`;
    const { folder, javaTls } = this.#context;
    const java = smallJava({
      folder: join(folder, 'temporary'),
      classpath: this.#classpath,
      heap,
      flags: [logging, ...JAVA_OPENS, ...javaTls, ...(javaTls.length === 0 ? [] : [SHADED_SOCKET])],
    });
    return java(main, ...args);
  }
}

/** undefined: it is starting, or knows no leader. */
async function answerOf(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
