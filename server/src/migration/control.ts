import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CutError, type Migration } from './migration.ts';

export interface Control {
  /** Where it listens. */
  readonly port: number;
  close(): Promise<void>;
}

export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  /** Whether whoever asks may: the header `authorization`. */
  readonly permits: (authorization: string) => boolean;
  /** It was called off, and whoever asked for that has the answer. */
  readonly calledOff: () => void;
}

/**
 * GET /migration tells how far it is; POST /migration/cut and POST /migration/call-off do what they are called, and answer when it is done. The port is the
 * member's own from when it takes over.
 */
export function openControl(
  migration: Migration,
  { host, port, permits, calledOff }: ControlOptions,
): Promise<Control> {
  const server = createServer((request, response) => {
    if (!permits(request.headers.authorization ?? ''))
      return answer(response, 401, { error: 'an admin token is asked for' });
    void route(migration, request).then(
      ([status, body]) => {
        answer(response, status, body);
        if (migration.status.phase === 'called-off') response.once('close', calledOff);
      },
      (error: unknown) => answer(response, 500, { error: String(error) }),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function route(
  migration: Migration,
  { method, url }: IncomingMessage,
): Promise<readonly [number, object]> {
  if (url === '/migration' && method === 'GET') return [200, migration.status];
  if (method !== 'POST')
    return [404, { error: 'GET /migration, POST /migration/cut or /migration/call-off' }];
  if (url === '/migration/cut') return await done(migration, migration.cut());
  if (url === '/migration/call-off') return await done(migration, migration.callOff());
  return [404, { error: `there is no ${url}` }];
}

async function done(migration: Migration, work: Promise<void>): Promise<readonly [number, object]> {
  try {
    await work;
    return [200, migration.status];
  } catch (error) {
    if (!(error instanceof CutError)) throw error;
    return [409, { error: error.message, ...migration.status }];
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(`${JSON.stringify(body)}\n`);
}
