import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { javaClasses } from '../../../../testkit/src/installs/java-classes.ts';
import { mavenJars } from '../../../../testkit/src/installs/maven-jars.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { leading, Master, type MasterState } from './master.ts';

/** Spark asks for sessions of 60 s, and nothing of its own changes that: a master that died would lead for as long as the members grant. */
const SESSION_MS = 10_000;
const START_TIMEOUT_MS = 90_000;
/** A session, and the recovery, in which workers and applications answer the new leader. */
const TAKE_OVER_TIMEOUT_MS = 90_000;
const KILLING_EXERCISE = 2;
/** What the packages of Java 17 have to be opened for Spark, as its own launcher does. */
const OPENED = ['lang', 'lang.invoke', 'lang.reflect', 'io', 'net', 'nio', 'util', 'util.concurrent']
  .map((name) => `java.base/java.${name}`)
  .concat('java.base/sun.nio.ch', 'java.base/sun.nio.cs', 'java.base/sun.util.calendar');

/** The log goes to standard output. */
const LOGGING = `rootLogger.level = info
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss.SSS} %p %c: %m%n%ex
`;

const settings = `In \`spark-env.sh\` of every master, as \`SPARK_DAEMON_JAVA_OPTS\`:

    -Dspark.deploy.recoveryMode=ZOOKEEPER
    -Dspark.deploy.zookeeper.url=zk-0:2181,zk-1:2181,zk-2:2181
    -Dspark.deploy.zookeeper.dir=/spark

* **Chroot**: \`spark.deploy.zookeeper.dir\` is what keeps clusters apart; Spark makes it. A chroot in the URL is taken, too, but has to be made before.
* **TLS, authentication**: Spark has no setting of its own; ZooKeeper's client takes system properties in the same line: \`-Dzookeeper.client.secure=true -Dzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty -Dzookeeper.ssl.trustStore.location=…\` and so on, or \`-Djava.security.auth.login.config=…\` for SASL. Spark sets no ACL.
* A master that leads **ends itself at every lost connection** to whichever member (“Leadership has been revoked -- master shutting down”), on ZooKeeper as on Rookery: run masters under something that starts them again. Applications that run go on.
* Spark asks for a session of 60 s, of which members grant 40 s unless told: so long nobody leads after that. \`maxSessionTimeout=10000\` on the members makes it ten.`;

export const spark: Neighbour = {
  name: 'spark',
  proves:
    'Spark: two standalone masters elect one and keep workers, applications and drivers, recoveryMode=ZOOKEEPER',
  title: 'Apache Spark, standalone',
  version: '4.1.1',
  source: 'Maven: org.apache.spark:spark-core_2.13',
  needs: ['mvn', 'javac'],
  ensemble: { configLines: [`maxSessionTimeout=${SESSION_MS}`] },
  settings,
  words: {
    complaint:
      / (?:ERROR|FATAL) |KeeperException|NoAuth|session 0x\w+ has expired|Session expired|[Xx]id out of order|Packet len|OutOfMemory/,
    tolerated: [],
  },
  // Submissions: a session and up to a tick more, twice where the next leader was a client of the next member to go, and its recovery. Jobs go on.
  longestGapMs: 60_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const log = context.note;
  const jars = mavenJars(
    {
      pom: join(import.meta.dirname, 'pom.xml'),
      // A store for its history server, and QUIC and OpenSSL for five platforms.
      leftOut: ['rocksdbjni', 'netty-codec-native-quic', 'netty-tcnative-boringssl-static'],
    },
    log,
  );
  const conf = join(context.folder, 'conf');
  // Workers give their executors the jars of this folder.
  const home = join(context.folder, 'home');
  for (const folder of [conf, home]) mkdirSync(folder);
  symlinkSync(jars, join(home, 'jars'));
  writeFileSync(join(conf, 'log4j2.properties'), LOGGING);
  const classes = javaClasses(join(import.meta.dirname, 'java'), join(jars, '*'), log);
  const env = { SPARK_HOME: home, SPARK_CONF_DIR: conf, SPARK_LOCAL_IP: '127.0.0.1' };
  const java = (...options: string[]): string[] => [
    'java',
    '-XX:+UseSerialGC',
    ...OPENED.map((opened) => `--add-opens=${opened}=ALL-UNNAMED`),
    ...options,
    '-cp',
    `${conf}${delimiter}${classes}`,
  ];
  const names = ['master-1', 'master-2'];
  const [workerPort = 0, workerWebPort = 0, ...ports] = await context.ports(2 + names.length * 3);
  const places = names.map((name, i) => {
    const [port = 0, webPort = 0, restPort = 0] = ports.slice(i * 3);
    return { name, port, webPort, restPort };
  });
  const masters = places.map(({ name, port, webPort, restPort }) => {
    const command = java(
      '-Xmx256m',
      '-Dspark.deploy.recoveryMode=ZOOKEEPER',
      `-Dspark.deploy.zookeeper.url=${context.connect}`,
      '-Dspark.deploy.zookeeper.dir=/spark',
      '-Dspark.master.rest.enabled=true',
      `-Dspark.master.rest.port=${restPort}`,
    );
    const placed = ['--host', '127.0.0.1', '--port', `${port}`, '--webui-port', `${webPort}`];
    const daemon = context.daemon(
      name,
      restarted([...command, 'org.apache.spark.deploy.master.Master', ...placed]),
      { env },
    );
    return new Master(name, daemon, webPort, restPort);
  });
  const urls = (portOf: (place: (typeof places)[number]) => number): string =>
    `spark://${places.map((place) => `127.0.0.1:${portOf(place)}`).join(',')}`;
  const clients = urls(({ port }) => port);
  context.daemon(
    'worker',
    [
      ...(java('-Xmx256m') as [string, ...string[]]),
      'org.apache.spark.deploy.worker.Worker',
      ...['--host', '127.0.0.1', '--port', `${workerPort}`, '--webui-port', `${workerWebPort}`],
      ...['--cores', '2', '--memory', '512M', '--work-dir', join(context.folder, 'work')],
      clients,
    ],
    { env },
  );
  await leading(masters, 'a leader that has the worker', START_TIMEOUT_MS, hasWorker);
  const acknowledgedFile = join(context.folder, 'acknowledged');
  let loaded = false;
  const usable = (state: MasterState): boolean => hasWorker(state) && (!loaded || hasApplication(state));
  return {
    load: () => {
      loaded = true;
      const command = java(
        '-Xmx480m',
        '-Dspark.executor.memory=480m',
        `-Dspark.executor.extraClassPath=${classes.split(delimiter)[0]}`,
        '-Dspark.executor.extraJavaOptions=-XX:+UseSerialGC',
        '-Dspark.ui.enabled=false',
        '-Dspark.driver.host=127.0.0.1',
      );
      return context.load([...command, 'Load', acknowledgedFile], {
        ...env,
        MASTERS: clients,
        REST_MASTERS: urls(({ restPort }) => restPort),
      });
    },
    exercise: async (times) => {
      const told = times === KILLING_EXERCISE ? await failOver(masters, usable) : undefined;
      const what = 'a leader that has the worker and the application';
      const { leader, state } = await leading(masters, what, TAKE_OVER_TIMEOUT_MS, usable);
      const before = driver(times - 1);
      const kept = state.activedrivers.find(({ mainclass }) => mainclass === before);
      if (times > 0 && kept === undefined) throw new Error(`${leader.name} does not know ${before} any more`);
      if (kept !== undefined) await leader.killDriver(kept.id);
      await leader.submit(driver(times));
      await leading(
        masters,
        `${driver(times)} without ${before}`,
        TAKE_OVER_TIMEOUT_MS,
        ({ activedrivers }) =>
          activedrivers.some(({ mainclass }) => mainclass === driver(times)) &&
          !activedrivers.some(({ mainclass }) => mainclass === before),
      );
      return told;
    },
    lost: async () => {
      // What remains is what they keep in the members.
      await Promise.all(masters.map((master) => master.kill()));
      for (const master of masters) master.start();
      const { state } = await leading(masters, 'a leader that has the worker', START_TIMEOUT_MS, hasWorker);
      const known = new Set(state.activedrivers.map(({ mainclass }) => mainclass));
      return lines(acknowledgedFile).filter((name) => !known.has(name)).length;
    },
  };
}

/** As a supervisor does: a master that loses its connection to a member ends. Killing this kills the master with it. */
function restarted(command: readonly string[]): [string, ...string[]] {
  return ['sh', '-c', 'while :; do "$@"; sleep 1; done', 'sh', ...command];
}

function driver(times: number): string {
  return `exercise.Driver${times}`;
}

function hasWorker({ workers }: MasterState): boolean {
  return workers.some(({ state }) => state === 'ALIVE');
}

function hasApplication({ activeapps }: MasterState): boolean {
  return activeapps.some(({ name, state }) => name === 'load' && state === 'RUNNING');
}

/** Kills the master that leads. The other one has to have the worker, the application and every driver of before. */
async function failOver(
  masters: readonly Master[],
  usable: (state: MasterState) => boolean,
): Promise<string> {
  const what = 'a leader that has the worker and the application';
  const { leader, state } = await leading(masters, what, TAKE_OVER_TIMEOUT_MS, usable);
  await leader.kill();
  const beganMs = performance.now();
  const others = masters.filter((master) => master !== leader);
  const after = await leading(
    others,
    `${what}, after ${leader.name} was killed`,
    TAKE_OVER_TIMEOUT_MS,
    usable,
  );
  const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
  const known = new Set(after.state.activedrivers.map(({ mainclass }) => mainclass));
  const gone = state.activedrivers.filter(({ mainclass }) => !known.has(mainclass));
  if (gone.length > 0)
    throw new Error(`${after.leader.name} leads without ${gone.length} of ${known.size} drivers`);
  leader.start();
  return `its leading master killed: the other one led after ${seconds} s with the worker, the application and ${known.size} waiting drivers`;
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}
