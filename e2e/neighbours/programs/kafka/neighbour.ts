import { join } from 'node:path';
import { HOST } from '../../../../testkit/src/endpoint.ts';
import { Program } from '../../../clients/program.ts';
import type { Daemon } from '../../daemon.ts';
import { javaProgram } from '../../java-program.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { said } from '../../said.ts';
import { kafkaJava, MEMBERS_JAAS, startBroker, writeCredentials } from './broker.ts';

const BROKERS = 3;
const START_TIMEOUT_MS = 120_000;
const STEP_TIMEOUT_MS = 120_000;
const TOPIC = 'load';
/** The exercise in which the controller is killed: members have gone and come back before. */
const SUCCESSION = 2;

const settings = `In \`server.properties\` of each broker:

\`\`\`properties
zookeeper.connect=zk-0:2181,zk-1:2181,zk-2:2181/kafka
\`\`\`

The chroot stands once, after the last member; Kafka makes it. The session timeout may stay as it is (18 s); with \`zookeeper.session.timeout.ms=6000\`
a broker that died is replaced as leader after 6 s instead.

TLS, at the members' \`secureClientPort\`; PEM files will do, and the key store is for members that ask for a certificate:

\`\`\`properties
zookeeper.connect=zk-0:2281,zk-1:2281,zk-2:2281/kafka
zookeeper.ssl.client.enable=true
zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty
zookeeper.ssl.protocol=TLSv1.3
zookeeper.ssl.truststore.location=/etc/kafka/authority.pem
zookeeper.ssl.truststore.type=PEM
zookeeper.ssl.keystore.location=/etc/kafka/broker.pem
zookeeper.ssl.keystore.type=PEM
\`\`\`

Without \`zookeeper.ssl.protocol\` Kafka speaks TLS 1.2 alone.

Authentication: \`zookeeper.set.acl=true\` gives every node an ACL for who made it. All brokers have to be the same user then, by SASL
(\`KAFKA_OPTS=-Djava.security.auth.login.config=/etc/kafka/jaas.conf\`) or by certificates of the same subject:

\`\`\`
Client { org.apache.zookeeper.server.auth.DigestLoginModule required username="kafka" password="…"; };
\`\`\``;

export const kafka: Neighbour = {
  name: 'kafka',
  title: 'Apache Kafka',
  version: '3.9.1',
  proves:
    'brokers keep every acknowledged record, elect controllers and hold topics, configurations, ACLs, users and quotas',
  source: 'Maven: org.apache.kafka:kafka_2.13, ZooKeeper mode',
  needs: ['javac', 'mvn'],
  ensemble: { jaas: MEMBERS_JAAS },
  settings,
  words: {
    complaint:
      / (ERROR|FATAL) |[Ss]ession.* expired|KeeperErrorCode = (?!ConnectionLoss)|KeeperException\$(?!ConnectionLoss)|Xid out of order|Packet len|OutOfMemoryError/,
    tolerated: [
      {
        words: /cannot become follower since the new leader -1 is unavailable/,
        because:
          'a controller that takes over from one that was killed says so of partitions that this one led, until it has chosen another leader',
      },
      {
        words: /Unexpected throwable \(org\.apache\.zookeeper\.ClientCnxnSocketNetty\)/,
        because:
          'the client that speaks TLS says so of a connection that was reset under it, as that of a killed member is',
      },
      {
        words: /Error processing append operation on partition/,
        because:
          'a producer had several batches on their way when the leader of the partition changed: it sends them again, in turn',
      },
    ],
  },
  // A broker that is killed leads its partitions until its session has expired (6 s and a tick of the members'); then the controller, or a new one, moves
  // them. Members that come and go do not stop the brokers at all.
  longestGapMs: 15_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { classpath } = javaProgram(import.meta.dirname, context.note);
  const ports = await context.ports(2 * BROKERS);
  const plans = Array.from({ length: BROKERS }, (_, i) => ({
    id: i + 1,
    port: ports[2 * i]!,
    usersPort: ports[2 * i + 1]!,
  }));
  const credentials = writeCredentials(context);
  const brokers = plans.map((plan) => startBroker(context, classpath, credentials, plan));
  await Promise.all(
    brokers.map((broker) => broker.says(/started \(kafka\.server\.KafkaServer\)/, START_TIMEOUT_MS)),
  );
  const bootstrap = plans.map(({ port }) => `${HOST}:${port}`).join(',');
  const usersBootstrap = plans.map(({ usersPort }) => `${HOST}:${usersPort}`).join(',');
  const acknowledged = join(context.folder, 'acknowledged');
  const java = kafkaJava(context, { classpath, heap: '96m', level: 'WARN' });
  return {
    load: () => context.load(java('Load', bootstrap, TOPIC, acknowledged)),
    exercise: async (times) => {
      await said(java('Exercise', bootstrap, usersBootstrap, String(times)), 'exercised', STEP_TIMEOUT_MS);
      if (times !== SUCCESSION) return undefined;
      return killController(brokers, java('Succession', bootstrap));
    },
    lost: async () => {
      return Number(await said(java('ReadBack', bootstrap, TOPIC, acknowledged), 'lost ', STEP_TIMEOUT_MS));
    },
  };
}

async function killController(
  brokers: readonly Daemon[],
  [file, ...args]: readonly [string, ...string[]],
): Promise<string> {
  const watching = new Program(file, args);
  try {
    const broker = brokers[Number(await watching.line('controller ', STEP_TIMEOUT_MS)) - 1]!;
    const beganMs = performance.now();
    await broker.kill();
    await watching.line('elected ', STEP_TIMEOUT_MS);
    const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
    broker.start();
    await watching.success(STEP_TIMEOUT_MS);
    return `controller killed, another one after ${seconds} s`;
  } finally {
    watching.kill();
  }
}
