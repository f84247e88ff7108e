import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MemberAnswer } from '../../src/model/observed.ts';

export interface MemberRequest {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

/** One member's HTTP on a socket of the loopback: answers /admin/members to who has the token. */
export class FakeMember {
  answer: MemberAnswer | undefined;
  /** Sent as it is, in the place of the answer. */
  raw: { readonly status: number; readonly text: string; readonly location?: string } | undefined;
  /** Those that it takes; none: whatever comes. */
  tokens: readonly string[] = [];
  hangs = false;
  /** What it does when it is told something, and answers; undefined: the connection breaks instead of an answer. */
  command:
    | ((request: MemberRequest) => { readonly status: number; readonly text: string } | undefined)
    | undefined;
  asked = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked++;
      if (this.hangs) return;
      const { authorization } = request.headers;
      const allowed =
        this.tokens.length === 0 || this.tokens.some((token) => authorization === `Bearer ${token}`);
      if (allowed && this.command !== undefined && request.url !== '/admin/members') {
        this.#told(request, response, this.command);
        return;
      }
      const { status, text, location } = this.raw ?? {
        status: allowed ? 200 : 401,
        text: this.#text(),
      };
      response.writeHead(status, location === undefined ? {} : { location });
      response.end(text);
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** host:port */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #told(
    request: IncomingMessage,
    response: ServerResponse,
    command: NonNullable<FakeMember['command']>,
  ): void {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const { method = '', url = '' } = request;
      const answer = command({ method, url, body: body === '' ? undefined : (JSON.parse(body) as unknown) });
      if (answer === undefined) response.destroy();
      else response.writeHead(answer.status).end(answer.text);
    });
  }

  #text(): string {
    if (this.answer === undefined) return '{}';
    const { members, version, ...self } = this.answer;
    const adminTokens = this.tokens.map((token) =>
      createHash('sha256').update(token).digest('hex').slice(0, 16),
    );
    return JSON.stringify({ version, self: { ...self, adminTokens }, members, metrics: {} });
  }
}
