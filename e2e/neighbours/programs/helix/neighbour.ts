import { delimiter, join } from 'node:path';
import type { Daemon } from '../../daemon.ts';
import { reconnecting } from '../../java-client-words.ts';
import { javaProgram } from '../../java-program.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { said } from '../../said.ts';
import { smallJava } from '../../small-java.ts';

const VERSION = '1.4.3';
const CLUSTER = 'shop';
const CHROOT = '/helix';
const CONTROLLERS = ['controller-1', 'controller-2'] as const;
const PARTICIPANTS = ['participant-1', 'participant-2', 'participant-3'] as const;
const PARTITIONS = 12;
const START_TIMEOUT_MS = 90_000;
/** A third of Helix's default, so that what a killed process had ends within the run. */
const SESSION_TIMEOUT_MS = 10_000;
/** The exercise in which the leading controller is killed, and the one in which a participant is. */
const CONTROLLER_KILLED = 2;
const PARTICIPANT_KILLED = 3;

export const helix: Neighbour = {
  name: 'helix',
  proves: 'Apache Helix: controllers, participants and the property store',
  title: 'Apache Helix',
  version: VERSION,
  source: 'Maven: `org.apache.helix:helix-core`',
  needs: ['javac', 'mvn'],
  settings: `The connect string is what every \`HelixManager\`, \`--zkSvr\` of \`HelixControllerMain\` and \`ClusterSetup\` are given:

    zk-0:2181,zk-1:2181,zk-2:2181/helix

- Chroot: as above. Helix makes the paths of its clusters, but not the chroot: create it before. Without one each cluster is a path of the root.
- Session timeout: \`-Dzk.session.timeout=<ms>\` (30000 when it is not set), in the JVM of every controller and participant.
- TLS: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) for every JVM, with the port of TLS in the connect string.
- Authentication: SASL as of ZooKeeper's Java client (\`-Djava.security.auth.login.config\`). Helix writes its nodes open to all.
- LinkedIn's patched ZooKeeper client pages lists of children (opcode 71) and Helix uses that where it is on the class path: members need [\`dialects.pagedChildren\`](dialects.md) then. With Apache's, which \`helix-core\` brings, it does not.`,
  words: {
    complaint:
      / (?:ERROR|FATAL) |[Ss]ession.*expired|KeeperState: ?(?:Expired|AuthFailed)|SessionExpired|NoAuth|Marshalling|KeeperException|Xid out of order|Got zxid .* expected|OutOfMemory|Exception in thread/,
    tolerated: [
      {
        words:
          / ERROR HelixTaskExecutor Message \S+ cannot be processed: .*Another state transition for \S+ is in progress .*Discarding/,
        because:
          'the controller sends the next transition once the current state tells of the one before, whose message the participant may still have; it sends it again',
      },
      reconnecting,
    ],
  },
  // A client that lost its member tries the others at once, up to a second apart; one that is not told (it hangs) after two thirds of the session timeout.
  longestGapMs: 10_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { folder, note } = context;
  const connect = `${context.connect}${CHROOT}`;
  const here = import.meta.dirname;
  const classpath = [here, javaProgram(here, note).classpath].join(delimiter);
  const java = smallJava({
    folder,
    classpath,
    flags: [
      `-Dzk.session.timeout=${SESSION_TIMEOUT_MS}`,
      `-Dlog4j2.configurationFile=${join(here, 'log4j2.xml')}`,
      ...context.javaTls,
    ],
  });
  const operator: Operate = (...verb) => said(java('Operator', connect, CLUSTER, ...verb), 'told ');

  await operator('setup', ...PARTICIPANTS);
  const controllers = CONTROLLERS.map((name) =>
    context.daemon(
      name,
      java(
        'org.apache.helix.controller.HelixControllerMain',
        ...['--zkSvr', connect, '--cluster', CLUSTER, '--mode', 'STANDALONE', '--controllerName', name],
      ),
    ),
  );
  const participants = PARTICIPANTS.map((name) =>
    context.daemon(name, java('Participant', connect, CLUSTER, name)),
  );
  await Promise.all(participants.map((each) => each.says(/participant ready/, START_TIMEOUT_MS)));
  await operator('add', 'orders', String(PARTITIONS));

  const account = join(folder, 'acknowledged');
  return {
    load: () => context.load(java('PropertyStoreLoad', connect, CLUSTER, account)),
    exercise: async (times) => {
      if (times === CONTROLLER_KILLED) return killLeader(controllers, operator);
      if (times === PARTICIPANT_KILLED) return killParticipant(participants[0]!, operator);
      await operator('come-and-go', `resource-${times}`, '6');
      return undefined;
    },
    lost: async () => {
      await operator('settled');
      return Number(await operator('lost', account));
    },
  };
}

type Operate = (...verb: readonly string[]) => Promise<string>;

/** The other controller leads, and does what it is asked to. */
async function killLeader(controllers: readonly Daemon[], operator: Operate): Promise<string> {
  const name = await operator('leader');
  const leader = controllers.find((each) => each.name === name);
  if (leader === undefined) throw new Error(`the controller that leads is none of ours: ${name}`);
  await leader.kill();
  const next = await operator('leader', name);
  await operator('add', 'added-by-the-next', '6');
  leader.start();
  return `${name} was killed while it led, ${next} took over and placed a new resource`;
}

/** What it mastered is mastered elsewhere; when it is back all is placed anew. */
async function killParticipant(participant: Daemon, operator: Operate): Promise<string> {
  await participant.kill();
  await operator('without', participant.name);
  participant.start();
  await operator('with', participant.name);
  return `${participant.name} was killed, its partitions were mastered elsewhere until it was back`;
}
