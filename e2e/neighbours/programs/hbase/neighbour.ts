import { delimiter } from 'node:path';
import type { Daemon } from '../../daemon.ts';
import { javaProgram } from '../../java-program.ts';
import type { Load } from '../../load.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { said } from '../../said.ts';
import { type Java, smallJava } from '../../small-java.ts';
import { writeConfiguration } from './configuration.ts';
import { settings } from './settings.ts';
import { words } from './words.ts';

const MASTER = 'org.apache.hadoop.hbase.master.HMaster';
const REGION_SERVER = 'org.apache.hadoop.hbase.regionserver.HRegionServer';
/** What HBase's own scripts give Java 11 and later. */
const OPENED = [
  '-Dorg.apache.hbase.thirdparty.io.netty.tryReflectionSetAccessible=true',
  '--add-modules=jdk.unsupported',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-opens=java.base/java.lang.reflect=ALL-UNNAMED',
  '--add-opens=java.base/java.util=ALL-UNNAMED',
  '--add-opens=java.base/java.util.concurrent=ALL-UNNAMED',
  '--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED',
  '--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.util.random=ALL-UNNAMED',
];
const SERVING_TIMEOUT_MS = 180_000;
const MASTER_KILLED_AT = 2;
const SERVER_KILLED_AT = 3;

export const hbase: Neighbour = {
  name: 'hbase',
  proves:
    'masters elect each other, region servers are seen to go, replication and snapshots keep their znodes, no put is lost',
  title: 'Apache HBase',
  version: '2.6.3',
  source: 'Maven: `org.apache.hbase:hbase-server`, `org.apache.hbase:hbase-client`',
  needs: ['javac', 'mvn'],
  settings,
  words,
  // A region server is killed, too: its session has to end (15 s, and up to a tick more), its log is split and its regions are opened elsewhere (10 s, and up to
  // 20 s where others use the machine), and HBase's client waits 10 s, and later 20 s, between its attempts.
  longestGapMs: 60_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { classpath } = javaProgram(import.meta.dirname, context.note);
  const java = smallJava({
    folder: context.folder,
    classpath: [writeConfiguration(context), classpath].join(delimiter),
    flags: [...OPENED, ...context.javaTls],
  });
  const [masterA = 0, masterB = 0, serverA = 0, serverB = 0] = await context.ports(4);
  const daemons = new Map<number, Daemon>();
  const run = (name: string, main: string, property: string, port: number): Daemon => {
    const daemon = context.daemon(`${name}-${port}`, java(main, '-D', `${property}=${port}`, 'start'));
    daemons.set(port, daemon);
    return daemon;
  };
  const masters = [masterA, masterB].map((port) => run('master', MASTER, 'hbase.master.port', port));
  // It makes the znodes that region servers look for.
  await Promise.all(
    masters.map((master) =>
      master.says(/Registered as active master|Another master is the active master/, SERVING_TIMEOUT_MS),
    ),
  );
  const servers = [serverA, serverB].map((port) =>
    run('region-server', REGION_SERVER, 'hbase.regionserver.port', port),
  );
  await Promise.all(servers.map((server) => server.says(/Serving as /, SERVING_TIMEOUT_MS)));
  const cluster = new Cluster(java, daemons);
  await cluster.command('prepare');
  let load: Load;
  return {
    load: () => {
      load = context.load(java('Puts'));
      return load;
    },
    exercise: (times) => cluster.exercise(times),
    lost: async () => Number(await said(java('Missing', String(load.acknowledged)), 'missing ')),
  };
}

/** What is done to it beside the load; its processes by their ports. */
class Cluster {
  readonly #java: Java;
  readonly #daemons: ReadonlyMap<number, Daemon>;
  /** Of what was killed. */
  readonly #account = ['tables, snapshots and replication peers made and removed, regions moved'];

  constructor(java: Java, daemons: ReadonlyMap<number, Daemon>) {
    this.#java = java;
    this.#daemons = daemons;
  }

  /** @see java/Cluster.java */
  command(name: string, ...numbers: readonly number[]): Promise<string> {
    return said(this.#java('Cluster', name, ...numbers.map(String)), 'done ');
  }

  async exercise(times: number): Promise<string | undefined> {
    await this.command('use', times);
    if (times === MASTER_KILLED_AT) this.#account.push(await this.#killMaster());
    if (times !== SERVER_KILLED_AT) return undefined;
    this.#account.push(await this.#killServerOfMeta());
    return this.#account.join('; ');
  }

  async #killMaster(): Promise<string> {
    const port = Number(await this.command('active-master'));
    await this.#daemon(port).kill();
    const beganMs = performance.now();
    await this.command('master-other-than', port);
    const seconds = secondsSince(beganMs);
    this.#daemon(port).start();
    await this.command('backup-master', port);
    return `its active master killed, the other was active within ${seconds} s`;
  }

  async #killServerOfMeta(): Promise<string> {
    const port = Number(await this.command('server-of-meta'));
    await this.#daemon(port).kill();
    const beganMs = performance.now();
    await this.command('regions-off', port);
    const seconds = secondsSince(beganMs);
    this.#daemon(port).start();
    await this.command('server-back', port);
    return `the region server of hbase:meta killed, its regions were served by the other within ${seconds} s`;
  }

  #daemon(port: number): Daemon {
    const daemon = this.#daemons.get(port);
    if (daemon === undefined) throw new Error(`HBase names a server at port ${port}, where none was started`);
    return daemon;
  }
}

function secondsSince(beganMs: number): number {
  return Math.round((performance.now() - beganMs) / 1_000);
}
