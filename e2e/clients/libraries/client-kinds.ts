import { join } from 'node:path';
import { ZOOKEEPER_VERSION } from '../../../testkit/src/systems/zookeeper-jars.ts';
import type { Context, Tool } from '../scenario.ts';

/** A library, and the program that uses it. */
export interface ClientKind {
  readonly name: string;
  /** The library and its version. */
  readonly library: string;
  readonly needs: readonly Tool[];
  readonly isTls: boolean;
  /** What this library can beyond `EVERYBODYS_GROUPS`. */
  readonly groups: readonly string[];
  /** Whether its program holds a persistent recursive watch that has to outlive a connection. */
  readonly keepsTreeWatch: boolean;
  /** Builds it where it is not built yet. The first word is the command. */
  command(context: Context): readonly [string, ...string[]];
}

/** The groups of checks that each program goes through. */
export const EVERYBODYS_GROUPS: readonly string[] = [
  'create',
  'sequence',
  'get-set',
  'bad-version',
  'exists',
  'children',
  'delete',
  'not-empty',
  'multi',
  'acl',
  'data-watch',
  'child-watch',
  'exists-watch',
  'ephemeral',
];

const java = {
  library: `org.apache.zookeeper ${ZOOKEEPER_VERSION}`,
  needs: ['java', 'javac'],
  groups: ['recursive-watch', 'container', 'ttl', 'sync'],
  keepsTreeWatch: true,
  // Each takes a share of two cores, and little memory.
  command: (context: Context) =>
    [
      'java',
      '-XX:TieredStopAtLevel=1',
      '-Xmx96m',
      '-cp',
      context.javaProgram('libraries'),
      'LibraryClient',
    ] as const,
} as const;

const typescript = {
  library: '@rookery/client',
  needs: [],
  groups: ['recursive-watch', 'container', 'ttl', 'sync'],
  keepsTreeWatch: true,
  command: () =>
    [process.execPath, join(import.meta.dirname, '..', 'typescript', 'library-client.ts')] as const,
} as const;

export const clientKinds: readonly ClientKind[] = [
  { ...typescript, name: 'typescript', isTls: false },
  { ...typescript, name: 'typescript-tls', isTls: true },
  { ...java, name: 'java', isTls: false },
  { ...java, name: 'java-tls', isTls: true },
  {
    name: 'c',
    library: 'libzookeeper-mt of Debian',
    needs: ['debian'],
    isTls: false,
    groups: ['container', 'ttl'],
    keepsTreeWatch: false,
    command: (context) => [context.debianCProgram('library-client')],
  },
  {
    name: 'go',
    library: 'go-zookeeper/zk 1.0.4',
    needs: ['go'],
    isTls: false,
    groups: ['container', 'ttl', 'sync'],
    keepsTreeWatch: false,
    command: (context) => [context.goProgram('library-client')],
  },
  {
    name: 'node',
    library: 'node-zookeeper-client 1.1.3',
    needs: [],
    isTls: false,
    groups: [],
    keepsTreeWatch: false,
    command: (context) => [process.execPath, join(context.nodeProgram(), 'library-client.js')],
  },
  {
    name: 'rust',
    library: 'zookeeper-client 0.9.3 (Rust)',
    needs: ['cargo'],
    isTls: false,
    groups: ['recursive-watch', 'container', 'ttl', 'sync'],
    // It forgets persistent watches at its first reconnect, with Apache ZooKeeper, too.
    keepsTreeWatch: false,
    command: (context) => [context.rustProgram()],
  },
];
