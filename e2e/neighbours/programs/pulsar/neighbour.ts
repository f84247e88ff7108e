import { javaProgram } from '../../java-program.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { Cluster } from './cluster.ts';

/** Which exercise kills the broker that leads. */
const KILLS = 2;

export const pulsar: Neighbour = {
  name: 'pulsar',
  title: 'Apache Pulsar with BookKeeper',
  version: '4.0.7',
  source: 'Maven: org.apache.pulsar:pulsar-broker, with BookKeeper 4.17.2 as it needs it',
  proves: 'brokers own bundles, bookies register, ledgers and policies are kept',
  needs: ['javac', 'mvn'],
  settings: `\`\`\`properties
# conf/broker.conf
metadataStoreUrl=zk:zk-0:2181,zk-1:2181,zk-2:2181/pulsar
configurationMetadataStoreUrl=zk:zk-0:2181,zk-1:2181,zk-2:2181/pulsar

# conf/bookkeeper.conf: with semicolons, for a comma ends a value there
metadataServiceUri=metadata-store:zk:zk-0:2181;zk-1:2181;zk-2:2181/pulsar
\`\`\`

- \`bin/pulsar initialize-cluster-metadata --metadata-store zk:…/pulsar --configuration-metadata-store zk:…/pulsar\` creates the chroot.
- What a broker served that died is served again once its session has ended: \`metadataStoreSessionTimeoutMillis\`, 30 s by default.
- TLS: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) in \`PULSAR_EXTRA_OPTS\` and \`BOOKIE_EXTRA_OPTS\`, and the TLS port in each address.
- SASL: a JAAS file with a \`Client\` section, by \`-Djava.security.auth.login.config=…\` in the same two. Pulsar sets no access lists: its nodes are open
  to whoever can connect: leave them to networks that only Pulsar reaches, or have members ask every client for a certificate.
`,
  words: {
    complaint:
      / FATAL |OutOfMemoryError|Halting broker process|forceful shutdown| ERROR org\.apache\.(zookeeper|pulsar\.(metadata|zookeeper|broker\.(loadbalance|namespace|resources))|bookkeeper\.(meta|discover|zookeeper))\.|ZooKeeper session (expired|reconnection timeout)|session 0x[0-9a-f]+ has expired|KeeperErrorCode = (?!ConnectionLoss)|Failed to revalidate|Xid out of order|Unreasonable length|Packet len/i,
    tolerated: [
      {
        words: /KeeperErrorCode = BadVersion for \/admin\/local-policies\/public\/exercise-\d+$/,
        because:
          'both brokers look at a new namespace and make its bundles; the second one reads what the first made',
      },
      {
        words:
          /KeeperErrorCode = NoNode for \/ledgers\/idgen\/ID-\d+$|Failed to create ledger \d+: \S+BadVersionException:/,
        because:
          'a multi that makes a ledger and removes its id was done, and its connection broke before the answer: Pulsar does both again, one by one',
      },
    ],
  },
  // A broker that is killed keeps its bundles until its session ends: 30 s, by default. The client doubles its pauses meanwhile, so it may try again as late as
  // after 60 s; then ledgers are recovered.
  longestGapMs: 75_000,
  async start(context: Context): Promise<Running> {
    const { classpath } = javaProgram(import.meta.dirname, context.note);
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
