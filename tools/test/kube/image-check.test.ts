import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brokenPromises } from '../../kube/images/check.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-image-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const licences: readonly string[] = [
  'licenses/LICENSE',
  'licenses/THIRD-PARTY-NOTICES',
  'licenses/sbom.cdx.json',
];

/** An archive as `docker save` writes it, of one layer with empty files, the licences among them. */
function archive(
  user: string,
  files: readonly string[],
  compression: '-c' | '-cz' = '-c',
  carried = licences,
): string {
  const layer = join(folder, 'layer');
  for (const file of [...files, ...carried]) {
    mkdirSync(dirname(join(layer, file)), { recursive: true });
    writeFileSync(join(layer, file), '');
  }
  execFileSync('tar', [compression, '-f', join(folder, 'layer.tar'), '-C', layer, '.']);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ config: { User: user } }));
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify([{ Config: 'config.json', Layers: ['layer.tar'] }]),
  );
  const path = join(folder, 'image.tar');
  execFileSync('tar', ['-cf', path, '-C', folder, 'manifest.json', 'config.json', 'layer.tar']);
  return path;
}

test('finds nothing wrong with an image that keeps its promises', async () => {
  expect(await brokenPromises(archive('65532:65532', ['nodejs/bin/node', 'usr/share/sh']))).toEqual([]);
});

test.each(['', 'root', '0', '0:0', 'nonroot'])('finds that it runs as "%s"', async (user) => {
  expect(await brokenPromises(archive(user, ['nodejs/bin/node']))).toEqual([
    `runs as "${user}", but Kubernetes' runAsNonRoot wants a number other than 0`,
  ]);
});

test.each(['-c', '-cz'] as const)('finds a shell in a layer (tar %s)', async (compression) => {
  expect(await brokenPromises(archive('1', ['usr/bin/bash', 'nodejs/bin/node'], compression))).toEqual([
    'holds a shell: ./usr/bin/bash',
  ]);
});

test('finds that the licences of what it holds are left out, or the list of it', async () => {
  const without = archive('65532:65532', ['nodejs/bin/node'], '-c', ['licenses/LICENSE']);
  expect(await brokenPromises(without)).toEqual([
    'lacks licenses/THIRD-PARTY-NOTICES, licenses/sbom.cdx.json',
  ]);
});
