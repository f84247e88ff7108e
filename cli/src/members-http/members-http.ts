import { once } from 'node:events';
import type { Agent, IncomingMessage } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import { type HttpAddress, httpText } from './http-address.ts';
import { HttpFailure } from './http-failure.ts';

/** Of an answer that is no stream: a list of all connections of a member is long. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;
const MAX_SOCKETS_PER_MEMBER = 8;

/** How members are asked. */
export interface HttpSettings {
  /** The header of that name; undefined: none is sent. */
  readonly authorization: string | undefined;
  readonly tls: SecureContextOptions | undefined;
  /** Nothing is waited for longer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly sentMs: number;
  readonly receivedMs: number;
}

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly authorization?: string | undefined;
}

/** The HTTP of the members. */
export class MembersHttp {
  readonly #settings: HttpSettings;
  readonly #nowMs: () => number;
  readonly #agents = new Map<boolean, Promise<Agent>>();

  constructor(settings: HttpSettings, nowMs: () => number) {
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  get timeoutMs(): number {
    return this.#settings.timeoutMs;
  }

  /** Whether callers are said who they are by a token. */
  get hasAuthorization(): boolean {
    return this.#settings.authorization !== undefined;
  }

  /** @param timeoutMs of the whole answer. Rejects with HttpFailure where there is none, whatever its status. */
  get(address: HttpAddress, path: string, timeoutMs?: number): Promise<HttpReply> {
    return this.#exchange(address, { method: 'GET', path }, timeoutMs);
  }

  /** @param body as JSON */
  post(address: HttpAddress, path: string, body: unknown, timeoutMs?: number): Promise<HttpReply> {
    return this.#exchange(address, { method: 'POST', path, body }, timeoutMs);
  }

  /** An answer whose body is read piece by piece; its head comes in time, or it rejects with HttpFailure. */
  async stream(
    address: HttpAddress,
    path: string,
    authorization?: string,
    timeoutMs = this.timeoutMs,
  ): Promise<IncomingMessage> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const signal = AbortSignal.any([late.signal, this.#settings.signal]);
    try {
      return await this.#head(address, { method: 'GET', path, authorization }, signal);
    } catch (error) {
      throw failureOf(address, error, late.signal.aborted ? timeoutMs : undefined);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const agents = [...this.#agents.values()];
    this.#agents.clear();
    for (const agent of await Promise.all(agents)) agent.destroy();
  }

  async #exchange(address: HttpAddress, asked: Asked, timeoutMs = this.timeoutMs): Promise<HttpReply> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const sentMs = this.#nowMs();
    try {
      const signal = AbortSignal.any([late.signal, this.#settings.signal]);
      const reply = await this.#head(address, asked, signal);
      const receivedMs = this.#nowMs();
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of reply as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MAX_REPLY_BYTES) throw new Error(`more than ${MAX_REPLY_BYTES} bytes came`);
        chunks.push(chunk);
      }
      const { statusCode: status = 0, headers } = reply;
      return { status, headers, text: Buffer.concat(chunks).toString(), sentMs, receivedMs };
    } catch (error) {
      throw failureOf(address, error, late.signal.aborted ? timeoutMs : undefined);
    } finally {
      clearTimeout(timer);
    }
  }

  async #head(address: HttpAddress, asked: Asked, signal: AbortSignal): Promise<IncomingMessage> {
    const { method, path, body } = asked;
    const authorization = asked.authorization ?? this.#settings.authorization;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const options = {
      host: address.host,
      port: address.port,
      method,
      path,
      signal,
      agent: await this.#agentFor(address.isSecure),
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      },
    };
    const { request: begin } = await (address.isSecure ? import('node:https') : import('node:http'));
    const request = begin(options);
    // What comes after the answer has begun is told by the answer itself.
    request.on('error', () => {});
    request.end(text);
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    return reply;
  }

  #agentFor(isSecure: boolean): Promise<Agent> {
    let agent = this.#agents.get(isSecure);
    if (agent === undefined) {
      const options = { keepAlive: true, maxSockets: MAX_SOCKETS_PER_MEMBER };
      // Loaded here: commands that ask no HTTP start without it.
      agent = isSecure
        ? import('node:https').then((https) => new https.Agent({ ...options, ...this.#settings.tls }))
        : import('node:http').then((http) => new http.Agent(options));
      this.#agents.set(isSecure, agent);
    }
    return agent;
  }
}

/** @param lateMs how long was waited for it in vain; undefined: it did not end by that */
function failureOf(address: HttpAddress, error: unknown, lateMs: number | undefined): HttpFailure {
  const at = httpText(address);
  if (lateMs !== undefined) return new HttpFailure(at, `no answer within ${lateMs} ms`, true);
  return new HttpFailure(at, reasonOf(error as NodeJS.ErrnoException, address.isSecure));
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'there is no such host',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  ETIMEDOUT: 'the connection timed out',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'the connection was closed; does it speak TLS? then say https://HOST:PORT, and --ca',
};

function reasonOf(error: NodeJS.ErrnoException, isSecure: boolean): string {
  const code = error.code ?? '';
  if (isSecure && (code === 'EPROTO' || code.startsWith('ERR_SSL')))
    return 'it does not speak TLS; if it is not meant to, say http://HOST:PORT';
  return reasons[code] ?? (error.message === '' ? code : error.message);
}
