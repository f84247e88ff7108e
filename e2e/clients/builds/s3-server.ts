import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildOnce, builtFolder } from '../../../testkit/src/built-folder.ts';

/** A server of S3 over a folder, kept by others: versitygw. */
const PACKAGE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const BUILD_TIMEOUT_MS = 20 * 60_000;

/** Returns its path. Its modules are fetched the first time. */
export function buildS3Server(log: (line: string) => void): string {
  const folder = builtFolder('s3-server', [PACKAGE]);
  buildOnce(folder, (unfinished) => {
    log(`building ${PACKAGE}, once`);
    execFileSync('go', ['install', PACKAGE], {
      env: { ...process.env, GOBIN: unfinished },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: BUILD_TIMEOUT_MS,
    });
  });
  return join(folder, 'versitygw');
}
