/** The API server without a kubectl per request: by one `kubectl proxy`, on a socket that only this user can open. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { clusterFolder } from '../../tools/kube/folders.ts';
import { kubectlCommand } from '../../tools/kube/kubectl.ts';

/** What was answered, whatever the code. */
export interface ApiAnswer {
  readonly code: number;
  readonly body: unknown;
}

/** By the types of their bodies: a PATCH is a JSON Patch. */
const CONTENT_TYPES = { POST: 'application/json', PATCH: 'application/json-patch+json' } as const;

/** @param path with its query */
export type Ask = (method: keyof typeof CONTENT_TYPES, path: string, body: object) => Promise<ApiAnswer>;

const MAX_CONNECTIONS = 8;

/** Calls `use` while the proxy runs. Throws where the proxy does not start. */
export async function withApi<T>(use: (ask: Ask) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(clusterFolder, 'api-'));
  const socketPath = join(folder, 'socket');
  const [file, ...beginning] = kubectlCommand;
  const proxy = spawn(file!, [...beginning, 'proxy', `--unix-socket=${socketPath}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  try {
    // Its one line says that it serves.
    await Promise.race([
      once(proxy.stdout, 'data'),
      once(proxy, 'exit').then(([code]) => {
        throw new Error(`kubectl proxy ended with ${code} before it served`);
      }),
    ]);
    return await use(async (method, path, body) => {
      // The proxy serves no host of another name.
      const headers = { host: 'localhost', 'content-type': CONTENT_TYPES[method] };
      const sent = request({ socketPath, agent, method, path, headers });
      sent.end(JSON.stringify(body));
      const [response] = await once(sent, 'response');
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      return { code: response.statusCode, body: JSON.parse(text) as unknown };
    });
  } finally {
    agent.destroy();
    proxy.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
