/** What every image promises: small, without a shell, not root, and with the licences of what is in it. Read from its archive, whoever built it. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../commands.ts';

export const MAX_IMAGE_BYTES = 250_000_000;

interface Manifest {
  readonly Config: string;
  readonly Layers: readonly string[];
}

interface Config {
  readonly config: { readonly User?: string };
}

/** And a list of what it is made of. */
const LICENCES: readonly string[] = [
  'licenses/LICENSE',
  'licenses/THIRD-PARTY-NOTICES',
  'licenses/sbom.cdx.json',
];
const SHELLS: readonly string[] = ['sh', 'ash', 'bash', 'dash', 'busybox'];

/** Returns the broken promises, each as a sentence without its subject. */
export async function brokenPromises(archive: string): Promise<readonly string[]> {
  const broken: string[] = [];
  const { size } = statSync(archive);
  if (size > MAX_IMAGE_BYTES) {
    broken.push(`takes ${Math.ceil(size / 1e6)} MB, more than the ${MAX_IMAGE_BYTES / 1e6} MB allowed`);
  }
  const folder = mkdtempSync(join(dirname(archive), 'check-'));
  try {
    await run(['tar', '-xf', archive, '-C', folder]);
    const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const [manifest] = read('manifest.json') as Manifest[];
    const user = (read(manifest!.Config) as Config).config.User ?? '';
    if (!/^[1-9]\d*(:\d+)?$/.test(user)) {
      broken.push(`runs as "${user}", but Kubernetes' runAsNonRoot wants a number other than 0`);
    }
    const missing = new Set(LICENCES);
    for (const layer of manifest!.Layers) {
      const paths = (await run(['tar', '-tf', join(folder, layer)])).split('\n');
      for (const path of paths) missing.delete(path.replace(/^\.?\//, ''));
      const shells = paths.filter(isShell);
      if (shells.length > 0) broken.push(`holds a shell: ${shells.join(', ')}`);
    }
    if (missing.size > 0) broken.push(`lacks ${[...missing].join(', ')}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return broken;
}

function isShell(path: string): boolean {
  const names = path.split('/');
  return names.at(-2) === 'bin' && SHELLS.includes(names.at(-1)!);
}
