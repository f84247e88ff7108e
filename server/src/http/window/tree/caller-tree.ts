import type { Client, NodeStat, Step } from '@rookery/client';
import { ExistsCall } from '@rookery/client/world';
import type { ChildrenPage } from '@rookery/protocol';
import type { FastifyReply } from 'fastify';
import type { Asker } from '../../v1/asker.ts';
import { ChildrenPageCall } from '../../v1/children-page-call.ts';
import { ProgramsError } from '../../v1/errors.ts';

type Called = 'get' | 'getAcl' | 'create' | 'set' | 'setAcl' | 'delete' | 'transaction';

/** So many children in a page of a walk. */
const PAGE_CHILDREN = 500;
/** Of a step, and of an entry of an access list, besides their texts and values. */
const STEP_BYTES = 64;
const ACL_ENTRY_BYTES = 16;

/** The tree as the caller of a request may see and change it, for work that lasts: once the caller is gone each call fails. */
export class CallerTree implements Pick<Client, Called | 'exists'> {
  readonly #asker: Asker;
  readonly #gone = new AbortController();

  /** The answer to which it belongs. */
  constructor(asker: Asker, reply: FastifyReply) {
    this.#asker = asker;
    reply.raw.once('close', () => this.#gone.abort(new Error('the caller is gone')));
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Of a transaction: far below what the member takes as one request, whatever it takes. */
  get transactionBytes(): number {
    return this.#asker.bounds.requestBytes / 4;
  }

  page(path: string, cursor: Uint8Array | undefined): Promise<ChildrenPage> {
    const limit = Math.min(PAGE_CHILDREN, this.#asker.bounds.httpPageChildren);
    const call = new ChildrenPageCall(path, { limit, withStats: true, cursor });
    return this.#asker.lease.sessions.submit(call, { signal: this.signal });
  }

  /** Before the answer begins: whoever has to prove something first is told so by its status. Rejects with NO_NODE where there is none. */
  async stat(path: string): Promise<NodeStat> {
    const stat = await this.#asker.ask(new ExistsCall(path, path));
    if (stat === undefined) throw new ProgramsError('NO_NODE', 'there is no such node', path);
    return stat;
  }

  exists(path: string): ReturnType<Client['exists']> {
    return this.#client.exists(path, { signal: this.signal });
  }

  get(path: string): ReturnType<Client['get']> {
    return this.#client.get(path, { signal: this.signal });
  }

  getAcl(path: string): ReturnType<Client['getAcl']> {
    return this.#client.getAcl(path, { signal: this.signal });
  }

  async create(...[path, value = '', options]: Parameters<Client['create']>): ReturnType<Client['create']> {
    this.#checkLength([{ do: 'create', path, data: value, acl: options?.acl }]);
    return this.#client.create(path, value, { ...options, signal: this.signal });
  }

  async set(...[path, value, options]: Parameters<Client['set']>): ReturnType<Client['set']> {
    this.#checkLength([{ do: 'set', path, data: value }]);
    return this.#client.set(path, value, { ...options, signal: this.signal });
  }

  setAcl(...[path, acl, options]: Parameters<Client['setAcl']>): ReturnType<Client['setAcl']> {
    return this.#client.setAcl(path, acl, { ...options, signal: this.signal });
  }

  delete(path: string): ReturnType<Client['delete']> {
    return this.#client.delete(path, { signal: this.signal });
  }

  async transaction(steps: readonly Step[]): ReturnType<Client['transaction']> {
    this.#checkLength(steps);
    return this.#client.transaction(steps, { signal: this.signal });
  }

  get #client(): Client {
    return this.#asker.lease.client;
  }

  /** The member would end the connection of whoever sends more. */
  #checkLength(steps: readonly Step[]): void {
    const bytes = steps.reduce((sum, step) => sum + bytesOf(step), 0);
    const { requestBytes } = this.#asker.bounds;
    if (bytes <= requestBytes) return;
    const why = `it comes to a request of ${bytes} bytes, and client.maxFrameBytes is ${requestBytes}`;
    throw new ProgramsError('TOO_LARGE', why, steps[0]?.path);
  }
}

function bytesOf(step: Step): number {
  const data = 'data' in step && step.data !== undefined ? Buffer.byteLength(step.data) : 0;
  const acl = ('acl' in step ? step.acl : undefined) ?? [];
  const entries = acl.reduce(
    (sum, { scheme, id }) => sum + ACL_ENTRY_BYTES + textBytes(scheme) + textBytes(id),
    0,
  );
  return STEP_BYTES + textBytes(step.path) + data + entries;
}

function textBytes(text: string): number {
  return Buffer.byteLength(text);
}
