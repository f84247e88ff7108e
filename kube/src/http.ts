import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError, errorOfAnswer, LocalReason } from './api-error.ts';
import type { Scheduler } from './ports.ts';

/** Far above a page of 500 objects, far below what would end the process. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** So often the kernel asks whether the other side is still there, where a connection is idle. */
const TCP_KEEP_ALIVE_MS = 30_000;
/** An idle connection is closed after so long; also when CA or client certificate were replaced and nobody uses it any more. */
const MAX_IDLE_MS = 60_000;
const MAX_IDLE_SOCKETS = 8;

export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly contentType?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Until the whole answer is there; of a stream, until its headers are. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * HTTP to the API server: where it is, TLS, authentication and timeouts. Rejects with ApiError only.
 *
 * Relies on KubeConfig of @kubernetes/client-node 2.0.1, `applyToHTTPSOptions`, which on every call:
 * - reads CA, client certificate and key from their files again, so that a replaced file is used by the next request (sockets are
 *   pooled by them);
 * - sets the header Authorization: from the user's token, its exec plug-in, or in a Pod the token file, which `FileAuth` reads again
 *   once its copy is a minute old: the kubelet replaces that file at 80 % of the token's life, so an old copy is still good;
 * - sets `servername` and `rejectUnauthorized` as the kubeconfig says;
 * - refuses http:// unless skip-tls-verify is set;
 * - sets `agent` to one that it made at the first call and keeps for ever, without keep-alive and with the first CA. It is replaced by
 *   ours, except behind a proxy, which only theirs can pass.
 */
export class KubeHttp {
  readonly #config: KubeConfig;
  readonly #scheduler: Scheduler;
  readonly #base: URL;
  readonly #agent: HttpAgent;
  readonly #userAgent: string;

  /** `userAgent` is what the API server's audit log shows. Throws where the configuration names no server. */
  constructor(config: KubeConfig, scheduler: Scheduler, userAgent: string) {
    this.#userAgent = userAgent;
    const server = config.getCurrentCluster()?.server;
    if (server === undefined || !URL.canParse(server)) {
      throw new ApiError(
        0,
        LocalReason.notConfigured,
        `the Kubernetes configuration names no API server (${server ?? 'no current context'}): ` +
          'set KUBECONFIG, or run in a Pod with a service account',
      );
    }
    this.#config = config;
    this.#scheduler = scheduler;
    this.#base = new URL(server);
    const options = {
      keepAlive: true,
      keepAliveMsecs: TCP_KEEP_ALIVE_MS,
      maxFreeSockets: MAX_IDLE_SOCKETS,
      // Of free sockets only: Node applies it to one in use as an event that nobody listens to.
      timeout: MAX_IDLE_MS,
    };
    this.#agent = this.#base.protocol === 'http:' ? new HttpAgent(options) : new HttpsAgent(options);
  }

  /** The text of a success (2xx). */
  async text(request: HttpRequest): Promise<string> {
    const exchange = new Exchange(this.#scheduler, request);
    try {
      const response = await exchange.open(await this.#options(request), this.#base.protocol);
      const text = await exchange.wholeText(response);
      throwRefusal(request, response, text);
      return text;
    } finally {
      exchange.close();
    }
  }

  /**
   * Hands over the bytes of a success as they come; resolves when the API server has ended its answer, rejects when the connection broke
   * before. `onChunk` may throw, which ends the stream and rejects with that error.
   */
  async stream(request: HttpRequest, onChunk: (chunk: Uint8Array) => void): Promise<void> {
    const exchange = new Exchange(this.#scheduler, request);
    try {
      const response = await exchange.open(await this.#options(request), this.#base.protocol);
      if (response.statusCode !== 200) throwRefusal(request, response, await exchange.wholeText(response));
      exchange.disarm();
      await exchange.chunks(response, onChunk);
    } finally {
      exchange.close();
    }
  }

  /** Closes what is idle; what is under way ends by its signal or timeout. */
  close(): void {
    this.#agent.destroy();
  }

  async #options(request: HttpRequest): Promise<RequestOptions> {
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': this.#userAgent };
    if (request.contentType !== undefined) headers['content-type'] = request.contentType;
    const options: RequestOptions = { headers };
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new ApiError(
        0,
        LocalReason.notConfigured,
        `cannot prepare a request to ${this.#base.origin}: ${messageOf(error)}; ` +
          'check the kubeconfig, or the service account token and CA that are mounted',
        { cause: error },
      );
    }
    const given = (options.headers ?? {}) as Record<string, string>;
    // A file that an editor has touched ends with a newline, which no header may hold.
    if (given.Authorization !== undefined) given.Authorization = given.Authorization.trim();
    if (this.#config.getCurrentCluster()?.proxyUrl === undefined) options.agent = this.#agent;
    options.host = this.#base.hostname.replace(/^\[(.*)\]$/, '$1');
    options.port = this.#base.port || (this.#base.protocol === 'http:' ? 80 : 443);
    options.path = this.#base.pathname.replace(/\/$/, '') + request.path;
    options.method = request.method;
    return options;
  }
}

/** One request and its answer: ends it when its time is over or its caller gives up, and says which of the two it was. */
class Exchange {
  readonly #what: string;
  readonly #request: HttpRequest;
  readonly #cancelTimer: () => void;
  readonly #onAbort = (): void => this.#end(LocalReason.aborted, 'was given up');
  #sent: ClientRequest | undefined;
  #ended: ApiError | undefined;

  constructor(scheduler: Scheduler, request: HttpRequest) {
    this.#what = `${request.method} ${request.path}`;
    this.#request = request;
    this.#cancelTimer = scheduler.after(request.timeoutMs, () =>
      this.#end(LocalReason.timedOut, `had no whole answer within ${request.timeoutMs} ms`),
    );
    if (request.signal?.aborted) this.#onAbort();
    else request.signal?.addEventListener('abort', this.#onAbort);
  }

  open(options: RequestOptions, protocol: string): Promise<IncomingMessage> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const sent = (protocol === 'http:' ? httpRequest : httpsRequest)(options, resolve);
      this.#sent = sent;
      sent.on('error', (error) => reject(this.#failure(error)));
      if (this.#request.body === undefined) {
        sent.end();
        return;
      }
      const body = Buffer.from(JSON.stringify(this.#request.body));
      // By itself Node frames no body of a DELETE: its preconditions would be lost.
      sent.setHeader('content-length', body.length);
      sent.end(body);
    });
  }

  /** Headers came: from now on only the caller ends it. */
  disarm(): void {
    this.#cancelTimer();
  }

  async wholeText(response: IncomingMessage): Promise<string> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    await this.chunks(response, (chunk) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) {
        throw new ApiError(
          0,
          LocalReason.badAnswer,
          `${this.#what}: the answer is longer than ${MAX_ANSWER_BYTES} bytes`,
        );
      }
      parts.push(chunk);
    });
    return Buffer.concat(parts).toString('utf8');
  }

  chunks(response: IncomingMessage, onChunk: (chunk: Uint8Array) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      response.on('data', (chunk: Uint8Array) => {
        try {
          onChunk(chunk);
        } catch (error) {
          reject(error);
          response.destroy();
        }
      });
      response.on('end', resolve);
      response.on('error', (error) => reject(this.#failure(error)));
      // After an error this says nothing new; without one it must not leave the caller waiting for ever.
      response.on('close', () => reject(this.#failure(new Error('the connection closed before its end'))));
    });
  }

  close(): void {
    this.#cancelTimer();
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
  }

  #end(reason: LocalReason, what: string): void {
    this.#ended = new ApiError(0, reason, `${this.#what} ${what}`);
    this.#sent?.destroy(this.#ended);
  }

  #failure(error: Error): ApiError {
    if (this.#ended !== undefined) return this.#ended;
    return new ApiError(0, LocalReason.connectionLost, `${this.#what}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function throwRefusal(request: HttpRequest, response: IncomingMessage, text: string): void {
  const code = response.statusCode ?? 0;
  if (code >= 200 && code < 300) return;
  throw errorOfAnswer(`${request.method} ${request.path}`, code, text, response.headers['retry-after']);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
