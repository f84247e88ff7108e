import { join } from 'node:path';
import { javaClasses } from '../../../../testkit/src/installs/java-classes.ts';
import { mavenJars } from '../../../../testkit/src/installs/maven-jars.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { Cluster } from './cluster.ts';

/** Which exercise kills the broker that leads. */
const KILLS = 2;

/** Of Pulsar Functions on Kubernetes, of other metadata stores, of other ways to store ledgers, of other systems. */
const LEFT_OUT = [
  'rocksdbjni',
  'client-java',
  'client-java-api',
  'client-java-proto',
  'grpc-xds',
  'netty-incubator-transport-native-io_uring',
  'netty-resolver-dns-native-macos',
];

export const pulsar: Neighbour = {
  name: 'pulsar',
  title: 'Apache Pulsar with BookKeeper',
  version: '4.0.7',
  source: 'Maven: org.apache.pulsar:pulsar-broker, with BookKeeper 4.17.2 as it needs it',
  proves: 'brokers own bundles, bookies register, ledgers and policies are kept',
  needs: ['javac', 'mvn'],
  settings: ``,
  words: {
    complaint:
      / FATAL |OutOfMemoryError|Halting broker process|forceful shutdown| ERROR org\.apache\.(zookeeper|pulsar\.(metadata|zookeeper|broker\.(loadbalance|namespace|resources))|bookkeeper\.(meta|discover|zookeeper))\.|ZooKeeper session (expired|reconnection timeout)|session 0x[0-9a-f]+ has expired|KeeperErrorCode = (?!ConnectionLoss)|Failed to revalidate|Xid out of order|Unreasonable length|Packet len/i,
    tolerated: [],
  },
  longestGapMs: 60_000,
  async start(context: Context): Promise<Running> {
    const jars = mavenJars({ pom: join(import.meta.dirname, 'pom.xml'), leftOut: LEFT_OUT }, context.note);
    const classpath = javaClasses(join(import.meta.dirname, 'java'), `${jars}/*`, context.note);
    const cluster = await Cluster.start(context, classpath);
    return {
      load: () => cluster.load(),
      exercise: async (times) => {
        await cluster.exercise(times);
        return times === KILLS ? await brokerKilled(cluster) : undefined;
      },
      lost: () => cluster.missing(),
    };
  },
};

async function brokerKilled(cluster: Cluster): Promise<string> {
  const leader = await cluster.leader();
  const beganMs = performance.now();
  await cluster.lose(leader);
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  await cluster.restart(leader);
  return `leading broker killed, the other one led and served its bundles after ${seconds} s`;
}
