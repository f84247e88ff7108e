import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { startCluster } from './cluster.ts';
import { leading, type Master, type MasterState } from './master.ts';

/** Spark asks for sessions of 60 s, and nothing of its own changes that: a master that died would lead for as long as the members grant. */
const SESSION_MS = 10_000;
/** Ten times what it takes alone: others use the machine, too. */
const START_TIMEOUT_MS = 180_000;
/** A session, and the recovery, in which workers and applications answer the new leader. */
const TAKE_OVER_TIMEOUT_MS = 120_000;
const KILLING_EXERCISE = 2;
const USABLE = 'a leader that has the worker and the application';

const settings = `In \`spark-env.sh\` of every master, as \`SPARK_DAEMON_JAVA_OPTS\`:

    -Dspark.deploy.recoveryMode=ZOOKEEPER
    -Dspark.deploy.zookeeper.url=zk-0:2181,zk-1:2181,zk-2:2181
    -Dspark.deploy.zookeeper.dir=/spark

* **Chroot**: \`spark.deploy.zookeeper.dir\` is what keeps clusters apart; Spark makes it. A chroot in the URL is taken, too, but has to be made before.
* **TLS, authentication**: Spark has no setting of its own: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) in the same line, or \`-Djava.security.auth.login.config=…\` for SASL. Spark sets no ACL.
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
      / (?:ERROR|FATAL) org\.apache\.(?:zookeeper|curator|spark\.deploy\.master)\.|KeeperException\$(?!ConnectionLoss)|KeeperErrorCode = (?!ConnectionLoss)|[Ss]ession 0x\w+ has expired|Session expired|[Xx]id out of order|Packet len|OutOfMemory/,
    tolerated: [
      {
        words: /Leadership has been revoked -- master shutting down/,
        because:
          'a master that leads ends itself whenever its connection to a member is lost, and is started again',
      },
      {
        words: /KeeperErrorCode = NodeExists for \/spark\/master_status\//,
        because:
          'a node that was made while its member was killed is made again, as the answer was lost; nobody is told that it is there',
      },
    ],
  },
  // Submissions: a session and up to a tick more, twice where the next leader was a client of the next member to go, and its recovery. Jobs go on.
  longestGapMs: 60_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { masters, load } = await startCluster(context);
  await leading(masters, 'a leader that has the worker', START_TIMEOUT_MS, hasWorker);
  const acknowledgedFile = join(context.folder, 'acknowledged');
  let loaded = false;
  const usable = (state: MasterState): boolean => hasWorker(state) && (!loaded || hasApplication(state));
  return {
    load: () => {
      loaded = true;
      return load(acknowledgedFile);
    },
    exercise: async (times) => {
      const told = times === KILLING_EXERCISE ? await failOver(masters, usable) : undefined;
      await exchangeDrivers(masters, usable, times);
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

/** Submits a driver and kills that of the time before, which has to be known still. */
async function exchangeDrivers(
  masters: readonly Master[],
  usable: (state: MasterState) => boolean,
  times: number,
): Promise<void> {
  const { leader, state } = await leading(masters, USABLE, TAKE_OVER_TIMEOUT_MS, usable);
  const before = driver(times - 1);
  const now = driver(times);
  const kept = state.activedrivers.find(({ mainclass }) => mainclass === before);
  if (times > 0 && kept === undefined) throw new Error(`${leader.name} does not know ${before} any more`);
  if (kept !== undefined) await leader.killDriver(kept.id);
  await leader.submit(now);
  await leading(masters, `${now} without ${before}`, TAKE_OVER_TIMEOUT_MS, ({ activedrivers }) => {
    const names = activedrivers.map(({ mainclass }) => mainclass);
    return names.includes(now) && !names.includes(before);
  });
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
  const { leader, state } = await leading(masters, USABLE, TAKE_OVER_TIMEOUT_MS, usable);
  await leader.kill();
  const beganMs = performance.now();
  const others = masters.filter((master) => master !== leader);
  const after = await leading(
    others,
    `${USABLE}, after ${leader.name} was killed`,
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
