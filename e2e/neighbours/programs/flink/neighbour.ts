import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { javaProgram } from '../../java-program.ts';
import type { Load } from '../../load.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { Cluster } from './cluster.ts';
import { recoveredWithoutLoss } from './take-over.ts';

const SUM = 500_500;
/** Which exercise kills the JobManager that leads. */
const KILLS = 2;

export const flink: Neighbour = {
  name: 'flink',
  title: 'Apache Flink',
  version: '2.3.0',
  source: 'Maven: org.apache.flink:flink-clients, flink-runtime',
  proves: 'JobManagers elect, recover jobs and find the latest checkpoint',
  needs: ['javac', 'mvn'],
  settings: `\`\`\`yaml
# conf/config.yaml of every JobManager and TaskManager, and of whatever submits jobs
high-availability.type: zookeeper
high-availability.zookeeper.quorum: zk-0:2181,zk-1:2181,zk-2:2181
high-availability.zookeeper.path.root: /flink
high-availability.cluster-id: /default
high-availability.storageDir: s3://flink/ha
high-availability.zookeeper.client.session-timeout: 10 s
high-availability.zookeeper.client.connection-timeout: 5 s
zookeeper.sasl.disable: true
\`\`\`

- Its place in the tree is \`path.root\` with \`cluster-id\` under it; Flink creates both. Leave the quorum without a chroot.
- A standby waits for the session of a JobManager that died: the default of 60 s becomes the 40 s that members grant at most.
- While one of its connections moves to another member Flink gives its leadership up and restarts its jobs from their latest checkpoints. With
  \`high-availability.zookeeper.client.tolerate-suspended-connections: true\` it goes on for as long as its session lives.
- SASL: \`zookeeper.sasl.disable: false\`, with \`security.kerberos.login.contexts: Client\` for Kerberos or a JAAS file with a \`Client\` section in
  \`env.java.opts.all: -Djava.security.auth.login.config=…\` for DIGEST-MD5; then \`high-availability.zookeeper.client.acl: creator\` keeps others out.
  Without SASL: \`high-availability.zookeeper.client.authorization: digest:user:password\`.
- TLS: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) in \`env.java.opts.all\`, but for one, since Flink has that client within it:
  \`-Dzookeeper.clientCnxnSocket=org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.ClientCnxnSocketNetty\`; and the port of TLS in the quorum.
`,
  words: {
    complaint:
      / FATAL |Fatal error|OutOfMemoryError| ERROR org\.apache\.flink\.(shaded\.(curator5|zookeeper3)|runtime\.(checkpoint|dispatcher|entrypoint|highavailability|jobmanager|jobmaster|leaderelection|leaderretrieval|resourcemanager|taskexecutor|util|zookeeper))\.|State change: LOST|Connection to ZooKeeper lost|ZooKeeper connection LOST|session 0x[0-9a-f]+ has expired|Session expired|KeeperErrorCode = (?!ConnectionLoss)|corrupted data|Xid out of order|Unreasonable length|Packet len/i,
    tolerated: [
      {
        words: /KeeperErrorCode = NoNode for \/flink\/default\/applications\/[0-9a-f]{32}$/,
        because:
          'Flink 2.3 looks for a job that has ended among its applications too, where a session cluster never put it',
      },
    ],
  },
  // Three waits in a row at most: the session timeout of 10 s, 5 s between its tries for a member, and a start of the job with JobManagers that move, some
  // 10 s on a busy machine.
  longestGapMs: 45_000,
  async start(context: Context): Promise<Running> {
    const { classpath } = javaProgram(import.meta.dirname, context.note);
    const cluster = await Cluster.start(context, classpath);
    const sinkFolder = join(context.folder, 'committed');
    let load: Load | undefined;
    return {
      load: () => {
        load = cluster.load(sinkFolder);
        return load;
      },
      exercise: async (times) => {
        cluster.refuseCrashes();
        const { sum, leader } = await cluster.runBoundedJob();
        if (sum !== SUM) throw new Error(`the bounded job came to ${sum}, not ${SUM}`);
        return times === KILLS ? await recoveredWithoutLoss(cluster, leader) : undefined;
      },
      lost: async () => {
        cluster.refuseCrashes();
        return wrongNumbers(sinkFolder, load!.acknowledged);
      },
    };
  },
};

/**
 * How many numbers are not there exactly once, of those that were acknowledged and those up to the highest one. A job that went on from an older checkpoint
 * than its latest wrote some twice. Throws where the state did not count along.
 */
function wrongNumbers(sinkFolder: string, acknowledged: number): number {
  const times = new Map<number, number>();
  for (const file of readdirSync(sinkFolder).filter((name) => !name.startsWith('.')))
    for (const line of readFileSync(join(sinkFolder, file), 'utf8').trimEnd().split('\n')) {
      const [number, count] = line.split(' ').map(Number);
      if (number === undefined || count !== number + 1) throw new Error(`${file} has the line "${line}"`);
      times.set(number, (times.get(number) ?? 0) + 1);
    }
  const expected = Math.max(acknowledged, Math.max(...times.keys()) + 1);
  return Array.from({ length: expected }, (_, number) => times.get(number)).filter((each) => each !== 1)
    .length;
}
