/** A thread of its own reads the stores again: see `readBeside`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { TlsConfig } from '../config/tls-config.ts';
import { readCredentials } from './credentials.ts';
import type { Told } from './read-beside.ts';
import { filesOnDisk } from './store-files.ts';
import { StoreError } from './stores/store.ts';

function read(config: TlsConfig): Told {
  try {
    return { read: readCredentials(config, filesOnDisk) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { cause } = error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    return { complaint: error.message, code };
  }
}

parentPort?.postMessage(read(workerData));
