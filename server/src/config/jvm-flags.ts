import type { Origin } from './config-error.ts';
import type { Environment } from './environment.ts';

/** What a flag of the JVM says, as a zoo.cfg would. */
export interface FlagProperty {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
}

/** Where zkServer.sh takes flags of the JVM from, the stronger ones last. */
const VARIABLES = ['SERVER_JVMFLAGS', 'JVMFLAGS'] as const;

/** System properties that ZooKeeper reads by a name of their own. */
const BARE: ReadonlySet<string> = new Set([
  'java.security.auth.login.config',
  'jute.maxbuffer',
  'readonlymode.enabled',
]);

/** Of its own, but about its loggers. */
const LOGGERS = /^zookeeper\.(?:log\.|root\.logger$|console\.threshold$|tracelog\.|auditlog\.)/;

/**
 * Many who run Apache ZooKeeper say part of its configuration by `-Dzookeeper.<key>=<value>` in these variables: where the JAAS file is, and who is
 * super. A zoo.cfg says the same by `<key>=<value>`, and is stronger.
 */
export function readJvmFlags(environment: Environment): readonly FlagProperty[] {
  return VARIABLES.flatMap((variable) =>
    (environment[variable] ?? '').split(/\s+/).flatMap((flag) => {
      const [, key, value] = /^-D([^=]+)=(.*)$/.exec(flag) ?? [];
      if (key === undefined || value === undefined || !isZookeepers(key)) return [];
      return [{ key, value, origin: { file: 'environment', key: `${variable} -D${key}` } }];
    }),
  );
}

function isZookeepers(key: string): boolean {
  return BARE.has(key) || (key.startsWith('zookeeper.') && !LOGGERS.test(key));
}
