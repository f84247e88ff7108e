import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOST } from '../../../../testkit/src/endpoint.ts';
import type { Daemon } from '../../daemon.ts';
import type { Load } from '../../load.ts';
import type { Context } from '../../neighbour.ts';
import { smallJava } from '../../small-java.ts';
import {
  type BrokerPorts,
  bookieConfiguration,
  brokerConfiguration,
  CLUSTER,
  JVM_FLAGS,
  LOGGING,
} from './configuration.ts';

const BOOKIES = 2;
const BROKERS = 2;
const START_TIMEOUT_MS = 180_000;
const COMMAND_TIMEOUT_MS = 240_000;
const NAMESPACE = 'public/load';
const TOPIC = `persistent://${NAMESPACE}/numbers`;

/** A broker, and its id: where its HTTP API is. */
export interface Broker {
  readonly id: string;
  readonly daemon: Daemon;
}

/** Pulsar: its bookies, its brokers, and programs that use its clients. */
export class Cluster {
  readonly #context: Context;
  readonly #classpath: string;
  readonly #store: string;
  readonly #ports: readonly BrokerPorts[];
  #brokers: readonly Broker[] = [];

  /** Made by `start`. */
  constructor(context: Context, classpath: string, ports: readonly BrokerPorts[]) {
    this.#context = context;
    this.#classpath = classpath;
    this.#store = `zk:${context.connect}/pulsar`;
    this.#ports = ports;
  }

  /** Resolves once both brokers serve, and the topic of the load is there. */
  static async start(context: Context, classpath: string): Promise<Cluster> {
    const ports = await context.ports(BOOKIES + 2 * BROKERS);
    const brokerPorts = Array.from({ length: BROKERS }, (_, i) => {
      const [service = 0, web = 0] = ports.slice(BOOKIES + 2 * i);
      return { service, web };
    });
    const cluster = new Cluster(context, classpath, brokerPorts);
    await cluster.#start(ports.slice(0, BOOKIES));
    return cluster;
  }

  load(): Load {
    return this.#context.load(this.#java('128m', 'Load', this.#serviceUrl, TOPIC, this.#acknowledgedFile));
  }

  /** How many acknowledged numbers are not in the topic. */
  async missing(): Promise<number> {
    const told = await this.#run('ReadBack', this.#serviceUrl, TOPIC, this.#acknowledgedFile);
    return Number(found(told, /^missing (\d+)$/m));
  }

  /** Makes, alters, uses and deletes a namespace. */
  async exercise(times: number): Promise<void> {
    await this.#administer(this.#webAddresses, 'exercise', `public/exercise-${times}`);
  }

  /** The broker that leads the others: who tells which bundle goes where. */
  async leader(): Promise<Broker> {
    const id = found(await this.#administer(this.#webAddresses, 'leader'), /^leader (\S+)$/m);
    const leader = this.#brokers.find((broker) => broker.id === id);
    if (leader === undefined) throw new Error(`${id} leads, no broker of this cluster`);
    return leader;
  }

  /** Kills a broker; resolves once the other one leads and serves all partitions. */
  async lose(lost: Broker): Promise<void> {
    await lost.daemon.kill();
    const other = this.#brokers.find((broker) => broker !== lost)!;
    await this.#administer(other.id, 'served', other.id, TOPIC);
  }

  /** Starts a killed one again; resolves once all brokers are there. */
  async restart(broker: Broker): Promise<void> {
    broker.daemon.start();
    await this.#administer(this.#webAddresses, 'active', String(BROKERS));
  }

  get #serviceUrl(): string {
    return `pulsar://${this.#ports.map(({ service }) => `${HOST}:${service}`).join(',')}`;
  }

  get #webAddresses(): string {
    return this.#ports.map(({ web }) => `${HOST}:${web}`).join(',');
  }

  get #acknowledgedFile(): string {
    return join(this.#context.folder, 'acknowledged');
  }

  async #start(bookiePorts: readonly number[]): Promise<void> {
    const { folder } = this.#context;
    writeFileSync(join(folder, 'log4j.properties'), LOGGING);
    await this.#run(
      'org.apache.pulsar.PulsarClusterMetadataSetup',
      ...[
        '--cluster',
        CLUSTER,
        '--metadata-store',
        this.#store,
        '--configuration-metadata-store',
        this.#store,
      ],
      ...['--web-service-url', `http://${this.#webAddresses}`, '--broker-service-url', this.#serviceUrl],
    );
    const bookies = bookiePorts.map((port, i) => this.#startBookie(i + 1, port));
    await Promise.all(
      bookies.map((bookie) => bookie.says(/Started component bookie-server/, START_TIMEOUT_MS)),
    );
    this.#brokers = this.#ports.map((ports, i) => this.#startBroker(i + 1, ports));
    await Promise.all(
      this.#brokers.map(({ daemon }) => daemon.says(/PulsarService started/, START_TIMEOUT_MS)),
    );
    await this.#administer(this.#webAddresses, 'prepare', NAMESPACE, TOPIC);
  }

  #startBookie(number: number, port: number): Daemon {
    const own = join(this.#context.folder, `bookie-${number}`);
    mkdirSync(own);
    const configuration = join(own, 'bookkeeper.conf');
    writeFileSync(configuration, bookieConfiguration(this.#store, own, port));
    const main = 'org.apache.bookkeeper.server.Main';
    return this.#context.daemon(`bookie-${number}`, this.#java('256m', main, '--conf', configuration));
  }

  #startBroker(number: number, ports: BrokerPorts): Broker {
    const configuration = join(this.#context.folder, `broker-${number}.conf`);
    writeFileSync(configuration, brokerConfiguration(this.#store, ports));
    const main = 'org.apache.pulsar.PulsarBrokerStarter';
    const command = this.#java('512m', main, '--broker-conf', configuration);
    return { id: `${HOST}:${ports.web}`, daemon: this.#context.daemon(`broker-${number}`, command) };
  }

  /** @param brokers the HTTP addresses of those that may be asked */
  #administer(brokers: string, ...command: readonly string[]): Promise<string> {
    return this.#run('Administration', brokers, this.#serviceUrl, ...command);
  }

  async #run(main: string, ...args: readonly string[]): Promise<string> {
    const [java, ...rest] = this.#java('192m', main, ...args);
    const { stdout } = await promisify(execFile)(java, rest, {
      timeout: COMMAND_TIMEOUT_MS,
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    return stdout;
  }

  #java(heap: string, main: string, ...args: readonly string[]): [string, ...string[]] {
    const logging = `-Dlog4j.configurationFile=${join(this.#context.folder, 'log4j.properties')}`;
    const java = smallJava({
      folder: this.#context.folder,
      classpath: this.#classpath,
      heap,
      flags: ['-XX:MaxDirectMemorySize=256m', logging, ...JVM_FLAGS, ...this.#context.javaTls],
    });
    return java(main, ...args);
  }
}

function found(text: string, words: RegExp): string {
  const value = words.exec(text)?.[1];
  if (value === undefined) throw new Error(`nothing like ${words} in:\n${text}`);
  return value;
}
