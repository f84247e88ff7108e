import { join } from 'node:path';
import { answeredCalls } from '../../answered-calls.ts';
import type { Daemon } from '../../daemon.ts';
import { javaProgram } from '../../java-program.ts';
import type { Load } from '../../load.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { said } from '../../said.ts';
import { smallJava } from '../../small-java.ts';

const VERSION = '3.3.6';
const START_TIMEOUT_MS = 90_000;
/** The exercise in which a provider is killed and another joins, and the one in which a provider is stopped and started. */
const KILLED = 2;
const STOPPED = 3;

export const dubbo: Neighbour = {
  name: 'dubbo',
  proves: 'Apache Dubbo: the registry, the metadata and the config center of providers and consumers',
  title: 'Apache Dubbo',
  version: VERSION,
  source: 'Maven: `org.apache.dubbo:dubbo`, with `org.apache.curator:curator-x-discovery` 5.9.0',
  needs: ['javac', 'mvn'],
  settings: `The registry, which is the config center and the metadata center as well unless those are set:

    dubbo.registry.address=zookeeper://zk-0:2181?backup=zk-1:2181,zk-2:2181
    dubbo.registry.parameters.session=10000

- \`session\`: the session timeout in ms (60000 when it is not set): so long a provider that was killed stays registered.
- Chroot: the address has none. Dubbo's paths are below \`/dubbo\` (another: \`dubbo.registry.group\`), and, for the registry of applications, \`/services\`.
- TLS: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) for every JVM, with the port of TLS in the address.
- Authentication: with \`dubbo.registry.username\` and \`dubbo.registry.password\` the client authenticates by \`digest\`, and all of Dubbo's nodes are that user's alone: the
  same for all applications.`,
  words: {
    complaint:
      /\b(?:ERROR|FATAL)\b|Zookeeper server offline|session \w+ expired|[Ss]ession.*has expired|SessionExpired|Failed to (?:register|unregister|subscribe|lookup)|NoAuth|AuthFailed|Marshalling|KeeperException|Xid out of order|Got zxid .* expected|OutOfMemory|Exception in thread/,
    tolerated: [
      {
        words:
          /Closing socket connection\. Attempting reconnect except it is a SessionExpiredException or SessionTimeoutException\.$/,
        because: "ZooKeeper's client says so of every connection that it loses",
      },
      {
        words: / ERROR org\.apache\.curator\.framework\.recipes\.cache\.NodeCache - $/,
        because:
          'a provider that stops closes its client first, and its caches complain of that; what else they may complain of has a line of its own',
      },
    ],
  },
  // The timeout of a call three times. A call does not go through the coordination service: what stops all of them is that a consumer believes that no provider is there. No session may end here.
  longestGapMs: 10_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { connect, folder, note } = context;
  const { classpath } = javaProgram(import.meta.dirname, note);
  /** @param name of the process: Dubbo keeps what it read of a registry in the home folder */
  const java = (name: string, main: string, ...args: readonly string[]): [string, ...string[]] =>
    smallJava({
      folder,
      classpath,
      flags: [
        `-Duser.home=${join(folder, name)}`,
        '-Ddubbo.application.logger=slf4j',
        '-Dorg.slf4j.simpleLogger.showDateTime=true',
        '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
        ...context.javaTls,
      ],
    })(main, ...args);
  const operator = (...verb: readonly string[]): Promise<string> =>
    said(java('operator', 'Operator', connect, ...verb), 'told ');

  const ports = (await context.ports(3)).map(String);
  const provider = (number: number): Daemon =>
    context.daemon(
      `provider-${number}`,
      java(`provider-${number}`, 'Provider', connect, `provider-${number}`, ports[number - 1]!),
    );
  const first = provider(1);
  const second = provider(2);
  await Promise.all([first, second].map((each) => each.says(/provider ready/, START_TIMEOUT_MS)));
  const consumer = context.daemon('consumer', java('consumer', 'Consumer', connect));
  await consumer.says(/consumer ready/, START_TIMEOUT_MS);
  await answeredCalls(consumer, /^provider-1 provider-2 with hello$/);

  const registered = [ports[0]!, ports[1]!];
  let load: Load | undefined;
  const exercises: Readonly<Record<number, () => Promise<string>>> = {
    [KILLED]: async () => {
      await first.kill();
      await answeredCalls(consumer, /^provider-2 with/);
      // Its ephemeral nodes end with its session.
      await operator('registered', ports[1]!);
      await provider(3).says(/provider ready/, START_TIMEOUT_MS);
      await answeredCalls(consumer, /^provider-2 provider-3 with/);
      registered.push(ports[2]!);
      first.start();
      await answeredCalls(consumer, /^provider-1 provider-2 provider-3 with/);
      return 'a killed provider was forgotten, a new one was found, and the first again';
    },
    [STOPPED]: async () => {
      await second.stop();
      await answeredCalls(consumer, /^provider-1 provider-3 with/);
      await operator('registered', ports[0]!, ports[2]!);
      second.start();
      await answeredCalls(consumer, /^provider-1 provider-2 provider-3 with/);
      return 'a provider was stopped, and started again';
    },
  };
  return {
    load: () => (load = context.load(java('load', 'CallLoad', connect))),
    exercise: async (times) => {
      const greeting = `greeting-${times}`;
      await operator('publish', greeting);
      await answeredCalls(consumer, new RegExp(` with ${greeting}$`));
      return exercises[times]?.();
    },
    // A call that failed while a provider was there, which was always; or a provider that is there and is not registered.
    lost: async () => {
      const failed = Number(/^failed (\d+)$/m.exec(load!.output)?.[1]);
      return failed + Number(await operator('missing', ...registered));
    },
  };
}
