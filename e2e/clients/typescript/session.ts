import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, type ConnectOptions, connect } from '@rookery/client';

const SESSION_TIMEOUT_MS = 15_000;
/** A call whose connection is lost is in doubt then, and one that waits for another connection need not wait for long. */
const CALL_TIMEOUT_MS = 10_000;

export const root = `/libraries/${process.env.NAME}`;

export function openSession(): Promise<Client> {
  return connect(process.env.HOSTS ?? '', {
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    callTimeoutMs: CALL_TIMEOUT_MS,
    endsWithSession: true,
    tls: tls(),
  });
}

function tls(): ConnectOptions['tls'] {
  const folder = process.env.CERTIFICATES;
  if (folder === undefined) return undefined;
  // Read for each connection: that is how certificates that change are taken up.
  return () => {
    const own = readFileSync(join(folder, 'tls.pem'));
    return { ca: readFileSync(join(folder, 'ca.pem')), cert: own, key: own };
  };
}
