import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST } from '../../../../testkit/src/endpoint.ts';
import type { Daemon } from '../../daemon.ts';
import type { Context } from '../../neighbour.ts';
import { type Java, smallJava } from '../../small-java.ts';

/** Whom the brokers are for the coordination service. */
const USER = 'kafka';
const PASSWORD = 'a-password-of-the-brokers';
const MODULE = 'org.apache.zookeeper.server.auth.DigestLoginModule';

/** For the members. */
export const MEMBERS_JAAS = `Server { ${MODULE} required user_${USER}="${PASSWORD}"; };\n`;

/** How brokers reach the members, and who they are there. */
export interface BrokerCredentials {
  /** The file with their user and password. */
  readonly jaas: string;
  /** For every server.properties. */
  readonly lines: readonly string[];
}

export interface BrokerPlan {
  readonly id: number;
  /** Of the other brokers and of administrators, who may do everything. */
  readonly port: number;
  /** Of users with a password. */
  readonly usersPort: number;
}

/** What every broker reads, of the members' authority and of its own standing with them. */
export function writeCredentials({ connect, tls, folder }: Context): BrokerCredentials {
  const jaas = join(folder, 'brokers-jaas.conf');
  writeFileSync(jaas, `Client { ${MODULE} required username="${USER}" password="${PASSWORD}"; };\n`);
  const lines = [`zookeeper.connect=${connect}/kafka`, 'zookeeper.set.acl=true'];
  return { jaas, lines: tls === undefined ? lines : [...lines, ...linesByTls(tls.authority, tls.keyStore)] };
}

/** Of a server.properties, for members that speak TLS. Both stores are files in PEM; the key store holds private key and certificate. */
export function linesByTls(trustStore: string, keyStore: string): readonly string[] {
  return [
    'zookeeper.ssl.client.enable=true',
    'zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty',
    // Kafka would speak TLS 1.2 alone, which Rookery takes and ZooKeeper 3.9 does not.
    'zookeeper.ssl.protocol=TLSv1.3',
    `zookeeper.ssl.truststore.location=${trustStore}`,
    'zookeeper.ssl.truststore.type=PEM',
    `zookeeper.ssl.keystore.location=${keyStore}`,
    'zookeeper.ssl.keystore.type=PEM',
  ];
}

interface KafkaJava {
  readonly classpath: string;
  readonly heap: string;
  /** From which level on it logs. */
  readonly level: 'INFO' | 'WARN';
}

export function kafkaJava(
  { folder }: Context,
  { classpath, heap, level }: KafkaJava,
  ...flags: readonly string[]
): Java {
  const log = join(import.meta.dirname, 'log4j.properties');
  const logging = [`-Dlog4j.configuration=file:${log}`, `-Dlog.level=${level}`];
  return smallJava({ folder, classpath, heap, flags: [...logging, ...flags] });
}

export function startBroker(
  context: Context,
  classpath: string,
  credentials: BrokerCredentials,
  plan: BrokerPlan,
): Daemon {
  const name = `broker-${plan.id}`;
  const logs = join(context.folder, name);
  mkdirSync(logs);
  const properties = join(context.folder, `${name}.properties`);
  writeFileSync(properties, `${[...credentials.lines, ...linesOf(logs, plan)].join('\n')}\n`);
  const login = `-Djava.security.auth.login.config=${credentials.jaas}`;
  const java = kafkaJava(context, { classpath, heap: '320m', level: 'INFO' }, login);
  return context.daemon(name, java('kafka.Kafka', properties));
}

function linesOf(logs: string, { id, port, usersPort }: BrokerPlan): readonly string[] {
  return [
    `broker.id=${id}`,
    `listeners=BROKERS://${HOST}:${port},USERS://${HOST}:${usersPort}`,
    `log.dirs=${logs}`,
    ...LINES_OF_ALL,
  ];
}

/** Of a server.properties, for brokers with a listener for one another, and one for users with a password. */
export const LINES_OF_ALL = [
  'zookeeper.session.timeout.ms=6000',
  // A broker that finds nobody for that long when it starts, ends: the first session takes its time on a busy machine.
  'zookeeper.connection.timeout.ms=60000',
  'listener.security.protocol.map=BROKERS:PLAINTEXT,USERS:SASL_PLAINTEXT',
  'inter.broker.listener.name=BROKERS',
  'sasl.enabled.mechanisms=SCRAM-SHA-512',
  'listener.name.users.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;',
  'authorizer.class.name=kafka.security.authorizer.AclAuthorizer',
  'super.users=User:ANONYMOUS',
  'auto.create.topics.enable=false',
  'default.replication.factor=3',
  'min.insync.replicas=2',
  // A small heap, and few processors.
  'num.network.threads=2',
  'num.io.threads=4',
  'log.cleaner.dedupe.buffer.size=4194304',
] as const;
