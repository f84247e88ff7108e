/** As much of an API client as the test's own programs need: JSON over one kubeconfig as certificates.ts writes them. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';

interface Kubeconfig {
  readonly clusters: readonly [{ cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: readonly [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

/** An answer of 4xx or 5xx. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly code: number;

  constructor(what: string, code: number, body: string) {
    super(`${what}: ${code} ${body.slice(0, 500)}`);
    this.code = code;
  }
}

export interface ApiClient {
  /** Whether the path is answered with success, whatever the answer. */
  answers(path: string): Promise<boolean>;
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** A JSON merge patch. */
  patch(path: string, body: unknown): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  /** Calls `changed` for each event of a watch, and returns when the server or the network ends it. */
  watch(path: string, changed: () => void): Promise<void>;
}

export function connect(kubeconfigFile: string): ApiClient {
  const config = JSON.parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const decode = (text: string) => Buffer.from(text, 'base64');
  const agent = new Agent({
    keepAlive: true,
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });

  function open(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = body === undefined ? {} : { 'content-type': contentType };
      const sent = request(`${cluster.server}${path}`, { agent, method, headers }, resolve);
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await open(method, path, body);
    const text = await textOf(response);
    const code = response.statusCode ?? 0;
    if (code >= 400) throw new ApiError(`${method} ${path}`, code, text);
    return JSON.parse(text) as unknown;
  }

  return {
    answers: async (path) => {
      try {
        const response = await open('GET', path);
        response.resume();
        return response.statusCode === 200;
      } catch {
        return false;
      }
    },
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
    watch: async (path, changed) => {
      const response = await open('GET', `${path}?watch=true`);
      const code = response.statusCode ?? 0;
      if (code >= 400) throw new ApiError(`GET ${path}`, code, await textOf(response));
      for await (const _ of createInterface({ input: response })) changed();
    },
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}
