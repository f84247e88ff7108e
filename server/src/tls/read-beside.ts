import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TlsConfig } from '../config/tls-config.ts';
import type { ReadCredentials } from './credentials.ts';
import { StoreError } from './stores/store.ts';

/** What the thread answers: what it read, or why the stores cannot be used, with the code of the call that failed where that is why. */
export type Told = { readonly read: ReadCredentials } | { readonly complaint: string; readonly code: string };

/** A store says itself how many hashes its password takes, and a disk may hang. */
const MOST_MS = 60_000;
/** Stores are small; the thread shares the memory of the member. */
const MOST_HEAP_MB = 64;

/** The bundle has the other one beside itself. */
const FILE = import.meta.url.endsWith('.ts') ? './credentials-worker.ts' : './credentials-worker.mjs';

/**
 * As `readCredentials` on the disk, in a thread of its own: a PKCS12 store takes tenths of a second, for which clients would wait.
 * Rejects with StoreError where the stores cannot be used, with whatever else where there is no such thread.
 */
export async function readBeside(config: TlsConfig, mostMs = MOST_MS): Promise<ReadCredentials> {
  const worker = new Worker(new URL(FILE, import.meta.url), {
    name: 'certificates',
    workerData: config,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  });
  try {
    const [told] = (await once(worker, 'message', { signal: AbortSignal.timeout(mostMs) })) as [Told];
    if ('read' in told) return told.read;
    const cause = Object.assign(new Error(told.complaint), { code: told.code });
    throw new StoreError(told.complaint, { cause });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    throw new StoreError(`${config.keyStore.path}: reading it took longer than ${mostMs / 1000} s`);
  } finally {
    void worker.terminate();
  }
}
