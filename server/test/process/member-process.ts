import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/rookery-server', import.meta.url));

export interface LogEntry {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** What GET /admin/members answers, as far as these tests look. */
export interface MembersAnswer {
  readonly self: {
    readonly serverId: number;
    readonly raftId: number;
    readonly role: string;
    readonly ready: boolean;
    readonly clusterId: string;
    readonly reason: string;
    readonly leader?: number;
    readonly recovery: number;
    readonly lastLogIndex: number;
    readonly lastLogTerm: number;
    readonly checkpoints: readonly { readonly index: number; readonly digest: string }[];
  };
  readonly members: readonly {
    readonly serverId: number;
    readonly raftId: number;
    readonly role: string;
    readonly lagEntries?: number;
  }[];
}

/** One member as a process of its own: the launcher, a zoo.cfg, its myid, a data folder. */
export class MemberProcess {
  readonly serverId: number;
  readonly clientPort: number;
  readonly log: LogEntry[] = [];
  /** The same as it came, of all its lives. */
  output = '';
  /** What starts it. */
  program: readonly string[] = [LAUNCHER];
  /** Variables that it is started with, besides this process's own. */
  environment: Readonly<Record<string, string>> = {};
  /** How many file descriptors it may have; undefined: as many as this process. */
  descriptors: number | undefined;
  /** Lines on stderr. */
  stderr = '';
  readonly #folder: string;
  readonly #settings: readonly string[];
  #child: ChildProcess | undefined;
  #exit: Promise<unknown[]> | undefined;
  #watchers: (() => void)[] = [];

  /** `settings`: lines of zoo.cfg besides dataDir and the ports. The folder is made; `myid` is what the member is told it is. */
  constructor(folder: string, serverId: number, clientPort: number, settings: readonly string[]) {
    this.#folder = folder;
    this.serverId = serverId;
    this.clientPort = clientPort;
    this.#settings = settings;
  }

  get data(): string {
    return join(this.#folder, 'data');
  }

  /** Starts and does not wait; `until` does. */
  start(): this {
    this.log.length = 0;
    this.stderr = '';
    mkdirSync(this.data, { recursive: true });
    writeFileSync(join(this.data, 'myid'), `${this.serverId}\n`);
    const lines = [
      `dataDir=${this.data}`,
      `clientPort=${this.clientPort}`,
      'clientPortAddress=127.0.0.1',
      'admin.serverPort=0',
      ...this.#settings,
    ];
    writeFileSync(join(this.#folder, 'zoo.cfg'), `${lines.join('\n')}\n`);
    const command = [...this.program, 'zoo.cfg'];
    if (this.descriptors !== undefined)
      command.unshift('sh', '-c', `ulimit -n ${this.descriptors}; exec "$0" "$@"`);
    const child = spawn(command[0]!, command.slice(1), {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.environment },
    });
    this.#child = child;
    this.#exit = once(child, 'exit');
    child.once('exit', () => this.#changed());
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    createInterface(child.stdout).on('line', (line) => {
      this.output += `${line}\n`;
      this.log.push(JSON.parse(line) as LogEntry);
      this.#changed();
    });
    return this;
  }

  /** The first line of the log whose message contains `text`, and whose fields have these values. */
  async until(text: string, fields: Readonly<Record<string, unknown>> = {}): Promise<LogEntry> {
    const wanted = Object.entries(fields);
    for (;;) {
      const found = this.log.find(
        (entry) => entry.msg.includes(text) && wanted.every(([name, value]) => entry[name] === value),
      );
      if (found !== undefined) return found;
      if (this.#child?.exitCode !== null || this.#child?.signalCode !== null) {
        throw new Error(`member ${this.serverId} ended without saying "${text}": ${this.#said()}`);
      }
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  serving(): Promise<LogEntry> {
    return this.until('serving clients');
  }

  /** Exit code and signal. */
  async exited(): Promise<readonly [number | null, NodeJS.Signals | null]> {
    const [code, signal] = (await this.#exit) as [number | null, NodeJS.Signals | null];
    return [code, signal];
  }

  /** Does not wait for what comes of it. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  kill(signal: NodeJS.Signals): Promise<readonly [number | null, NodeJS.Signals | null]> {
    this.#child?.kill(signal);
    return this.exited();
  }

  /** Runs `rookery-server force-new-cluster` with its zoo.cfg. */
  async force(): Promise<{ readonly code: number | null; readonly out: string }> {
    const child = spawn(LAUNCHER, ['force-new-cluster', 'zoo.cfg'], { cwd: this.#folder });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out };
  }

  /** Runs `rookery-server drain` (or `undrain`) beside it, with the port that it has its HTTP on. Returns the exit code. */
  async drain(command: 'drain' | 'undrain' = 'drain'): Promise<number | null> {
    const { port } = new URL(await this.url());
    const child = spawn(LAUNCHER, [command], {
      stdio: 'ignore',
      env: { ...process.env, ...this.environment, ROOKERY_HTTP_PORT: port },
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  }

  /** The process that runs. */
  get pid(): number {
    return this.#child!.pid!;
  }

  /** Where it answers HTTP. */
  async url(): Promise<string> {
    return String((await this.until('HTTP listening')).url);
  }

  wipe(): void {
    rmSync(this.data, { recursive: true });
  }

  async members(): Promise<MembersAnswer> {
    const response = await fetch(`${await this.url()}admin/members`);
    if (response.status !== 200) throw new Error(`HTTP ${response.status} from member ${this.serverId}`);
    return (await response.json()) as MembersAnswer;
  }

  /** Ends what still runs. */
  cleanUp(): void {
    this.#child?.kill('SIGKILL');
  }

  #said(): string {
    return `${this.log.map(({ msg }) => msg).join(' | ')} ${this.stderr}`;
  }

  #changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}
