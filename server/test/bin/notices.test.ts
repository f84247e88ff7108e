import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { SBOM } from '../../../scripts/bundle.ts';
import { billOfMaterials } from '../../../scripts/sbom.ts';
import { bundledPackages, thirdPartyNotices } from '../../../scripts/third-party-notices.ts';

const root = resolve(import.meta.dirname, '../../..');

interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly version: number;
  readonly metadata: { readonly component: Readonly<Record<string, unknown>> };
  readonly components: readonly {
    readonly type: string;
    readonly 'bom-ref': string;
    readonly group?: string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly licenses: readonly unknown[];
    readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

describe.each([
  ['server', ['src/main.ts', 'src/backup/main.ts']],
  ['operator', ['src/main.ts']],
] as const)('the bundle of the %s', (program, entries) => {
  const folder = join(root, program, 'dist', 'bin');
  const beside = (file: string): string => readFileSync(join(folder, file), 'utf8');
  /** Of which it holds code, found anew. */
  let packages: string[];

  beforeAll(async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: entries.map((entry) => join(program, entry)),
      outdir: 'never-written',
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      metafile: true,
    });
    packages = bundledPackages(metafile);
  });

  test('lies beside our licence and those of every package of which it holds code', () => {
    expect(packages.length).toBeGreaterThan(40);
    const notices = beside('THIRD-PARTY-NOTICES');
    for (const path of packages) {
      const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
      expect(notices).toMatch(
        new RegExp(`^${name.replaceAll('/', '\\/')} ${version} \\(.+\\)\\n=+\\n\\n[\\s\\S]{200}`, 'm'),
      );
    }
    expect(beside('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
  });

  test('lies beside a list of what it is made of, which is the same whenever it is made', () => {
    expect(beside(SBOM)).toBe(billOfMaterials(root, program, packages));
    const bom = JSON.parse(beside(SBOM)) as Bom;
    const versions = packages.map((path) => {
      const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
      return `${name} ${version}`;
    });
    const listed = bom.components.map(({ group, name, version }) =>
      [group === undefined ? name : `${group}/${name}`, version].join(' '),
    );
    expect(listed.sort()).toEqual([...new Set(versions)].sort());
  });

  test('lies beside a list that is CycloneDX 1.6: with the fields that it asks for, each reference once, and nothing that nobody needs', () => {
    const bom = JSON.parse(beside(SBOM)) as Bom;
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(bom.metadata.component).toMatchObject({
      type: 'application',
      name: `rookery-${program}`,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      licenses: [{ license: { id: 'Apache-2.0' } }],
    });
    for (const component of bom.components) {
      expect(component.type).toBe('library');
      expect(component.purl).toMatch(/^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+\S*$/);
      expect(component['bom-ref']).toBe(component.purl);
      expect(component.licenses).toHaveLength(1);
      expect(component.hashes[0]).toEqual({
        alg: 'SHA-512',
        content: expect.stringMatching(/^[0-9a-f]{128}$/),
      });
    }
    const refs = bom.components.map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    const needs = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    expect(needs.size).toBe(refs.length + 1);
    const reached = new Set<string>();
    const todo = [String(bom.metadata.component['bom-ref'])];
    for (let ref = todo.pop(); ref !== undefined; ref = todo.pop()) {
      if (reached.has(ref)) continue;
      reached.add(ref);
      todo.push(...needs.get(ref)!);
    }
    expect([...reached].sort()).toEqual([...needs.keys()].sort());
  });
});

test('a package without a hash in package-lock.json is not bundled', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-sbom-'));
  try {
    const packages = {
      server: { version: '1.0.0', dependencies: { secretive: '1' } },
      'node_modules/secretive': { version: '1.2.3', license: 'MIT' },
    };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    expect(() => billOfMaterials(folder, 'server', ['node_modules/secretive'])).toThrow(
      'package-lock.json has no licence or no hash for node_modules/secretive: do without it',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a package without the text of its licence is not bundled', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-notices-'));
  try {
    mkdirSync(join(folder, 'secretive'));
    writeFileSync(
      join(folder, 'secretive', 'package.json'),
      '{"name":"secretive","version":"1.2.3","license":"SEE ELSEWHERE"}',
    );
    expect(() => thirdPartyNotices(folder, ['secretive'])).toThrow(
      'secretive 1.2.3 is bundled and carries no text of its licence (SEE ELSEWHERE): do without it',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
