import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentsHash } from '../../kube/images/contents.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-contents-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** As much of an archive as `docker save` writes it as is read. */
function archive(created: string, layers: readonly string[]): string {
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ created, rootfs: { diff_ids: layers } }));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ Config: 'config.json' }]));
  const path = join(folder, 'image.tar');
  execFileSync('tar', ['-cf', path, '-C', folder, 'manifest.json', 'config.json']);
  return path;
}

test('is the same for an image that was built again of the same files, and another for other files', async () => {
  const first = await contentsHash(archive('yesterday', ['sha256:base', 'sha256:bundle']));
  expect(await contentsHash(archive('today', ['sha256:base', 'sha256:bundle']))).toBe(first);
  expect(await contentsHash(archive('today', ['sha256:base', 'sha256:other']))).not.toBe(first);
});
