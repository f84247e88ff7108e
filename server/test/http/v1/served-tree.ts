import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { type Bounds, boundsOf } from '../../../src/bounds/bounds.ts';
import type { Config, HttpConfig } from '../../../src/config/config.ts';
import type { ProofGuard } from '../../../src/failed-proofs/proof-guard.ts';
import { AdminToken } from '../../../src/http/admin-token.ts';
import { type RunningHttp, startHttp } from '../../../src/http/start-http.ts';
import type { BearerTokens } from '../../../src/http/v1/bearer-tokens.ts';
import type { AclJson, StatJson } from '../../../src/http/v1/node-shapes.ts';
import { TestEnsemble, type TestMember } from '../../connections/ensemble.ts';
import { FakeMember } from '../fake-member.ts';
import { HTTP } from '../http-config.ts';

/** A member's HTTP whose callers prove themselves to the member. */
class ProvedTo extends FakeMember {
  override readonly proofs: ProofGuard;

  constructor(proofs: ProofGuard) {
    super();
    this.proofs = proofs;
  }
}

interface AnsweredJson {
  readonly path: string;
  readonly value: string;
  readonly text: string;
  readonly stat: StatJson;
  readonly children: readonly { readonly name: string; readonly stat?: StatJson | null }[];
  readonly next: string | null;
  readonly acl: readonly AclJson[];
  readonly results: readonly { readonly do: string; readonly path: string; readonly stat?: StatJson }[];
  readonly code: string;
  readonly message: string;
  readonly retry: string;
  readonly step: number;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** As if it had all that any answer has; undefined where it is no JSON. */
  readonly json: AnsweredJson;
  readonly text: string;
}

/** Where the tree is served, and what is asked there. */
export interface ServedAt {
  readonly prefix: '/v1' | '/window' | '/window/v1';
  /** Of HTTP: at /v1 it serves programs. */
  readonly config?: Partial<HttpConfig>;
  readonly token?: string;
  readonly bearers?: BearerTokens;
}

const FOR_PROGRAMS: ServedAt = { prefix: '/v1', config: { v1: true } };

/** Members with real sockets, and HTTP for programs, or for the window, at each. */
export class ServedTree implements AsyncDisposable {
  readonly ensemble: TestEnsemble;
  readonly log = new KeptLog();
  readonly #https = new Map<TestMember, RunningHttp>();
  readonly #at: ServedAt;

  constructor(ensemble: TestEnsemble, at: ServedAt = FOR_PROGRAMS) {
    this.ensemble = ensemble;
    this.#at = at;
  }

  static async start(
    count = 1,
    changes: Partial<Config> = {},
    bounds: Partial<Bounds> = {},
    at: ServedAt = FOR_PROGRAMS,
  ): Promise<ServedTree> {
    return ServedTree.over(await TestEnsemble.start(count, changes, bounds), bounds, at);
  }

  /** At each member of an ensemble that serves. */
  static async over(
    ensemble: TestEnsemble,
    bounds: Partial<Bounds> = {},
    at: ServedAt = FOR_PROGRAMS,
  ): Promise<ServedTree> {
    const tree = new ServedTree(ensemble, at);
    for (const member of ensemble.members) await tree.#open(member, bounds);
    return tree;
  }

  async #open(of: TestMember, bounds: Partial<Bounds>): Promise<void> {
    const { member } = of;
    const { clients } = member;
    const http = await startHttp({
      member: new ProvedTo(member.proofs),
      config: { ...HTTP, ...this.#at.config },
      token: this.#at.token === undefined ? undefined : new AdminToken([this.#at.token]),
      bounds: { connections: 200, connectionsPerAddress: 200 },
      programs: {
        bounds: { ...boundsOf(member.config), ...bounds },
        hosts: new Set(['zoo1.example']),
        bearers: this.#at.bearers,
        isServing: () => clients.serving || clients.isReadOnly,
        accept: (socket) => member.accept(socket),
      },
      log: this.log,
      fatal: (error) => this.log.error({ err: error }, 'fatal'),
    });
    this.#https.set(of, http!);
  }

  url(member: TestMember = this.ensemble.leader): string {
    return `http://127.0.0.1:${this.#https.get(member)!.port}${this.#at.prefix}`;
  }

  /** `path`: behind the prefix. */
  async ask(path: string, init: RequestInit = {}, member?: TestMember): Promise<Answered> {
    const response = await fetch(this.url(member) + path, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: (isJson ? JSON.parse(text) : undefined) as AnsweredJson,
    };
  }

  put(path: string, body?: string, headers: Record<string, string> = {}): Promise<Answered> {
    return this.ask(path, { method: 'PUT', headers, ...(body === undefined ? {} : { body }) });
  }

  putJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    return this.put(path, JSON.stringify(body), { ...headers, 'content-type': 'application/json' });
  }

  remove(path: string, headers: Record<string, string> = {}): Promise<Answered> {
    return this.ask(path, { method: 'DELETE', headers });
  }

  transact(steps: readonly unknown[], headers: Record<string, string> = {}): Promise<Answered> {
    return this.ask('/transactions', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ steps }),
    });
  }

  async stop(): Promise<void> {
    for (const http of this.#https.values()) await http.close();
    await this.ensemble.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

export function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
