import { answeredCalls } from '../../answered-calls.ts';
import type { Daemon } from '../../daemon.ts';
import { javaProgram } from '../../java-program.ts';
import type { Load } from '../../load.ts';
import type { Context, Neighbour, Running } from '../../neighbour.ts';
import { said } from '../../said.ts';
import { smallJava } from '../../small-java.ts';

const VERSION = '5.0.2';
const CHROOT = '/spring';
const START_TIMEOUT_MS = 120_000;
/** The default is a minute: what a killed service had registered would outlive the run. */
const SESSION_TIMEOUT = '10s';
/** The exercise in which a provider is killed and another joins, and the one in which a provider is stopped and started. */
const KILLED = 2;
const STOPPED = 3;

export const springCloud: Neighbour = {
  name: 'spring-cloud',
  proves: 'Spring Cloud Zookeeper: registration, discovery, and configuration that is followed',
  title: 'Spring Cloud Zookeeper',
  version: VERSION,
  source:
    'Maven: `org.springframework.cloud:spring-cloud-starter-zookeeper-discovery` and `spring-cloud-zookeeper-config` 5.0.1, with Spring Boot 4.0.7',
  needs: ['javac', 'mvn'],
  settings: `In \`application.properties\`:

    spring.cloud.zookeeper.connect-string=zk-0:2181,zk-1:2181,zk-2:2181/spring
    spring.cloud.zookeeper.session-timeout=10s
    spring.config.import=zookeeper:

- Chroot: as above; create it before. Below it are \`/services\` (\`spring.cloud.zookeeper.discovery.root\`) and \`/config\` (\`spring.cloud.zookeeper.config.root\`).
- Session timeout: 60s when it is not set: so long a service that was killed stays registered.
- The load balancer keeps what it found for 35 seconds, whatever the registry says: \`spring.cloud.loadbalancer.cache.ttl\`, \`spring.cloud.loadbalancer.cache.enabled\`.
- TLS: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) for the JVM, with the port of TLS in the connect string.
- Authentication: a bean of type \`CuratorFrameworkCustomizer\` gives Curator's builder its \`authorization\` and \`aclProvider\`; SASL as of ZooKeeper's Java client.`,
  words: {
    complaint:
      / (?:ERROR|FATAL) |[Ss]ession.*has expired|SessionExpired|State change: (?:LOST|READ_ONLY)|NoAuth|AuthFailed|Marshalling|KeeperException|Xid out of order|Got zxid .* expected|OutOfMemory|Exception in thread/,
    tolerated: [
      {
        words:
          /Closing socket connection\. Attempting reconnect except it is a SessionExpiredException or SessionTimeoutException\.$/,
        because: "ZooKeeper's client says so of every connection that it loses",
      },
    ],
  },
  // Each call reads the registry: Curator tries again up to ten times, half a second apart at the most, and the client of a member that hangs notices after two
  // thirds of its session timeout.
  longestGapMs: 12_000,
  start,
};

async function start(context: Context): Promise<Running> {
  const { note } = context;
  const { classpath } = javaProgram(import.meta.dirname, note);
  const settings = {
    'spring.application.name': 'client',
    'spring.main.web-application-type': 'none',
    'spring.main.banner-mode': 'off',
    'spring.config.import': 'zookeeper:',
    'spring.cloud.zookeeper.connect-string': `${context.connect}${CHROOT}`,
    'spring.cloud.zookeeper.session-timeout': SESSION_TIMEOUT,
    'spring.cloud.zookeeper.discovery.register': 'false',
    // What the registry says is used at once.
    'spring.cloud.loadbalancer.cache.enabled': 'false',
    // What is looked for in the logs.
    'logging.level.org.apache.zookeeper': 'INFO',
    'logging.level.org.apache.curator': 'INFO',
    'server.address': '127.0.0.1',
    'spring.cloud.zookeeper.discovery.instance-host': '127.0.0.1',
  };
  const java = (
    main: string,
    more: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
  ): [string, ...string[]] => {
    const own = Object.entries({ ...settings, ...more }).map(([key, value]) => `-D${key}=${value}`);
    const flags = [...context.javaTls, ...own];
    return smallJava({ folder: context.folder, classpath, flags })(`shop.${main}`, ...args);
  };
  const operator = (...verb: readonly string[]): Promise<string> =>
    said(java('Operator', {}, [context.connect, CHROOT, ...verb]), 'told ');

  await operator('setup');
  // In the order of numbers and of letters.
  const [a, b, c] = (await context.ports(3)).map(String).sort() as [string, string, string];
  const provider = (port: string): Daemon =>
    context.daemon(
      `provider-${port}`,
      java('Provider', {
        'spring.application.name': 'greeter',
        'spring.main.web-application-type': 'servlet',
        'spring.cloud.zookeeper.discovery.register': 'true',
        'server.port': port,
      }),
    );
  const first = provider(a);
  const second = provider(b);
  await Promise.all([first, second].map((each) => each.says(/provider ready/, START_TIMEOUT_MS)));
  const consumer = context.daemon('consumer', java('Consumer'));
  await consumer.says(/consumer ready/, START_TIMEOUT_MS);
  await answered(consumer, `${a} ${b} with hello`);

  const shop: Shop = { ports: [a, b, c], first, second, third: () => provider(c), consumer, operator };
  let load: Load | undefined;
  return {
    load: () => (load = context.load(java('CallLoad'))),
    exercise: async (times) => {
      const greeting = `greeting-${times}`;
      await operator('publish', greeting);
      await answered(consumer, `${(times > KILLED ? [a, b, c] : [a, b]).join(' ')} with ${greeting}`);
      if (times === KILLED) return killOne(shop, greeting);
      if (times === STOPPED) return stopOne(shop, greeting);
      return undefined;
    },
    // A call that failed ten times while a service was there, which was always; or a service that is there and is not registered.
    lost: async () => {
      const failed = Number(/^failed (\d+)$/m.exec(load!.output)?.[1]);
      return failed + Number(await operator('missing', a, b, c));
    },
  };
}

/** By all services of these ports, with that greeting. */
function answered(consumer: Daemon, wanted: string): Promise<void> {
  return answeredCalls(consumer, new RegExp(`^${wanted}$`));
}

interface Shop {
  readonly ports: readonly [string, string, string];
  readonly first: Daemon;
  readonly second: Daemon;
  /** Starts it. */
  third(): Daemon;
  readonly consumer: Daemon;
  operator(...verb: readonly string[]): Promise<string>;
}

/** The first is killed, the third joins, and the first comes back. */
async function killOne({ ports, first, third, consumer, operator }: Shop, greeting: string): Promise<string> {
  const [a, b, c] = ports;
  await first.kill();
  // Its ephemeral node ends with its session; until then it is chosen, but does not answer.
  await operator('registered', b);
  await answered(consumer, `${b} with ${greeting}`);
  await third().says(/provider ready/, START_TIMEOUT_MS);
  await answered(consumer, `${b} ${c} with ${greeting}`);
  first.start();
  await answered(consumer, `${a} ${b} ${c} with ${greeting}`);
  return 'a killed service was forgotten, a new one was found, and the first again';
}

async function stopOne({ ports, second, consumer, operator }: Shop, greeting: string): Promise<string> {
  const [a, b, c] = ports;
  await second.stop();
  await answered(consumer, `${a} ${c} with ${greeting}`);
  await operator('registered', a, c);
  second.start();
  await answered(consumer, `${a} ${b} ${c} with ${greeting}`);
  return 'a service was stopped, and started again';
}
