import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { javaProgram } from '../../java-program.ts';
import type { Load } from '../../load.ts';
import type { Context } from '../../neighbour.ts';
import { smallJava } from '../../small-java.ts';
import { Master } from './master.ts';

const HOST = '127.0.0.1';
/** A store for its history server; QUIC and OpenSSL for five platforms. */
const LEFT_OUT = ['rocksdbjni', 'netty-codec-native-quic', 'netty-tcnative-boringssl-static'];
const MASTERS = ['master-1', 'master-2'];

/** What has to be opened for Spark in Java 17, of what its own launcher opens. */
const OPENED = ['lang', 'lang.invoke', 'lang.reflect', 'io', 'net', 'nio', 'util', 'util.concurrent']
  .map((name) => `java.base/java.${name}`)
  .concat('java.base/sun.nio.ch', 'java.base/sun.nio.cs', 'java.base/sun.util.calendar');

/** To standard output. */
const LOGGING = `rootLogger.level = info
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss.SSS} %p %c: %m%n%ex
`;

export interface Cluster {
  readonly masters: readonly Master[];
  /** The program Load, an application of it. */
  load(acknowledgedFile: string): Load;
}

type Command = readonly [string, ...string[]];

/** How processes of Spark's are started. */
interface Installation {
  java(heap: string, options: readonly string[], main: string): Command;
  readonly env: Readonly<Record<string, string>>;
  /** The folder of our own classes, which executors have to be told of. */
  readonly classes: string;
}

/** Starts two masters and a worker. */
export async function startCluster(context: Context): Promise<Cluster> {
  const installation = install(context);
  const [workerPort = 0, workerWebPort = 0, ...ports] = await context.ports(2 + MASTERS.length * 3);
  const places = MASTERS.map((name, i) => {
    const [port = 0, webPort = 0, restPort = 0] = ports.slice(i * 3);
    return { name, port, webPort, restPort };
  });
  const masters = places.map((place) => startMaster(context, installation, place));
  const masterUrl = `spark://${places.map(({ port }) => `${HOST}:${port}`).join(',')}`;
  const { java, env, classes } = installation;
  context.daemon(
    'worker',
    [
      ...java('256m', [], 'org.apache.spark.deploy.worker.Worker'),
      ...['--host', HOST, '--port', `${workerPort}`, '--webui-port', `${workerWebPort}`],
      ...['--cores', '2', '--memory', '512M', '--work-dir', join(context.folder, 'work')],
      masterUrl,
    ],
    { env },
  );
  const options = [
    '-Dspark.driver.host=127.0.0.1',
    '-Dspark.ui.enabled=false',
    // The least that it takes.
    '-Dspark.executor.memory=480m',
    `-Dspark.executor.extraClassPath=${classes}`,
    '-Dspark.executor.extraJavaOptions=-XX:+UseSerialGC -XX:TieredStopAtLevel=1',
  ];
  return {
    masters,
    load: (acknowledgedFile) =>
      context.load([...java('480m', options, 'Load'), acknowledgedFile], {
        ...env,
        MASTERS: masterUrl,
        REST_MASTERS: `spark://${places.map(({ restPort }) => `${HOST}:${restPort}`).join(',')}`,
      }),
  };
}

function install({ folder, note, javaTls }: Context): Installation {
  const { jars, classpath } = javaProgram(import.meta.dirname, note, LEFT_OUT);
  const conf = join(folder, 'conf');
  // Workers give their executors the jars of this folder.
  const home = join(folder, 'home');
  for (const each of [conf, home]) mkdirSync(each);
  symlinkSync(jars, join(home, 'jars'));
  writeFileSync(join(conf, 'log4j2.properties'), LOGGING);
  return {
    java: (heap, options, main) =>
      smallJava({
        folder,
        classpath: `${conf}${delimiter}${classpath}`,
        heap,
        flags: [...OPENED.map((opened) => `--add-opens=${opened}=ALL-UNNAMED`), ...javaTls, ...options],
      })(main),
    // Told its version of Scala, it does not look for it in what it was built in.
    env: { SPARK_HOME: home, SPARK_CONF_DIR: conf, SPARK_LOCAL_IP: HOST, SPARK_SCALA_VERSION: '2.13' },
    classes: classpath.split(delimiter)[0]!,
  };
}

function startMaster(
  context: Context,
  { java, env }: Installation,
  place: {
    readonly name: string;
    readonly port: number;
    readonly webPort: number;
    readonly restPort: number;
  },
): Master {
  const { name, port, webPort, restPort } = place;
  const options = [
    '-Dspark.deploy.recoveryMode=ZOOKEEPER',
    `-Dspark.deploy.zookeeper.url=${context.connect}`,
    '-Dspark.deploy.zookeeper.dir=/spark',
    '-Dspark.master.rest.enabled=true',
    `-Dspark.master.rest.port=${restPort}`,
  ];
  const command = java('256m', options, 'org.apache.spark.deploy.master.Master');
  const placed = ['--host', HOST, '--port', `${port}`, '--webui-port', `${webPort}`];
  return new Master(
    name,
    context.daemon(name, startedAgain([...command, ...placed]), { env }),
    webPort,
    restPort,
  );
}

/** As a supervisor does: a master that loses its connection to a member ends. To kill this is to kill the master. */
function startedAgain(command: readonly string[]): Command {
  return ['sh', '-c', 'while :; do "$@"; sleep 1; done', 'sh', ...command];
}
