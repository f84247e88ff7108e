import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printLine } from '../../../testkit/src/scenarios/print-line.ts';
import { buildJavaImage } from '../../../tools/kube/images/java.ts';
import { javaProgram } from '../../neighbours/java-program.ts';
import { Load } from '../../neighbours/load.ts';
import { LINES_OF_ALL, linesByTls } from '../../neighbours/programs/kafka/broker.ts';
import { kafka } from '../../neighbours/programs/kafka/neighbour.ts';
import { said } from '../../neighbours/said.ts';
import { execInPod } from '../exec-in-pod.ts';
import { AUTHORITY, CLIENT_PEM, DATA_FOLDER, javaInPod, objectsOf } from './java-pods.ts';
import type { ProgramPods, Surroundings } from './program-pods.ts';

const BROKERS = 3;
const PORT = 9092;
const USERS_PORT = 9093;
const TOPIC = 'load';
const ACKNOWLEDGED = '/tmp/acknowledged';
const START_SECONDS = 180;
const folder = join(import.meta.dirname, '..', '..', 'neighbours', 'programs', 'kafka');

/** Three brokers, each a pod; everything that they keep in the coordination service has an ACL for the subject of their certificate. */
export async function kafkaPods({
  cluster,
  namespace,
  hosts,
  authority,
}: Surroundings): Promise<ProgramPods> {
  const { reference, archive } = await buildJavaImage({ name: 'kafka', ...javaProgram(folder, printLine) });
  await cluster.provider.loadImage(archive);
  const logging = (level: string): string[] => [
    '-Dlog4j.configuration=file:/config/log4j.properties',
    `-Dlog.level=${level}`,
  ];
  const own = `$(POD_NAME).kafka.${namespace}.svc.cluster.local`;
  const broker = javaInPod('320m', logging('INFO'));
  const objects = objectsOf({
    name: 'kafka',
    replicas: BROKERS,
    // Brokers are numbered from 1.
    firstOrdinal: 1,
    image: reference,
    authority,
    files: {
      '/config/server.properties': `${[
        `zookeeper.connect=${hosts}/kafka`,
        'zookeeper.set.acl=true',
        ...linesByTls(AUTHORITY, CLIENT_PEM),
        `listeners=BROKERS://:${PORT},USERS://:${USERS_PORT}`,
        `log.dirs=${DATA_FOLDER}`,
        ...LINES_OF_ALL,
      ].join('\n')}\n`,
      '/config/log4j.properties': readFileSync(join(folder, 'log4j.properties'), 'utf8'),
    },
    before: [],
    command: broker(
      'kafka.Kafka',
      '/config/server.properties',
      ...['--override', 'broker.id=$(ORDINAL)'],
      ...['--override', `advertised.listeners=BROKERS://${own}:${PORT},USERS://${own}:${USERS_PORT}`],
    ),
    port: PORT,
  });
  for (const object of objects) await cluster.apply(namespace, object);
  const pods = Array.from({ length: BROKERS }, (_, index) => `kafka-${index + 1}`);
  await cluster.until(
    'every broker has started',
    async () => {
      const logs = pods.map((pod) => cluster.kubectl(['--namespace', namespace, 'logs', pod]));
      return (await Promise.all(logs)).every((log) => log.includes('started (kafka.server.KafkaServer)'));
    },
    START_SECONDS,
  );
  const bootstrapAt = (port: number): string =>
    pods.map((pod) => `${pod}.kafka.${namespace}.svc.cluster.local:${port}`).join(',');
  const java = javaInPod('96m', logging('WARN'));
  const run = (main: string, ...args: readonly string[]): [string, ...string[]] =>
    execInPod(namespace, pods[0]!, java(main, ...args));
  return {
    title: kafka.title,
    name: 'kafka',
    words: kafka.words,
    mostGapMs: 5_000,
    load: () => new Load(kafka.title, run('Load', bootstrapAt(PORT), TOPIC, ACKNOWLEDGED), {}),
    exercise: async (times) => {
      const places = [bootstrapAt(PORT), bootstrapAt(USERS_PORT)];
      await said(run('Exercise', ...places, String(times)), 'exercised');
    },
    lost: async () => Number(await said(run('ReadBack', bootstrapAt(PORT), TOPIC, ACKNOWLEDGED), 'lost ')),
    close: () => {},
  };
}
