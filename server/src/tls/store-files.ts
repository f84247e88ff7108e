import { readFileSync, statSync, promises as system } from 'node:fs';
import type { TlsConfig } from '../config/tls-config.ts';
import { filesOf } from './credentials.ts';
import type { StoreFiles } from './stores/read-store.ts';

/** Larger ones are no stores, and would only take memory. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Read at once: at the start, when a hung disk keeps the member from starting and from nothing else, and in a thread of its own. */
export const filesOnDisk: StoreFiles = {
  read: (path) => limited(readFileSync(path)),
  isFolder: (path) => statSync(path).isDirectory(),
};

/** The files to be looked at for changes. */
export async function pathsOf(config: TlsConfig): Promise<readonly string[]> {
  const folders = await foldersOf(config);
  return filesOf(config, { isFolder: (path) => folders.has(path) });
}

async function foldersOf({ keyStore, trustStore }: TlsConfig): Promise<ReadonlySet<string>> {
  const folders = new Set<string>();
  for (const store of [keyStore, trustStore]) {
    if (store === undefined) continue;
    const isFolder = await system.stat(store.path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) folders.add(store.path);
  }
  return folders;
}

function limited(content: Buffer): Buffer {
  if (content.length <= MAX_FILE_BYTES) return content;
  throw new Error(`it has ${content.length} bytes; at most ${MAX_FILE_BYTES} are read`);
}
