import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../kube/commands.ts';
import { contentsHash } from '../../kube/images/contents.ts';
import { imageVariant } from '../../kube/images/variant.ts';

const PROGRAM = 'app/bin/program.mjs';

let folder: string;
let archive: string;

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** As `docker save` writes an image of one layer. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-variant-'));
  archive = join(folder, 'image.tar');
  const content = join(folder, 'content');
  const image = join(folder, 'image');
  mkdirSync(join(content, 'app', 'bin'), { recursive: true });
  mkdirSync(image);
  writeFileSync(join(content, PROGRAM), 'the program');
  await run(['tar', '-cf', join(image, 'layer.tar'), '-C', content, '.']);
  const diffId = `sha256:${sha256(join(image, 'layer.tar'))}`;
  const config = { config: { User: '65532' }, rootfs: { type: 'layers', diff_ids: [diffId] }, history: [{}] };
  writeFileSync(join(image, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: ['example/server:1.0.0'], Layers: ['layer.tar'] }];
  writeFileSync(join(image, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(image, 'index.json'), '{}');
  const parts = ['manifest.json', 'config.json', 'layer.tar', 'index.json'];
  await run(['tar', '-cf', archive, '-C', image, ...parts]);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function unpacked(file: string) {
  const to = mkdtempSync(join(folder, 'unpacked-'));
  await run(['tar', '-xf', file, '-C', to]);
  const read = (name: string): unknown => JSON.parse(readFileSync(join(to, name), 'utf8'));
  const [manifest] = read('manifest.json') as {
    readonly Config: string;
    readonly RepoTags: readonly string[];
    readonly Layers: readonly string[];
  }[];
  const { rootfs, history } = read(manifest!.Config) as {
    readonly rootfs: { readonly diff_ids: readonly string[] };
    readonly history: readonly unknown[];
  };
  return { to, manifest: manifest!, diffIds: rootfs.diff_ids, history };
}

describe('a variant of an image', () => {
  test('is the same under another name', async () => {
    const to = join(folder, 'again.tar');
    await imageVariant(archive, to, 'example/server:1.1.0');
    const { manifest } = await unpacked(to);
    expect(manifest).toEqual({
      Config: 'config.json',
      RepoTags: ['example/server:1.1.0'],
      Layers: ['layer.tar'],
    });
    expect(await contentsHash(to)).toBe(await contentsHash(archive));
    // An index would be read before the manifest.
    expect(await run(['tar', '-tf', to])).not.toContain('index.json');
  });

  test('has other files in a layer of its own, which its configuration knows by its sum', async () => {
    const to = join(folder, 'other.tar');
    await imageVariant(archive, to, 'example/server:1.1.0', { [PROGRAM]: Buffer.from('another program') });
    const { to: at, manifest, diffIds, history } = await unpacked(to);
    const [first, second] = manifest.Layers;
    expect(first).toBe('layer.tar');
    expect(diffIds).toEqual(manifest.Layers.map((layer) => `sha256:${sha256(join(at, layer))}`));
    expect(history).toHaveLength(2);
    expect(manifest.Config).toBe(`${sha256(join(at, manifest.Config))}.json`);
    expect(await run(['tar', '-xOf', join(at, second!), PROGRAM])).toBe('another program');
  });
});
