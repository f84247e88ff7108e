import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

export interface DaemonOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 100;

/** None may outlive the process that started it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
});

/** A process of a program's, with all that it starts in turn; it can be killed and started again. */
export class Daemon {
  readonly name: string;
  readonly logFile: string;
  readonly #command: readonly [string, ...string[]];
  readonly #options: DaemonOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #isAsked = false;
  #crash: string | undefined;
  /** How long its log was when it was started last, in bytes. */
  #logged = 0;

  constructor(
    name: string,
    logFile: string,
    command: readonly [string, ...string[]],
    options: DaemonOptions = {},
  ) {
    this.name = name;
    this.logFile = logFile;
    this.#command = command;
    this.#options = options;
  }

  get alive(): boolean {
    return this.#child !== undefined;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How it first ended where nobody had asked it to, and not with 0: in one line. */
  get crash(): string | undefined {
    return this.#crash;
  }

  /** Its log of all its lives is one file. */
  start(): this {
    if (this.#child !== undefined) throw new Error(`${this.name} runs already`);
    const [file, ...args] = this.#command;
    const { env, cwd } = this.#options;
    const log = openSync(this.logFile, 'a');
    this.#logged = fstatSync(log).size;
    this.#isAsked = false;
    // A group of its own: scripts that start others end with them.
    const child = spawn(file, args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
      cwd,
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    running.add(child);
    this.#exited = new Promise((resolve) => {
      const gone = (how: string): void => {
        if (!this.#isAsked && how !== '0')
          this.#crash ??= `${this.name} ended by itself: ${how}; its log: ${this.logFile}`;
        // What it started and left behind.
        signalGroup(child, 'SIGKILL');
        running.delete(child);
        if (this.#child === child) this.#child = undefined;
        resolve();
      };
      child.once('exit', (code, signal) => gone(String(signal ?? code)));
      child.once('error', ({ message }) => gone(message));
    });
    return this;
  }

  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Resolves once its log has it, of the life that it was started for last; rejects where it ends before, or after `timeoutMs`. */
  async says(words: RegExp, timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (!words.test(readFileSync(this.logFile).toString('utf8', this.#logged))) {
      if (!this.alive)
        throw new Error(`${this.name} ended without saying ${words}; its log: ${this.logFile}`);
      if (performance.now() > deadlineMs)
        throw new Error(`${this.name} did not say ${words} in ${timeoutMs} ms; its log: ${this.logFile}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async kill(): Promise<void> {
    this.#isAsked = true;
    if (this.#child !== undefined) signalGroup(this.#child, 'SIGKILL');
    await this.#exited;
  }

  /** SIGTERM to it alone; after 15 s it is killed with all that it started. */
  async stop(): Promise<void> {
    this.#isAsked = true;
    this.#child?.kill('SIGTERM');
    const deadline = setTimeout(() => this.#child && signalGroup(this.#child, 'SIGKILL'), STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(deadline);
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of them have ended.
  }
}
