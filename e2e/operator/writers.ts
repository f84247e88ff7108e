import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Cluster, clientPrograms } from './cluster.ts';

const KAZOO = 'writers.py';
const JAVA = 'Writers.java';
const KAZOO_THREADS = 4;
const JAVA_THREADS = 2;
const FOLDER = '/writers';
/** To connect, and to look for everything at the end. */
const PATIENCE_MS = 90_000;

/** As `clients/writers.py` explains it. */
export interface WritersReport {
  readonly acknowledged: number;
  readonly lost: number;
  readonly sessionsLost: number;
  readonly ephemeralsLost: number;
  readonly longestGapMs: number;
  readonly longestWaitMs: number;
  readonly wrong: readonly string[];
  /** What those of ZooKeeper's own client met, where they can be run; their counts are in those above. */
  readonly java?: WritersReport;
}

/**
 * Runs `during` while clients with sessions write, by kazoo and by ZooKeeper's own client, and tells what they met. The gaps are those of kazoo, which
 * connects again at once: ZooKeeper's client waits for up to a second first.
 * @param hosts as kazoo takes them, or `srv:NAME`, which is resolved once, at the start, and which ZooKeeper's client does not know
 * @throws Error where something that was acknowledged is not there, or a client was answered what nobody should be
 */
export async function underWriters(
  cluster: Cluster,
  hosts: string,
  during: () => Promise<void>,
): Promise<WritersReport> {
  const threads = [String(KAZOO_THREADS), `${FOLDER}/kazoo`];
  const kazoo = new Writers(cluster.clientCommand(KAZOO, [hosts, ...threads]));
  const others: Writers[] = [];
  try {
    await kazoo.writing();
    if (cluster.hasJava && !hosts.startsWith('srv:')) {
      const program = join(clientPrograms, JAVA);
      others.push(new Writers(cluster.javaCommand(program, hosts, String(JAVA_THREADS), `${FOLDER}/java`)));
    }
    for (const java of others) await java.writing();
    await during();
    const [java] = await Promise.all(others.map((each) => each.ended()));
    return checked(together(await kazoo.ended(), java));
  } finally {
    for (const each of [kazoo, ...others]) each.stop();
  }
}

/** What every scenario says of them. */
export function describe({ java, ...report }: WritersReport): string {
  const { acknowledged, lost, sessionsLost, ephemeralsLost, longestGapMs, longestWaitMs } = report;
  const all = `${acknowledged} writes acknowledged, ${lost} lost, ${sessionsLost} sessions and ${ephemeralsLost} ephemerals lost, longest gap ${longestGapMs} ms (of one client ${longestWaitMs} ms)`;
  if (java === undefined) return all;
  return `${all}; ${java.acknowledged} of them by ZooKeeper's own client, longest gap ${java.longestGapMs} ms`;
}

function together(kazoo: WritersReport, java: WritersReport | undefined): WritersReport {
  if (java === undefined) return kazoo;
  return {
    ...kazoo,
    acknowledged: kazoo.acknowledged + java.acknowledged,
    lost: kazoo.lost + java.lost,
    sessionsLost: kazoo.sessionsLost + java.sessionsLost,
    ephemeralsLost: kazoo.ephemeralsLost + java.ephemeralsLost,
    wrong: [...kazoo.wrong, ...java.wrong],
    java,
  };
}

function checked(report: WritersReport): WritersReport {
  const { lost, sessionsLost, ephemeralsLost, wrong, java } = report;
  const haveAllWritten = report.acknowledged > 0 && java?.acknowledged !== 0;
  const isWell = haveAllWritten && lost + sessionsLost + ephemeralsLost === 0 && wrong.length === 0;
  if (!isWell) throw new Error(`the writers met: ${describe(report)}; ${wrong.join('; ')}`);
  return report;
}

/** One program of writers, from its start to its report. */
class Writers {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaints = '';

  constructor([file, ...args]: readonly string[]) {
    this.#child = spawn(file!, args, { stdio: 'pipe' });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Once each of its sessions has had a write acknowledged. */
  async writing(): Promise<void> {
    await this.#line();
  }

  async ended(): Promise<WritersReport> {
    this.#child.stdin.end();
    return JSON.parse(await this.#line()) as WritersReport;
  }

  stop(): void {
    this.#child.stdin.on('error', () => {}).destroy();
    this.#child.kill();
  }

  async #line(): Promise<string> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const late = once(patience, 'abort').then(() => ({ value: undefined }));
    const { value } = await Promise.race([this.#lines.next(), late]);
    if (value === undefined) throw new Error(`the writers ended or hang: ${this.#complaints.slice(-2_000)}`);
    return value;
  }
}
