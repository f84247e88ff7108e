import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOf, importsOf, type Source, sourcesOf } from './sources.ts';

/** The map of docs/architecture.md: each folder of server/src, and what it may import besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  codec: ['@rookery/protocol'],
  ports: [],
  bounds: [],
  errors: [],
  model: ['@rookery/protocol'],
  'known-formats': [],
  sasl: ['@rookery/protocol'],
  session: ['@rookery/protocol', 'codec', 'model'],
  tree: ['@rookery/protocol', 'codec', 'model', 'session', 'bounds'],
  watch: ['@rookery/protocol', 'codec', 'tree'],
  'zookeeper-snapshot': ['@rookery/protocol', 'bounds', 'codec', 'model', 'session', 'tree'],
  'zookeeper-log': ['@rookery/protocol', 'bounds', 'codec', 'model', 'session', 'tree', 'zookeeper-snapshot'],
  'zookeeper-learner': ['@rookery/protocol', 'bounds', 'codec', 'zookeeper-log', 'zookeeper-snapshot'],
  migration: ['ports', 'zookeeper-learner', 'node:'],
  'zookeeper-files': ['codec', 'tree', 'zookeeper-snapshot', 'zookeeper-log', 'node:'],
  storage: ['errors', 'ports', 'codec', 'raft-ts-lite'],
  config: [
    'bounds',
    'errors',
    'model',
    'server/package.json',
    'node:crypto',
    'node:fs',
    'node:path',
    'commander',
    'yaml',
  ],
  replica: [
    'errors',
    'ports',
    'codec',
    'bounds',
    'model',
    '@rookery/protocol',
    'session',
    'tree',
    'zookeeper-snapshot',
    'storage',
    'config',
    'raft-ts-lite',
  ],
  audit: ['@rookery/protocol', 'ports', 'model', 'replica', 'tree'],
  history: [
    '@rookery/protocol',
    'errors',
    'ports',
    'codec',
    'model',
    'tree',
    'storage',
    'replica',
    'audit',
    'raft-ts-lite',
    'node:crypto',
  ],
  'failed-proofs': ['ports', 'bounds', 'model', 'config'],
  connections: [
    'ports',
    'codec',
    'bounds',
    'model',
    '@rookery/protocol',
    'session',
    'tree',
    'watch',
    'storage',
    'config',
    'sasl',
    'audit',
    'failed-proofs',
    'replica',
  ],
  'backup-format': ['codec', 'storage', 'raft-ts-lite'],
  backup: [
    'backup-format',
    'bounds',
    'config',
    'errors',
    'model',
    'platform',
    'replica',
    'storage',
    '@rookery/protocol',
    'raft-ts-lite',
    'server/src/member-addresses.ts',
    'commander',
    '@aws-sdk/client-s3',
    '@aws-sdk/lib-storage',
    'node:',
  ],
  // Who look at a whole member.
  admin: [
    'backup-format',
    'errors',
    'history',
    'bounds',
    '@rookery/protocol',
    'ports',
    'model',
    'config',
    'failed-proofs',
    'replica',
    'storage',
    'raft-ts-lite',
    'tls',
    'node:events',
    'node:http',
    'node:net',
    'node:tls',
    'server/src/member.ts',
    'server/src/member-parts.ts',
  ],
  'four-letter-words': [
    '@rookery/protocol',
    'ports',
    'model',
    'config',
    'failed-proofs',
    'connections',
    'admin',
    'raft-ts-lite',
    'server/src/member.ts',
    'server/src/member-parts.ts',
  ],
  'admin-server': [
    '@rookery/protocol',
    'raft-ts-lite',
    'bounds',
    'ports',
    'model',
    'config',
    'storage',
    'replica',
    'connections',
    'zookeeper-snapshot',
    'admin',
    'four-letter-words',
    'server/src/member.ts',
    'server/src/member-parts.ts',
  ],
  'ensemble-report': [
    'errors',
    'bounds',
    '@rookery/protocol',
    'ports',
    'model',
    'session',
    'watch',
    'config',
    'replica',
    'raft-ts-lite',
    'admin',
    'server/src/leader-changes.ts',
    'server/src/member.ts',
    'server/src/member-parts.ts',
  ],
  // What is shown and trusted by TLS, and the handshakes.
  tls: ['errors', 'ports', 'config', 'listen', 'node:', 'node-forge'],
  // Where listeners listen, and what is waited for.
  listen: ['ports', 'config', 'node:net', 'node:dns', 'node:events'],
  http: [
    '@rookery/protocol',
    '@rookery/client',
    '@rookery/client/layouts',
    '@rookery/client/subtree',
    '@rookery/client/world',
    'known-formats',
    'errors',
    'bounds',
    'ports',
    'admin',
    'history',
    'ensemble-report',
    'config',
    'failed-proofs',
    'listen',
    'tls',
    'fastify',
    'prom-client',
    'node:fs',
    'node:path',
    'node:url',
    'node:net',
    'node:http',
    'node:crypto',
    'node:stream',
    'node:buffer',
  ],
  // Adapters know the ports they adapt, and the machine.
  platform: [
    '@rookery/protocol',
    'bounds',
    'ports',
    'config',
    'listen',
    'tls',
    'replica',
    'node:',
    'pino',
    'pino-pretty',
  ],
};

/** Folders that know no clock, no randomness, no I/O and no process. */
const pure = [
  'protocol/src',
  'server/src/backup-format',
  'server/src/bounds',
  'server/src/errors',
  'server/src/known-formats',
  'server/src/codec',
  'server/src/model',
  'server/src/sasl',
  'server/src/session',
  'server/src/tree',
  'server/src/watch',
  'server/src/zookeeper-learner',
  'server/src/zookeeper-log',
  'server/src/zookeeper-snapshot',
  'raft/src',
  'crds/src',
  'cli/src/kubectl/convert',
];
/** Folders that take clock, network, disk and randomness by ports: the simulator runs them. */
const ported = [
  'server/src/audit',
  'server/src/failed-proofs',
  'server/src/history',
  'server/src/storage',
  'server/src/replica',
  'server/src/connections',
  'client/src/addresses',
  'client/src/calls',
  'client/src/connection',
  'client/src/layouts',
  'client/src/recipes',
  'client/src/sasl',
  'client/src/session',
  'client/src/subtree',
  'client/src/watches',
];

const impure =
  /\b(?:Date\b|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|performance\b|process\.|console\.|globalThis\b|fetch\()/;

/** `model/command.ts` → `model`; files of server/src itself compose the rest and may import anything. */
function folderOf(path: string): string | undefined {
  const [, , folder, file] = path.split('/');
  return file === undefined ? undefined : folder;
}

/** What a file of server/src imports: folders of server/src, packages, or paths elsewhere. */
function targetsOf(source: Source): string[] {
  return importsOf(source).map((target) => {
    if (!target.startsWith('.')) return target;
    const path = join(dirname(source.path), target);
    return path.startsWith('server/src/') ? (folderOf(path) ?? path) : path;
  });
}

function permits(name: string, target: string): boolean {
  return target === name || (name.endsWith(':') && target.startsWith(name));
}

function forbiddenImports(source: Source): string[] {
  const folder = folderOf(source.path);
  if (folder === undefined) return [];
  const may = allowed[folder];
  if (may === undefined) return [`${source.path}: the folder ${folder} is not on the map`];
  return targetsOf(source)
    .filter((target) => target !== folder && !may.some((name) => permits(name, target)))
    .map((target) => `${source.path} imports ${target}`);
}

function impurities(source: Source): string[] {
  const found = codeOf(source).match(impure);
  return found === null ? [] : [`${source.path} uses ${found[0]}`];
}

describe('import directions', () => {
  test('every folder of the server imports only what the map allows', () => {
    const sources = sourcesOf('server/src');
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  test.each(['raft/src', 'protocol/src'])('%s imports nothing but itself', (folder) => {
    const sources = sourcesOf(folder);
    expect(sources.length).toBeGreaterThan(20);
    const foreign = sources.flatMap((source) =>
      importsOf(source)
        .filter((target) => !join(dirname(source.path), target).startsWith(`${folder}/`))
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(foreign).toEqual([]);
  });

  test('the custom resource imports nothing but itself and a writer of YAML', () => {
    const sources = sourcesOf('crds/src');
    expect(sources.length).toBeGreaterThan(10);
    const foreign = sources.flatMap((source) =>
      importsOf(source)
        .map((target) => (target.startsWith('.') ? join(dirname(source.path), target) : target))
        .filter((target) => !target.startsWith('crds/src/') && target !== 'yaml')
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(foreign).toEqual([]);
  });

  test('the client knows the protocol and nothing else; Node by its adapter, the server by what it offers to tests alone', () => {
    const edges: Readonly<Record<string, RegExp>> = {
      'client/src/node/': /^node:/,
      'client/src/testing/': /^(?:node:|server\/(?:src|sim)\/)/,
    };
    const sources = sourcesOf('client/src');
    expect(sources.length).toBeGreaterThan(30);
    const foreign = sources.flatMap((source) => {
      const edge = Object.entries(edges).find(([folder]) => source.path.startsWith(folder))?.[1];
      return importsOf(source)
        .map((target) => (target.startsWith('.') ? join(dirname(source.path), target) : target))
        .filter((target) => !target.startsWith('client/src/') && target !== '@rookery/protocol')
        .filter((target) => edge?.test(target) !== true)
        .map((target) => `${source.path} imports ${target}`);
    });
    expect(foreign).toEqual([]);
    const testing = sources.filter(
      (source) =>
        !source.path.startsWith('client/src/testing/') &&
        importsOf(source).some((target) => target.includes('/testing/')),
    );
    expect(testing.map((source) => source.path)).toEqual([]);
  });

  /** What `kubectl rookery convert` knows besides: what may stand in a CoordinationCluster, and what the keys of a zoo.cfg mean here. */
  function converting(path: string, target: string): boolean {
    if (!/^cli\/src\/kubectl\/(?:convert\/|commands\/convert\.ts$)/.test(path)) return false;
    return /^(?:@rookery\/crds|yaml|server\/src\/config\/(?:zoo-keys|properties)\.ts)$/.test(target);
  }

  test('the command knows the client as everybody sees it, Node, and the parser of its arguments', () => {
    const sources = sourcesOf('cli/src');
    expect(sources.length).toBeGreaterThan(30);
    const foreign = sources.flatMap((source) =>
      importsOf(source)
        .map((target) => (target.startsWith('.') ? join(dirname(source.path), target) : target))
        .filter(
          (target) =>
            !/^(?:cli\/src\/|cli\/package\.json$|node:|@rookery\/client(?:\/(?:layouts|subtree))?$|commander$)/.test(
              target,
            ) && !converting(source.path, target),
        )
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(foreign).toEqual([]);
    // Nobody else needs them: they are loaded with that command alone.
    const early = sources.filter(
      (source) =>
        !source.path.startsWith('cli/src/kubectl/convert/') &&
        importsOf(source).some((target) => /kubectl\/convert\/|\.\.\/convert\//.test(target)) &&
        source.path !== 'cli/src/kubectl/commands/convert.ts',
    );
    expect(early.map(({ path }) => path)).toEqual([]);
    // Each of its commands is loaded when it is typed, and knows no other.
    const atOnce = sources.filter(({ text }) =>
      /^(?:import(?! type)|export) [^;]*from '[^']*\/commands\//m.test(text),
    );
    expect(atOnce.map(({ path }) => path)).toEqual([]);
  });

  test("the bench speaks the protocol by its own codec, not by the server's", () => {
    const foreign = [...sourcesOf('testkit/src'), ...sourcesOf('bench/src')].filter((source) =>
      importsOf(source).some((target) => target.includes('server/src')),
    );
    expect(foreign.map((source) => source.path)).toEqual([]);
  });

  test('nothing is allowed that nobody needs', () => {
    const used = new Map<string, Set<string>>();
    for (const source of sourcesOf('server/src')) {
      const folder = folderOf(source.path);
      if (folder === undefined) continue;
      const targets = used.get(folder) ?? new Set();
      for (const target of targetsOf(source)) targets.add(target);
      used.set(folder, targets);
    }
    const idle = Object.entries(allowed).flatMap(([folder, may]) =>
      may
        .filter((name) => ![...(used.get(folder) ?? [])].some((target) => permits(name, target)))
        .map((name) => `${folder} → ${name}`),
    );
    expect(idle).toEqual([]);
  });

  test('an import against the direction is noticed', () => {
    const bad = {
      path: 'server/src/tree/bad.ts',
      text: "import { Clients } from '../connections/clients.ts';\n",
    };
    expect(forbiddenImports(bad)).toEqual(['server/src/tree/bad.ts imports connections']);
    const io = { path: 'server/src/replica/bad.ts', text: "import { readFile } from 'node:fs';\n" };
    expect(forbiddenImports(io)).toEqual(['server/src/replica/bad.ts imports node:fs']);
  });
});

describe('purity', () => {
  test('pure folders use no clock, no randomness, no timer, no process and no console', () => {
    expect(pure.flatMap((folder) => sourcesOf(folder)).flatMap(impurities)).toEqual([]);
  });

  test('what the simulator runs takes all of these by ports', () => {
    expect(ported.flatMap((folder) => sourcesOf(folder)).flatMap(impurities)).toEqual([]);
  });

  test.each(['Date.now()', 'Math.random()', 'setTimeout(f, 1)', 'process.exit(1)', 'console.log(1)'])(
    '%s is noticed',
    (code) => {
      expect(impurities({ path: 'bad.ts', text: `const x = ${code};\n` })).toHaveLength(1);
    },
  );

  test('words in comments and texts are not code', () => {
    expect(
      impurities({ path: 'good.ts', text: "/** the Date */ const x = 'process'; // console\n" }),
    ).toEqual([]);
  });
});
