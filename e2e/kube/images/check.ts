/** What every image promises: small, without a shell, and not root. Read from its archive, whoever built it. */
import { statSync } from 'node:fs';
import { run } from '../commands.ts';

export const MAX_IMAGE_BYTES = 250_000_000;

interface Manifest {
  readonly Config: string;
  readonly Layers: readonly string[];
}

interface Config {
  readonly config: { readonly User?: string };
}

const SHELLS: readonly string[] = ['sh', 'ash', 'bash', 'dash', 'busybox'];

/** Returns the broken promises, each as a sentence. */
export async function brokenPromises(archive: string): Promise<readonly string[]> {
  const broken: string[] = [];
  const { size } = statSync(archive);
  if (size > MAX_IMAGE_BYTES) {
    broken.push(`takes ${Math.ceil(size / 1e6)} MB, more than the ${MAX_IMAGE_BYTES / 1e6} MB allowed`);
  }
  const [manifest] = JSON.parse(await fileIn(archive, 'manifest.json')) as Manifest[];
  const { config } = JSON.parse(await fileIn(archive, manifest!.Config)) as Config;
  const user = config.User ?? '';
  if (!/^[1-9]\d*(:\d+)?$/.test(user)) {
    broken.push(`runs as "${user}": Kubernetes' runAsNonRoot wants a number other than 0`);
  }
  for (const layer of manifest!.Layers) {
    const paths = (await run(['sh', '-c', 'tar -xOf "$1" "$2" | tar -tf -', 'sh', archive, layer])).split(
      '\n',
    );
    const shells = paths.filter((path) => isShell(path));
    if (shells.length > 0) broken.push(`holds a shell: ${shells.join(', ')}`);
  }
  return broken;
}

function isShell(path: string): boolean {
  const names = path.split('/');
  return names.at(-2) === 'bin' && SHELLS.includes(names.at(-1)!);
}

function fileIn(archive: string, file: string): Promise<string> {
  return run(['tar', '-xOf', archive, file]);
}
