import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkVersions, NEXT_PLACES, PACKAGES, VERSION_PLACES } from '../release/versions.ts';

const root = resolve(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { version: from } = JSON.parse(read('server/package.json')) as { version: string };
const release = { from, to: '97.98.99', date: '2030-01-02' };

describe('a release', () => {
  test.each(VERSION_PLACES.map((place) => [place.file, place] as const))(
    'finds the version in %s and leaves none of the old one there',
    (file, { rewrite }) => {
      const text = rewrite(read(file), release);
      expect(text).toContain('97.98.99');
      if (file !== 'CHANGELOG.md') expect(text).not.toContain(from);
    },
  );

  test('knows every package of the workspace', () => {
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
    expect([...PACKAGES].sort()).toEqual([...workspaces].sort());
  });

  test('knows every chart', () => {
    const charts = readdirSync(join(root, 'charts'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('Chart.yaml') && !file.includes('node_modules'))
      .map((file) => `charts/${file}`);
    expect(charts.length).toBeGreaterThan(0);
    expect(VERSION_PLACES.map(({ file }) => file)).toEqual(expect.arrayContaining(charts));
  });

  test('gives what was unreleased its date, and what comes next an empty section', () => {
    const { rewrite } = VERSION_PLACES.find(({ file }) => file === 'CHANGELOG.md')!;
    const text = rewrite('# Changelog\n\n## Unreleased (0.1.0)\n\n- a thing\n', release);
    expect(text).toBe('# Changelog\n\n## Unreleased (next)\n\n## 97.98.99 — 2030-01-02\n\n- a thing\n');
  });

  test('is followed by the version that comes next, everywhere', () => {
    for (const { file, rewrite } of NEXT_PLACES) {
      const text = file === 'CHANGELOG.md' ? '# Changelog\n\n## Unreleased (next)\n' : read(file);
      expect(rewrite(text, release), file).toContain('97.98.99');
    }
    const { rewrite } = NEXT_PLACES.find(({ file }) => file === 'CHANGELOG.md')!;
    expect(() => rewrite('## Unreleased (0.1.0)\n', release)).toThrow('does not stand in the file');
  });

  test('is refused where a place of the version is gone', () => {
    const { rewrite } = VERSION_PLACES.find(({ file }) => file === 'charts/rookery/Chart.yaml')!;
    expect(() => rewrite('version: 3.2.1\n', release)).toThrow('does not stand in the file');
  });
});

describe('the version of a release', () => {
  test.each(['1.2', 'v1.2.3', '1.2.3-rc.1', '01.2.3', ''])('is not %j', (version) => {
    expect(() => checkVersions('0.1.0', version)).toThrow('is no version');
  });

  test.each([
    ['0.1.0', '0.2.0'],
    ['0.9.9', '0.10.0'],
    ['0.1.0', '0.1.0'],
  ])('may follow %s as %s', (old, fresh) => {
    expect(() => checkVersions(old, fresh)).not.toThrow();
  });

  test.each([
    ['0.2.0', '0.1.9'],
    ['1.0.0', '0.10.0'],
  ])('does not go back from %s to %s', (old, fresh) => {
    expect(() => checkVersions(old, fresh)).toThrow('comes before');
  });
});
