import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { connect } from '@rookery/client';
import { javaProgram } from '../../java-program.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { type Java, smallJava } from '../../small-java.ts';
import { type Application, Manager, until } from './manager.ts';
import { PORTS_PER_MANAGER, USER, writeSite } from './site.ts';

const CHROOT = '/yarn';
/** Ten times what it takes alone: others use the machine, too. */
const START_TIMEOUT_MS = 180_000;
/** The session of one that was killed lasts for 10 s, and the other one reads the store before it serves. */
const TAKE_OVER_TIMEOUT_MS = 120_000;
const OPERATION_TIMEOUT_MS = 60_000;
const KILLING_EXERCISE = 2;

/** So it is on ZooKeeper, too: 31 of 49,789 such transactions, twelve members having been killed one after the other. */
const UNANSWERED =
  'a transaction that was committed while its member was killed is sent again, as its answer was lost: the store takes that for fencing, and the ResourceManager for its end as the active one';

const settings = `In \`core-site.xml\` (or \`yarn-site.xml\`) of every ResourceManager; the elector and \`ZKRMStateStore\` both use it:

    hadoop.zk.address = zk-0:2181,zk-1:2181,zk-2:2181/yarn

* **Chroot**: make its node before the first start (\`create /yarn\`): the elector does not. Without a chroot YARN uses \`/yarn-leader-election\` (\`yarn.resourcemanager.ha.automatic-failover.zk-base-path\`) and \`/rmstore\` (\`yarn.resourcemanager.zk-state-store.parent-path\`).
* **TLS**: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) in \`YARN_RESOURCEMANAGER_OPTS\`, and the port of TLS in \`hadoop.zk.address\`. (Hadoop's own words, \`hadoop.zk.ssl.enabled\` with \`hadoop.zk.ssl.{keystore,truststore}.{location,password}\`, all four of them, were not tried.)
* **Authentication**: \`hadoop.zk.auth\` (\`digest:yarn:secret\`) with \`hadoop.zk.acl\` (\`digest:yarn:<hash>:rwcda\`). Whatever these say, the active ResourceManager fences the other one by an ACL: it alone may create and delete under \`/rmstore/ZKRMStateRoot\`, by a digest of its own.
* \`hadoop.zk.timeout-ms\` (10,000) is how long a ResourceManager that died stays the active one. Clients try the other one after 30 s unless \`yarn.client.failover-sleep-base-ms\` and \`…-max-ms\` are set.
* Where a member dies after it committed a transaction and before it answered, the ResourceManager sends it again, reads the refusal (\`NodeExists\`) as fencing (\`STATE_STORE_FENCED\`) and hands over to the other one, on ZooKeeper as on Rookery. Nothing is lost.`;

export const yarn: Neighbour = {
  name: 'yarn',
  proves:
    'YARN: two ResourceManagers elect one by ActiveStandbyElector and keep every application in ZKRMStateStore',
  title: 'Apache Hadoop YARN',
  version: '3.4.2',
  source: 'Maven: org.apache.hadoop:hadoop-yarn-server-resourcemanager',
  needs: ['mvn', 'javac'],
  settings,
  words: {
    complaint:
      / ERROR org\.apache\.(?:zookeeper|curator|hadoop\.ha|hadoop\.util\.curator)\.| ERROR org\.apache\.hadoop\.yarn\.server\.resourcemanager\.(?:recovery|ResourceManager|AdminService|ActiveStandbyElector)|FATAL|KeeperException\$(?!ConnectionLoss)|KeeperErrorCode = (?!ConnectionLoss)|[Ss]ession 0x\w+ has expired|Session expired|session was lost|has been fenced|STATE_STORE_|EMBEDDED_ELECTOR_FAILED|[Xx]id out of order|Packet len|OutOfMemory/,
    // Each word of the one story; what another exception caused is a line of its own, which complains.
    tolerated: [
      {
        words:
          /KeeperException\$NodeExistsException: KeeperErrorCode = NodeExists$|STATE_STORE_FENCED, caused by .*NodeExists/,
        because: UNANSWERED,
      },
      { words: /RMStateStore: (?:Error storing app|State store operation failed)/, because: UNANSWERED },
      {
        words: /ResourceManager: Returning, interrupted : java\.lang\.InterruptedException/,
        because: 'its threads end where it becomes a standby',
      },
    ],
  },
  // The session of a ResourceManager that was killed (10 s, up to a tick more), the recovery of all applications (seconds; tens of them on a crowded machine), and the
  // client's own pauses (2 s at the most).
  longestGapMs: 45_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { classpath } = javaProgram(import.meta.dirname, context.note);
  await using zk = await connect(context.connect, { tls: context.endpoints[0]?.tls });
  await zk.create(CHROOT);
  const ids = ['rm1', 'rm2'];
  const ports = await context.ports(ids.length * PORTS_PER_MANAGER);
  const portsOf = new Map(
    ids.map((id, i) => [id, ports.slice(i * PORTS_PER_MANAGER, (i + 1) * PORTS_PER_MANAGER)]),
  );
  const site = writeSite(context.folder, `${context.connect}${CHROOT}`, portsOf);
  const java = (heap: string): Java =>
    smallJava({
      folder: context.folder,
      classpath: `${site}${delimiter}${classpath}`,
      heap,
      // As Hadoop's own scripts do for Java 17.
      flags: ['--add-opens=java.base/java.lang=ALL-UNNAMED', ...context.javaTls],
    });
  const managers = ids.map((id) => {
    const main = 'org.apache.hadoop.yarn.server.resourcemanager.ResourceManager';
    const daemon = context.daemon(id, java('256m')(main, `-Dyarn.resourcemanager.ha.id=${id}`));
    return new Manager(id, daemon, portsOf.get(id)!.at(-1)!);
  });
  await pair(managers, START_TIMEOUT_MS);
  const acknowledgedFile = join(context.folder, 'acknowledged');
  let exercised: string | undefined;
  return {
    load: () => context.load(java('128m')('Load', acknowledgedFile), { HADOOP_USER_NAME: USER }),
    exercise: async (times) => {
      const told = times === KILLING_EXERCISE ? await failOver(managers) : undefined;
      const { active } = await pair(managers, TAKE_OVER_TIMEOUT_MS);
      if (exercised !== undefined) await active.killApplication(exercised, OPERATION_TIMEOUT_MS);
      exercised = await active.submit(`exercise ${times}`, OPERATION_TIMEOUT_MS);
      return told;
    },
    lost: async () => {
      // What remains is what the store has.
      await Promise.all(managers.map((manager) => manager.kill()));
      const [manager] = managers as [Manager, ...Manager[]];
      manager.start();
      await manager.becomes('ACTIVE', START_TIMEOUT_MS);
      return missing(readFileSync(acknowledgedFile, 'utf8'), await manager.applications());
    },
  };
}

/** Resolves once one of the two is active and the other one its standby. */
async function pair(
  managers: readonly Manager[],
  timeoutMs: number,
): Promise<{ active: Manager; standby: Manager }> {
  let active: Manager | undefined;
  let standby: Manager | undefined;
  await until('one active and one standby ResourceManager', timeoutMs, async () => {
    const roles = await Promise.all(managers.map((manager) => manager.role()));
    if (roles.every((role) => role === 'ACTIVE')) throw new Error('both ResourceManagers are active');
    active = managers[roles.indexOf('ACTIVE')];
    standby = managers[roles.indexOf('STANDBY')];
    return active !== undefined && standby !== undefined;
  });
  return { active: active!, standby: standby! };
}

/** Kills the active one. The other one has to know every application that was accepted or had ended. */
async function failOver(managers: readonly Manager[]): Promise<string> {
  const { active, standby } = await pair(managers, TAKE_OVER_TIMEOUT_MS);
  const settled = (await active.applications()).filter(
    ({ state }) => state === 'ACCEPTED' || state === 'KILLED',
  );
  await active.kill();
  const beganMs = performance.now();
  await standby.becomes('ACTIVE', TAKE_OVER_TIMEOUT_MS);
  const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
  const known = new Set((await standby.applications()).map(({ id }) => id));
  const gone = settled.filter(({ id }) => !known.has(id));
  if (gone.length > 0)
    throw new Error(`${standby.id} took over without ${gone.length} of ${settled.length} applications`);
  active.start();
  return `its active ResourceManager killed: the other one active after ${seconds} s with all ${settled.length} applications`;
}

/** @param acknowledged lines of an application's id and what was done: submitted, killed */
function missing(acknowledged: string, applications: readonly Application[]): number {
  const byId = new Map(applications.map((application) => [application.id, application]));
  return acknowledged
    .trim()
    .split('\n')
    .filter((line) => {
      const [id = '', done] = line.split(' ');
      const application = byId.get(id);
      if (application === undefined) return true;
      const { name, state } = application;
      // One that was to be killed may have been so without the client having heard of it.
      return done === 'killed' ? state !== 'KILLED' : name === 'kept' && state !== 'ACCEPTED';
    }).length;
}
