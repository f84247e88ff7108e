import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { bundledPackages, thirdPartyNotices } from '../../../scripts/third-party-notices.ts';

const root = resolve(import.meta.dirname, '../../..');

describe.each(['server', 'operator'])('the bundle of the %s', (program) => {
  test('lies beside our licence and those of every package of which it holds code', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [join(program, 'src/main.ts')],
      outfile: 'never-written.mjs',
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      metafile: true,
    });
    const packages = bundledPackages(metafile);
    expect(packages.length).toBeGreaterThan(40);
    const folder = join(root, program, 'dist', 'bin');
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES'), 'utf8');
    for (const path of packages) {
      const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
      expect(notices).toMatch(
        new RegExp(`^${name.replaceAll('/', '\\/')} ${version} \\(.+\\)\\n=+\\n\\n[\\s\\S]{200}`, 'm'),
      );
    }
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
  });
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
