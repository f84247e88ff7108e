import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import type { KubeObject } from '../src/objects.ts';
import { mergePatch } from './merge-patch.ts';
import { StoredObjects } from './stored-objects.ts';
import { until } from './until.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export type Answer = (response: ServerResponse, request: Received) => void;
export type Match = (request: Received) => boolean;

interface OpenWatch {
  readonly collection: string;
  readonly response: ServerResponse;
}

export const isList: Match = ({ method, path, query }) =>
  method === 'GET' && !query.has('watch') && path.endsWith('s');
export const isWatch: Match = ({ query }) => query.has('watch');
export const isWrite: Match = ({ method }) => method !== 'GET';

/** A Status, as the API server refuses. */
export function refuse(code: number, reason: string, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(
      JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message: `scripted ${reason}` }),
    );
  };
}

/** Breaks the connection before any answer. */
export const cut: Answer = (response) => void response.destroy();

/** Takes the request and never answers. */
export const hang: Answer = () => {};

/** A watch that sends these texts as they are, and then ends, breaks or stays as it is. */
export function stream(texts: readonly (string | Uint8Array)[], then: 'end' | 'cut' | 'stay'): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const next = (index: number): void => {
      const text = texts[index];
      if (text !== undefined) response.write(text, () => setImmediate(next, index + 1));
      else if (then === 'end') response.end();
      else if (then === 'cut') response.destroy();
    };
    next(0);
  };
}

export function watchLine(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

export function bookmark(version: number | string): string {
  return watchLine('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: String(version) } });
}

export function errorLine(code: number, reason: string): string {
  return watchLine('ERROR', { kind: 'Status', code, reason, message: `scripted ${reason}` });
}

/**
 * An API server as far as the operator sees one, on a real socket of the loopback. It answers from what it stores, unless the script has
 * an answer for the request: the first entry that matches is used once.
 */
export class ApiServer {
  readonly objects = new StoredObjects();
  readonly requests: Received[] = [];
  readonly #script: { readonly match: Match; readonly answer: Answer }[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<OpenWatch>();

  /** Made by its static functions alone. */
  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.objects.onEvent = ({ type, collection, object }) => {
      for (const watch of this.#watches) {
        if (watch.collection === collection) watch.response.write(watchLine(type, object));
      }
    };
  }

  static async start(): Promise<ApiServer> {
    const server = new ApiServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get config(): KubeConfig {
    const { port } = this.#server.address() as AddressInfo;
    const config = new KubeConfig();
    const cluster = { name: 'scripted', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: 'tester', token: 'secret-token' });
    return config;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Does what is asked, and breaks the connection instead of telling so. */
  loseAnswer(): Answer {
    return (response, request) => {
      const nobody = { writeHead: () => {}, end: () => {} } as unknown as ServerResponse;
      this.#answer(request, nobody);
      response.destroy();
    };
  }

  script(match: Match, ...answers: Answer[]): void {
    for (const answer of answers) this.#script.push({ match, answer });
  }

  /** Forgets what is left of the script. */
  calm(): void {
    this.#script.length = 0;
  }

  get scripted(): number {
    return this.#script.length;
  }

  count(match: Match): number {
    return this.requests.filter(match).length;
  }

  /** The newest request that matches, as soon as there are `count` of them. */
  async received(match: Match, count = 1): Promise<Received> {
    await until(() => this.count(match) >= count, `request ${count}; there are ${this.count(match)}`);
    return this.requests.filter(match)[count - 1]!;
  }

  cutWatches(): void {
    for (const { response } of this.#watches) response.destroy();
  }

  endWatches(): void {
    for (const { response } of this.#watches) response.end();
  }

  sendToWatches(text: string): void {
    for (const { response } of this.#watches) response.write(text);
  }

  async #take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const part of message) parts.push(part as Uint8Array);
    const url = new URL(message.url ?? '/', 'http://api');
    const text = Buffer.concat(parts).toString('utf8');
    const request: Received = {
      method: message.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: message.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    this.requests.push(request);
    const place = this.#script.findIndex(({ match }) => match(request));
    const [entry] = place < 0 ? [] : this.#script.splice(place, 1);
    (entry?.answer ?? ((out) => this.#answer(request, out)))(response, request);
  }

  #answer(request: Received, response: ServerResponse): void {
    const path = request.path.replace(/\/status$/, '');
    const { method } = request;
    if (isWatch(request)) this.#watch(request, response);
    else if (method === 'GET' && isCollection(path)) this.#list(request, response);
    else if (method === 'GET') this.#one(this.objects.get(path), response, request);
    else if (method === 'POST') this.#create(request, response);
    else this.#change(path, request, response);
  }

  #list({ path, query }: Received, response: ServerResponse): void {
    const all = this.objects.list(path).filter((object) => hasFields(object, query.get('fieldSelector')));
    const from = Number(query.get('continue') ?? 0);
    const to = from + Number(query.get('limit') ?? all.length);
    const metadata = {
      resourceVersion: String(this.objects.version),
      ...(to < all.length ? { continue: String(to) } : {}),
    };
    const items = all.slice(from, to).map(({ metadata: of, apiVersion: _, kind: __, ...rest }) => ({
      metadata: of,
      ...rest,
    }));
    send(response, 200, { kind: 'List', metadata, items });
  }

  #watch({ path, query }: Received, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < this.objects.compactedAt) {
      response.end(errorLine(410, 'Expired'));
      return;
    }
    for (const { type, object } of this.objects.since(path, from)) response.write(watchLine(type, object));
    const watch = { collection: path, response };
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
  }

  #create(request: Received, response: ServerResponse): void {
    const object = request.body as KubeObject;
    const path = `${request.path}/${object.metadata.name}`;
    if (this.objects.get(path) !== undefined) refuse(409, 'AlreadyExists')(response, request);
    else send(response, 201, this.objects.put(path, object));
  }

  #change(path: string, request: Received, response: ServerResponse): void {
    const before = this.objects.get(path);
    const isApply = request.headers['content-type'] === 'application/apply-patch+yaml';
    if (before === undefined && !(isApply && !request.path.endsWith('/status'))) {
      refuse(404, 'NotFound')(response, request);
      return;
    }
    const body = request.body as KubeObject & { preconditions?: { uid?: string; resourceVersion?: string } };
    const named = request.method === 'DELETE' ? body.preconditions : body.metadata;
    const wanted = (own: string | undefined, theirs: string | undefined): boolean =>
      own === undefined || theirs === undefined || own === theirs;
    if (
      !wanted(named?.resourceVersion, before?.metadata.resourceVersion) ||
      !wanted(named?.uid, before?.metadata.uid)
    ) {
      refuse(409, 'Conflict')(response, request);
    } else if (request.method === 'DELETE') send(response, 200, this.#delete(path));
    else if (request.method === 'PUT') send(response, 200, this.objects.put(path, body));
    else {
      const isMerge = request.headers['content-type'] === 'application/merge-patch+json';
      const metadata = { ...before?.metadata, ...body.metadata };
      const after = isMerge ? (mergePatch(before, body) as KubeObject) : { ...before, ...body, metadata };
      const { deletionTimestamp, finalizers = [] } = metadata;
      if (isDeepStrictEqual(after, before)) send(response, 200, after);
      else if (deletionTimestamp !== undefined && finalizers.length === 0) {
        this.objects.remove(path);
        send(response, 200, after);
      } else send(response, 200, this.objects.put(path, after));
    }
  }

  /** What a finalizer holds goes once that is taken off. */
  #delete(path: string): KubeObject {
    const before = this.objects.get(path)!;
    const { finalizers = [] } = before.metadata;
    if (finalizers.length === 0) return this.objects.remove(path);
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    return this.objects.put(path, { ...before, metadata: { ...before.metadata, deletionTimestamp } });
  }

  #one(object: KubeObject | undefined, response: ServerResponse, request: Received): void {
    if (object === undefined) refuse(404, 'NotFound')(response, request);
    else send(response, 200, object);
  }
}

/** /api/v1/namespaces/ns/pods, and not …/pods/name: the parts after the version are in pairs but for the last. */
function isCollection(path: string): boolean {
  const parts = path.split('/').slice(path.startsWith('/api/') ? 3 : 4);
  return parts.length % 2 === 1;
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Of field selectors the form `path=value,…`, which compares texts. */
function hasFields(object: KubeObject, selector: string | null): boolean {
  return (selector ?? '').split(',').every((part) => {
    const [path = '', value] = part.split('=');
    let found: unknown = object;
    for (const key of path.split('.')) found = (found as Record<string, unknown> | undefined)?.[key];
    return part === '' || found === value;
  });
}
