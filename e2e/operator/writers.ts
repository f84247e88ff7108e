import { join } from 'node:path';
import { type Cluster, clientPrograms } from './cluster.ts';
import { type RunningClient, startClient } from './running-client.ts';

const KAZOO = 'writers.py';
const JAVA = 'Writers.java';
const KAZOO_THREADS = 4;
const JAVA_THREADS = 2;
const FOLDER = '/writers';

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

/** `end`: once, and each client is told so. */
export type SessionsFate = 'live' | 'end';

export interface WritersSettings {
  /** What has to become of the sessions with which they begin, and of the ephemeral nodes; `live` without it. */
  readonly theirSessions?: SessionsFate;
  /** PEM of whom they trust: they speak TLS. Without it they do not. */
  readonly authority?: string;
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
  { theirSessions = 'live', authority }: WritersSettings = {},
): Promise<WritersReport> {
  const tls = authority === undefined ? [] : [Buffer.from(authority).toString('base64')];
  const threads = [String(KAZOO_THREADS), `${FOLDER}/kazoo`];
  const kazoo = startClient(cluster.clientCommand(KAZOO, [hosts, ...threads, ...tls]));
  const all: RunningClient[] = [kazoo];
  try {
    await kazoo.line();
    if (cluster.hasJava && !hosts.startsWith('srv:')) {
      const program = join(clientPrograms, JAVA);
      const args = [hosts, String(JAVA_THREADS), `${FOLDER}/java`, ...tls];
      const java = startClient(cluster.javaCommand(program, ...args));
      all.push(java);
      await java.line();
    }
    await during();
    for (const each of all) each.end();
    const [ofKazoo, ofJava] = await Promise.all(all.map(async (each) => reportIn(await each.line())));
    return checked(together(ofKazoo!, ofJava), theirSessions);
  } finally {
    for (const each of all) each.stop();
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

function checked(report: WritersReport, theirSessions: SessionsFate): WritersReport {
  const { lost, sessionsLost, ephemeralsLost, wrong, java } = report;
  const haveAllWritten = report.acknowledged > 0 && java?.acknowledged !== 0;
  // Each begins with one, and one ephemeral node; a second loss would be that of a later session.
  const ended = theirSessions === 'live' ? 0 : KAZOO_THREADS + (java === undefined ? 0 : JAVA_THREADS);
  const haveSessions = sessionsLost === ended && ephemeralsLost === ended;
  const isWell = haveAllWritten && lost === 0 && haveSessions && wrong.length === 0;
  if (!isWell)
    throw new Error(
      `the writers met: ${describe(report)}; due to be lost are ${ended} sessions, with an ephemeral each; ${wrong.join('; ')}`,
    );
  return report;
}

function reportIn(line: string): WritersReport {
  return JSON.parse(line) as WritersReport;
}
