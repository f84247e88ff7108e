import { PassThrough, Writable } from 'node:stream';
import type { Client } from '@rookery/client';
import { TestServer, type TestServerOptions } from '@rookery/client/testing';
import { run } from '../src/run.ts';
import type { Input, Output } from '../src/surroundings.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What comes from stdin, which ends behind it. */
  readonly stdin?: string | Buffer;
  /** Whether somebody sits at a terminal. */
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
  readonly stdout?: Output;
}

/** The time of day of every run. */
export const NOW_MS = Date.UTC(2026, 0, 1, 1);

class Gathered extends Writable {
  readonly #chunks: Buffer[] = [];
  readonly isTTY: boolean;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** The command, run in this process against servers in this process: one that is the default, and one that is called `other:2181`. */
export class Shell implements AsyncDisposable {
  readonly #servers: Readonly<Record<string, TestServer>>;
  /** Clients that look at what was done: of the default, and of the other one. */
  readonly zk: Client;
  readonly other: Client;
  /** The bytes that the last run wrote to stdout. */
  bytes: Buffer = Buffer.alloc(0);

  constructor(servers: Readonly<Record<string, TestServer>>, zk: Client, other: Client) {
    this.#servers = servers;
    this.zk = zk;
    this.other = other;
  }

  static async open(options: TestServerOptions = {}): Promise<Shell> {
    const [mine, other] = await Promise.all([TestServer.start(options), TestServer.start(options)]);
    const servers = { '127.0.0.1:2181': mine, 'other:2181': other };
    return new Shell(servers, await mine.connect(), await other.connect());
  }

  get server(): TestServer {
    return this.#servers['127.0.0.1:2181']!;
  }

  run(...argv: string[]): Promise<Ran> {
    return this.runWith({}, ...argv);
  }

  async runWith(options: RunOptions, ...argv: string[]): Promise<Ran> {
    const stdout = new Gathered(options.terminal === true);
    const stderr = new Gathered(options.terminal === true);
    const stdin: Input = Object.assign(new PassThrough(), { isTTY: options.terminal === true });
    stdin.on('error', () => {});
    (stdin as unknown as PassThrough).end(options.stdin ?? '');
    const code = await run({
      argv,
      env: options.env ?? {},
      stdin: () => stdin,
      stdout: options.stdout ?? stdout,
      stderr,
      signal: options.signal ?? new AbortController().signal,
      nowMs: () => NOW_MS,
      connect: (servers, settings) => {
        const slash = servers.indexOf('/');
        const hosts = slash < 0 ? servers : servers.slice(0, slash);
        const server = this.#servers[hosts];
        if (server === undefined) return Promise.reject(new RangeError(`nobody is called ${hosts}`));
        return server.connect({ ...settings, chroot: slash < 0 ? '' : servers.slice(slash) });
      },
    });
    this.bytes = stdout.bytes;
    return { code, out: stdout.bytes.toString(), err: stderr.bytes.toString() };
  }

  /** The objects that a run with --json prints. */
  async json(...argv: string[]): Promise<Record<string, unknown>[]> {
    const { out } = await this.run(...argv, '--json');
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.#servers).map((server) => server.stop()));
  }
}

/** Makes the nodes with these values, parents first. */
export async function plant(zk: Client, values: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all(Object.entries(values).map(([path, value]) => zk.create(path, value)));
}
