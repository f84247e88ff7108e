/** cert-manager's own schema of its Certificates, from its Go module, kept in the cache. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.ts';
import { cacheFolder } from './folders.ts';

const pinned = {
  module: 'github.com/cert-manager/cert-manager',
  version: 'v1.19.1',
  sum: 'h1:Txh8L/nLWTDcb7ZnXuXbTe15BxQnLbLirXmbNk0fGgY=',
} as const;

/** The file of the custom resource; fetched the first time. Throws where the module is not the one that was pinned here, or there is no Go. */
export async function certificatesCrd(): Promise<string> {
  const file = join(cacheFolder, `cert-manager-${pinned.version}-certificates.yaml`);
  if (existsSync(file)) return file;
  mkdirSync(cacheFolder, { recursive: true });
  const scratch = mkdtempSync(join(cacheFolder, 'cert-manager-'));
  try {
    // Outside of any module: nothing but what is named is fetched.
    const told = await run(['go', 'mod', 'download', '-json', `${pinned.module}@${pinned.version}`], {
      cwd: scratch,
    });
    const { Dir: folder, Sum: sum } = JSON.parse(told) as { readonly Dir: string; readonly Sum: string };
    if (sum !== pinned.sum) {
      throw new Error(
        `${pinned.module}@${pinned.version} has the sum ${sum}, not ${pinned.sum} as tools/kube/cert-manager.ts expects: it was changed ` +
          'after it was pinned, or on its way',
      );
    }
    const copied = join(scratch, 'certificates.yaml');
    copyFileSync(join(folder, 'deploy', 'crds', 'cert-manager.io_certificates.yaml'), copied);
    renameSync(copied, file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return file;
}
