import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOf, importsOf, type Source, sourcesOf } from '../../../server/test/architecture/sources.ts';

const SRC = 'operator/src/';

/**
 * Each folder of operator/src, and what it may import besides itself and the names at the top of operator/src: folders (all of
 * them), single files of folders, packages.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // Of kube only what is data. Of the client library only types: see below.
  model: ['@rookery/kube/objects', '@rookery/crds'],
  desired: [
    'model',
    '@rookery/kube/objects',
    '@rookery/crds',
    '@kubernetes/client-node',
    'node:crypto',
    'yaml',
  ],
  observe: ['model', 'desired', '@rookery/kube', '@rookery/crds', 'node:crypto'],
  decide: ['model', '@rookery/crds'],
  act: [
    'model',
    'observe',
    '@rookery/kube',
    '@rookery/crds',
    '@peculiar/x509',
    'reflect-metadata',
    'node:crypto',
    'node:net',
  ],
};

/** Folders that know no clock, no randomness, no I/O and no process. */
const pure = ['model', 'desired', 'decide'];

const impure =
  /\b(?:Date\b(?!\.parse\()|Math\.random|random(?:Bytes|UUID|Int)\b|setTimeout|setInterval|setImmediate|queueMicrotask|performance\b|process\.|console\.|globalThis\b|fetch\(|async\b|await\b|Promise\b)/;

/** `operator/src/decide/decide.ts` → `decide`; undefined: a file of operator/src itself. */
function folderOf(path: string): string | undefined {
  const [folder, file] = path.slice(SRC.length).split('/');
  return file === undefined ? undefined : folder;
}

/** `decide/decide.ts`, packages, or paths outside of operator/src. */
function targetsOf(source: Source): string[] {
  return importsOf(source).map((target) => {
    if (!target.startsWith('.')) return target;
    const path = join(dirname(source.path), target);
    return path.startsWith(SRC) ? path.slice(SRC.length) : path;
  });
}

function permits(name: string, target: string): boolean {
  return target === name || target.startsWith(`${name}/`);
}

function forbiddenImports(source: Source): string[] {
  const folder = folderOf(source.path);
  if (folder === undefined) return [];
  const may = allowed[folder];
  if (may === undefined) return [`${source.path}: the folder ${folder} is not on the map`];
  return targetsOf(source)
    .filter((target) => !permits(folder, target) && !may.some((name) => permits(name, target)))
    .filter((target) => !isTopLevelName(target))
    .map((target) => `${source.path} imports ${target}`);
}

/** Files of operator/src itself that import nothing of the operator but data: names and types that all folders go by. */
function isTopLevelName(target: string): boolean {
  const source = sources.find(({ path }) => path === SRC + target);
  if (source === undefined || folderOf(source.path) !== undefined) return false;
  return targetsOf(source).every((name) => name === '@rookery/kube/objects' || name === '@rookery/crds');
}

/** Whether code of the client library, and not its types alone, comes in. */
function importsClientCode(source: Source): boolean {
  const imports = source.text.match(/^import\b(?! type\b)[^;]*'@kubernetes\/client-node'/gm);
  return imports !== null;
}

function impurities(source: Source): string[] {
  const found = codeOf(source).match(impure);
  return found === null ? [] : [`${source.path} uses ${found[0]}`];
}

const sources = sourcesOf('operator/src');
const pureSources = sources.filter(({ path }) => pure.includes(folderOf(path) ?? ''));

describe('import directions of the operator', () => {
  test('every folder imports only what the map allows', () => {
    expect(sources.length).toBeGreaterThan(30);
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  test('nothing is allowed that nobody needs', () => {
    const folders = new Set(sources.map(({ path }) => folderOf(path)));
    const idle = Object.entries(allowed)
      .filter(([folder]) => folders.has(folder))
      .flatMap(([folder, may]) => {
        const used = sources.filter(({ path }) => folderOf(path) === folder).flatMap(targetsOf);
        return may
          .filter((name) => !used.some((target) => permits(name, target)))
          .map((name) => `${folder} → ${name}`);
      });
    expect(idle).toEqual([]);
  });

  test('an import against the direction is noticed', () => {
    const upwards = { path: `${SRC}desired/bad.ts`, text: "import { decide } from '../decide/decide.ts';\n" };
    expect(forbiddenImports(upwards)).toEqual([`${SRC}desired/bad.ts imports decide/decide.ts`]);
    const client = { path: `${SRC}decide/bad.ts`, text: "import { createKubeApi } from '@rookery/kube';\n" };
    expect(forbiddenImports(client)).toEqual([`${SRC}decide/bad.ts imports @rookery/kube`]);
    const composed = { path: `${SRC}decide/bad.ts`, text: "import { main } from '../main.ts';\n" };
    expect(forbiddenImports(composed)).toEqual([`${SRC}decide/bad.ts imports main.ts`]);
    expect(forbiddenImports({ path: `${SRC}misc/bad.ts`, text: '' })).toHaveLength(1);
  });
});

test('the runtime that the operator stands on knows nothing of it', () => {
  const runtime = sourcesOf('kube/src');
  expect(runtime.length).toBeGreaterThan(10);
  const own = /^(?:\.\/|node:|@kubernetes\/client-node$|fastify$|prom-client$)/;
  const foreign = runtime.flatMap((source) =>
    importsOf(source)
      .filter((target) => !own.test(target))
      .map((target) => `${source.path} imports ${target}`),
  );
  expect(foreign).toEqual([]);
  expect(runtime.filter(({ text }) => /rookery/i.test(text)).map(({ path }) => path)).toEqual([]);
});

describe('purity of the operator', () => {
  test('what is desired and what is decided knows no clock, no randomness, no process and waits for nothing', () => {
    expect(pureSources.length).toBeGreaterThan(10);
    expect(pureSources.flatMap(impurities)).toEqual([]);
  });

  test('of the client library it knows only types, and of node:crypto only hashes', () => {
    expect(pureSources.filter(importsClientCode).map(({ path }) => path)).toEqual([]);
    const crypto = pureSources.flatMap(({ text }) => text.match(/^import.*'node:crypto';$/gm) ?? []);
    expect(new Set(crypto)).toEqual(new Set(["import { createHash } from 'node:crypto';"]));
  });

  test.each(['Date.now()', 'randomBytes(16)', 'await api.get()', 'fetch(url)', 'process.env.HOME'])(
    '%s is noticed',
    (code) => {
      expect(impurities({ path: 'bad.ts', text: `const x = ${code};\n` })).toHaveLength(1);
    },
  );

  test('code of the client library is noticed', () => {
    const code = { path: 'bad.ts', text: "import { KubeConfig } from '@kubernetes/client-node';\n" };
    const types = { path: 'good.ts', text: "import type { V1Pod } from '@kubernetes/client-node';\n" };
    expect([code, types].map(importsClientCode)).toEqual([true, false]);
  });
});
