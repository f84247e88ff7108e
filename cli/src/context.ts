import { addAbortSignal, type Writable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import type { Client } from '@rookery/client';
import {
  type ConnectionSettings,
  clientTlsOf,
  connectTo,
  hasChroot,
  serversOf,
  tlsOf,
} from './connection.ts';
import { ExitCode } from './exit-codes.ts';
import { parseLocation } from './location.ts';
import { authorizationOf } from './members-http/authorization.ts';
import { MembersHttp } from './members-http/members-http.ts';
import { type Colours, coloursOf } from './output/colours.ts';
import type { Out } from './output/out.ts';
import { Progress } from './output/progress.ts';
import type { Input, Output, Surroundings } from './surroundings.ts';
import { readValue } from './values.ts';

/** What every command may be told. */
export interface CommonSettings extends ConnectionSettings {
  readonly json?: boolean;
  /** Where the members' HTTP is. */
  readonly admin?: string;
  readonly adminTokenFile?: string;
}

/** Whoever looks at an ensemble waits no longer for one of its members. */
const HTTP_TIMEOUT_MS = 1_000;

/** A node, and the client that reaches it. */
export interface Place {
  readonly client: Client;
  readonly path: string;
  readonly servers: string;
  /** Whether a path is the servers' own, which is neither copied nor removed: /zookeeper, unless a chroot hides it. */
  readonly isServersOwn: (path: string) => boolean;
}

/** What a command works with: where it reads and writes, and whom it asks. */
export class Context {
  readonly out: Out;
  readonly colours: Colours;
  readonly progress: Progress;
  /** Whether programs read what is written to `out`. */
  readonly json: boolean;
  readonly isTerminal: boolean;
  /** Aborted when the command is to end: by Ctrl-C, or because nobody reads what it writes. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Runs another command, in these surroundings but for what is changed of them. */
  readonly runAgain: (changed: Partial<Surroundings>) => Promise<ExitCode>;
  readonly #surroundings: Surroundings;
  readonly #settings: CommonSettings;
  readonly #clients = new Map<string, Promise<Client>>();
  #http: MembersHttp | undefined;
  #unreadable = 0;

  constructor(
    surroundings: Surroundings,
    settings: CommonSettings,
    out: Out,
    signal: AbortSignal,
    runAgain: (changed: Partial<Surroundings>) => Promise<ExitCode>,
  ) {
    const { stdout, stderr, env } = surroundings;
    this.runAgain = runAgain;
    this.#surroundings = surroundings;
    this.#settings = settings;
    this.out = out;
    this.signal = signal;
    this.nowMs = surroundings.nowMs;
    this.json = settings.json === true;
    this.isTerminal = stdout.isTTY === true;
    this.colours = coloursOf(this.isTerminal && !env.NO_COLOR);
    const terminal: Writable | undefined = stderr.isTTY === true ? stderr : undefined;
    this.progress = new Progress(terminal, surroundings.nowMs);
  }

  /** Connects to whoever has the node that `text` names, as the command line says: one connection for each ensemble. */
  async at(text: string, settings: ConnectionSettings = this.#settings): Promise<Place> {
    const location = parseLocation(text);
    const servers = location.servers ?? serversOf(settings, this.#surroundings.env);
    let client = this.#clients.get(servers);
    if (client === undefined) {
      client = this.#connected(servers, settings);
      this.#clients.set(servers, client);
    }
    const isServersOwn = hasChroot(servers) ? () => false : (path: string) => path === '/zookeeper';
    return { client: await client, path: location.path, servers, isServersOwn };
  }

  /** The member that is reached may be behind the one that the command before this one has written to: what is read comes after all of that. */
  async #connected(servers: string, settings: ConnectionSettings): Promise<Client> {
    const client = await connectTo(servers, settings, this.#surroundings, this.signal);
    // Nobody waits for it: what is asked for next is answered behind it, or fails as it does.
    client.sync('/').catch(() => undefined);
    return client;
  }

  /** So many connections more, each with a session of its own, to whoever has the node that `text` names. */
  async connectMany(text: string, count: number): Promise<readonly Client[]> {
    const { servers: said } = parseLocation(text);
    const servers = said ?? serversOf(this.#settings, this.#surroundings.env);
    const connections = Array.from({ length: count }, (_, i) => {
      const client = this.#connected(servers, this.#settings);
      this.#clients.set(`${servers} ${i}`, client);
      return client;
    });
    return Promise.all(connections);
  }

  get settings(): CommonSettings {
    return this.#settings;
  }

  get env(): Surroundings['env'] {
    return this.#surroundings.env;
  }

  /** What is shown and trusted where clients connect by TLS; undefined: they do not. */
  get clientTls(): ConnectionOptions | undefined {
    return clientTlsOf(serversOf(this.#settings, this.env), this.#settings, this.env);
  }

  /** The HTTP of the members. Throws UsageError where the settings name files that cannot be read. */
  get http(): MembersHttp {
    const { adminTokenFile, timeoutMs = HTTP_TIMEOUT_MS } = this.#settings;
    this.#http ??= new MembersHttp(
      {
        authorization: authorizationOf(adminTokenFile, this.env),
        tls: tlsOf(this.#settings),
        timeoutMs,
        signal: this.signal,
      },
      this.nowMs,
    );
    return this.#http;
  }

  /** Something that people are to know, which is not the result. */
  note(text: string): void {
    this.progress.clear();
    this.#surroundings.stderr.write(`rookery: ${text}\n`);
  }

  jsonLine(value: unknown): Promise<void> | undefined {
    return this.out.line(JSON.stringify(value));
  }

  /** Says so of a node that may not be read, and remembers it for the exit code. */
  readonly unreadable = (path: string): void => {
    this.#unreadable++;
    this.note(`${path}: left out, the access list does not let you read it; prove who you are by --user`);
  };

  /** What a search ends with. */
  exitCodeOf(found: boolean): ExitCode {
    if (this.#unreadable > 0) return ExitCode.refused;
    return found ? ExitCode.ok : ExitCode.no;
  }

  /** Where notes go. */
  get stderr(): Output {
    return this.#surroundings.stderr;
  }

  get stdin(): Input {
    return addAbortSignal(this.signal, this.#surroundings.stdin());
  }

  readValue(text: string): Promise<string | Buffer> {
    return readValue(text, () => this.stdin);
  }

  /** Whether whoever sits at the terminal says yes; undefined where nobody does. */
  async confirms(question: string): Promise<boolean | undefined> {
    const { stderr } = this.#surroundings;
    if (stderr.isTTY !== true || this.#surroundings.stdin().isTTY !== true) return undefined;
    this.progress.clear();
    stderr.write(`${question} [y/N] `);
    let answer = '';
    for await (const chunk of this.stdin) {
      answer += String(chunk);
      if (answer.includes('\n')) break;
    }
    return /^\s*y(es)?\s*$/i.test(answer.split('\n')[0] ?? '');
  }

  /** Ends all sessions. What waits for an answer fails. */
  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await this.#http?.close();
    await Promise.allSettled(clients.map(async (client) => (await client).close()));
  }
}
