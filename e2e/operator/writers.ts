import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Cluster } from './cluster.ts';

const PROGRAM = 'writers.py';
const THREADS = 4;
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
}

/**
 * Runs `during` while clients with sessions write, and tells what they met.
 * @param hosts as kazoo takes them, or `srv:NAME`, which is resolved once, at the start
 * @throws Error where something that was acknowledged is not there, or a client was answered what nobody should be
 */
export async function underWriters(
  cluster: Cluster,
  hosts: string,
  during: () => Promise<void>,
): Promise<WritersReport> {
  const [file, ...args] = cluster.clientCommand(PROGRAM, [hosts, String(THREADS), FOLDER]);
  const child = spawn(file!, args, { stdio: 'pipe' });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const late = once(patience, 'abort').then(() => ({ value: undefined }));
    const { value } = await Promise.race([lines.next(), late]);
    if (value === undefined) throw new Error(`the writers ended or hang: ${complaints.slice(-2_000)}`);
    return value;
  };
  try {
    await line();
    await during();
    child.stdin.end();
    return checked(JSON.parse(await line()) as WritersReport);
  } finally {
    stop(child);
  }
}

/** What every scenario says of them. */
export function describe(report: WritersReport): string {
  const { acknowledged, lost, sessionsLost, ephemeralsLost, longestGapMs, longestWaitMs } = report;
  return `${acknowledged} writes acknowledged, ${lost} lost, ${sessionsLost} sessions and ${ephemeralsLost} ephemerals lost, longest gap ${longestGapMs} ms (of one client ${longestWaitMs} ms)`;
}

function checked(report: WritersReport): WritersReport {
  const { acknowledged, lost, sessionsLost, ephemeralsLost, wrong } = report;
  const isWell = acknowledged > 0 && lost + sessionsLost + ephemeralsLost === 0 && wrong.length === 0;
  if (!isWell) throw new Error(`the writers met: ${describe(report)}; ${wrong.join('; ')}`);
  return report;
}

function stop(child: ChildProcessWithoutNullStreams): void {
  child.stdin.on('error', () => {}).destroy();
  child.kill();
}
