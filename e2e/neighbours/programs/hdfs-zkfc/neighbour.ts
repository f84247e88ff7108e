import { delimiter } from 'node:path';
import { connect } from '@rookery/client';
import type { Daemon } from '../../daemon.ts';
import { javaProgram } from '../../java-program.ts';
import type { Load } from '../../load.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { said } from '../../said.ts';
import { type Java, smallJava } from '../../small-java.ts';
import { CHROOT, NAME_NODES, type NameNode, writeConfiguration } from './configuration.ts';
import { settings } from './settings.ts';
import { words } from './words.ts';

const NAME_NODE = 'org.apache.hadoop.hdfs.server.namenode.NameNode';
const CONTROLLER = 'org.apache.hadoop.hdfs.tools.DFSZKFailoverController';
const DATA_NODE = 'org.apache.hadoop.hdfs.server.datanode.DataNode';
const NAME_NODE_KILLED_AT = 2;
const CONTROLLER_KILLED_AT = 3;
const SERVING_TIMEOUT_MS = 120_000;

export const hdfsZkfc: Neighbour = {
  name: 'hdfs-zkfc',
  proves:
    'failover controllers elect an active NameNode, agree on another, and miss one that dies; no file is lost',
  title: 'HDFS with automatic failover (ZKFC)',
  version: '3.4.2',
  source: 'Maven: `org.apache.hadoop:hadoop-hdfs`, `org.apache.hadoop:hadoop-common`',
  needs: ['javac', 'mvn'],
  settings,
  words,
  // The active NameNode's controller is killed, too: its session has to end (10 s, and up to a tick more), the other NameNode reads the edits that it has not
  // read (up to 5 s), and HDFS's client waits up to 15 s between its later attempts.
  longestGapMs: 40_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { folder, note } = context;
  const { classpath } = javaProgram(import.meta.dirname, note);
  const java = smallJava({
    folder,
    classpath: [await writeConfiguration(context), classpath].join(delimiter),
    flags: context.javaTls,
  });
  const run = (name: string, ...command: [string, ...string[]]): Daemon => context.daemon(name, command);
  const of = (name: NameNode): [string, string] => ['-D', `dfs.ha.namenode.id=${name}`];

  await makeChroot(context);
  await said(java(CONTROLLER, ...of('a'), '-formatZK', '-nonInteractive'), '');
  await said(java(NAME_NODE, ...of('a'), '-format', '-nonInteractive'), '');
  const nameNodes = new Map<NameNode, Daemon>();
  const controllers = new Map<NameNode, Daemon>();
  for (const name of NAME_NODES) {
    if (name !== 'a') await said(java(NAME_NODE, ...of(name), '-bootstrapStandby', '-nonInteractive'), '');
    const nameNode = run(`namenode-${name}`, ...java(NAME_NODE, ...of(name)));
    nameNodes.set(name, nameNode);
    await nameNode.says(/NameNode RPC up at/, SERVING_TIMEOUT_MS);
    controllers.set(name, run(`zkfc-${name}`, ...java(CONTROLLER, ...of(name))));
  }
  await run('datanode', ...java(DATA_NODE)).says(
    /Successfully registered|successfully registered/,
    SERVING_TIMEOUT_MS,
  );
  const nameservice = new Nameservice(java, nameNodes, controllers);
  let load: Load;
  return {
    load: () => {
      load = context.load(java('Files'));
      return load;
    },
    exercise: (times) => nameservice.exercise(times),
    lost: async () => Number(await said(java('Missing', String(load.acknowledged)), 'missing ')),
  };
}

/** ZKFC makes what lies in its chroot, not the chroot itself. */
async function makeChroot(context: Context): Promise<void> {
  await using zk = await connect(context.connect, { tls: context.endpoints[0]?.tls });
  await zk.create(CHROOT);
}

/** What is done to it beside the load. */
class Nameservice {
  readonly #java: Java;
  readonly #nameNodes: ReadonlyMap<string, Daemon>;
  readonly #controllers: ReadonlyMap<string, Daemon>;
  /** Of what was killed. */
  readonly #account = ['failed over by the administrator, there and back'];

  constructor(java: Java, nameNodes: ReadonlyMap<string, Daemon>, controllers: ReadonlyMap<string, Daemon>) {
    this.#java = java;
    this.#nameNodes = nameNodes;
    this.#controllers = controllers;
  }

  async exercise(times: number): Promise<string | undefined> {
    if (times === NAME_NODE_KILLED_AT)
      this.#account.push(await this.#failsOverFrom(this.#nameNodes, 'active NameNode'));
    else if (times === CONTROLLER_KILLED_AT)
      this.#account.push(await this.#failsOverFrom(this.#controllers, "active NameNode's controller"));
    // There and back again.
    else for (let i = 0; i < NAME_NODES.length; i++) await this.#command('fail-over');
    return times === CONTROLLER_KILLED_AT ? this.#account.join('; ') : undefined;
  }

  /** Kills the one of those that goes with the active NameNode, and starts it again once the other NameNode is active. */
  async #failsOverFrom(daemons: ReadonlyMap<string, Daemon>, what: string): Promise<string> {
    const name = await this.#command('active');
    const daemon = daemons.get(name)!;
    await daemon.kill();
    const beganMs = performance.now();
    await this.#command('active-other-than', name);
    const seconds = Math.round((performance.now() - beganMs) / 1_000);
    // A controller that does not listen yet cannot be asked to fail over.
    await daemon.start().says(/IPC Server listener on \d+: starting/, SERVING_TIMEOUT_MS);
    await this.#command('standby', name);
    return `its ${what} killed, the other NameNode was active within ${seconds} s`;
  }

  /** @see java/Nameservice.java */
  #command(name: string, ...args: readonly string[]): Promise<string> {
    return said(this.#java('Nameservice', name, ...args), 'done ');
  }
}
