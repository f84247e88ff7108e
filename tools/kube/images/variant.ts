/** Another image made of one that was built, without building it anew: for tests of updates, which need more than one version of the server. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../commands.ts';

interface Manifest {
  readonly Config: string;
  readonly Layers: readonly string[];
}

interface Config {
  readonly rootfs: { readonly diff_ids: readonly string[] };
  readonly history?: readonly object[];
}

const LAYER = 'variant-layer.tar';

/**
 * Writes `to`, an archive as `docker save` writes it, of the same image under another name, where `files` stand in the place of its own.
 *
 * @param files by their paths in the image
 */
export async function imageVariant(
  from: string,
  to: string,
  reference: string,
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  const folder = mkdtempSync(join(dirname(to), 'variant-'));
  try {
    await run(['tar', '-xf', from, '-C', folder]);
    const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const [manifest] = read('manifest.json') as Manifest[];
    if (manifest === undefined) throw new Error(`${from} holds no image`);
    const changed = Object.keys(files).length === 0 ? manifest : await withLayer(folder, manifest, files);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ ...changed, RepoTags: [reference] }]));
    // An index of OCI would be read first, and names the image that it was.
    const parts = ['manifest.json', changed.Config, ...new Set(changed.Layers)];
    await run(['tar', '-cf', `${to}.new`, '-C', folder, ...parts]);
    renameSync(`${to}.new`, to);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withLayer(
  folder: string,
  { Config: configFile, Layers }: Manifest,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<Manifest> {
  const root = join(folder, 'variant-root');
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
  }
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  await run(['tar', '-cf', join(folder, LAYER), ...owner, '-C', root, ...Object.keys(files)]);
  const config = JSON.parse(readFileSync(join(folder, configFile), 'utf8')) as Config;
  const changed: Config = {
    ...config,
    rootfs: {
      ...config.rootfs,
      diff_ids: [...config.rootfs.diff_ids, `sha256:${sha256(readFileSync(join(folder, LAYER)))}`],
    },
    ...(config.history === undefined ? {} : { history: [...config.history, { created_by: 'variant' }] }),
  };
  const text = JSON.stringify(changed);
  const name = `${sha256(Buffer.from(text))}.json`;
  if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), text);
  return { Config: name, Layers: [...Layers, LAYER] };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
