import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Endpoint } from '../endpoint.ts';
import { memberMode } from './four-letter-word.ts';
import { processorSeconds, type ResidentBytes, residentBytes } from './process-figures.ts';
import type { MemberCommand, System } from './system.ts';

export interface MemberPlan {
  readonly serverId: number;
  /** Speaks without TLS; answers four-letter words. */
  readonly endpoint: Endpoint;
  /** Speaks TLS alone. */
  readonly secureEndpoint?: Endpoint;
  readonly adminPort: number;
  readonly folder: string;
  readonly config: string;
  readonly logFile: string;
  readonly jaasFile?: string;
  readonly jvmFlags?: readonly string[];
  readonly profileFolder?: string;
  /** What runs the member's command; its process has to become the member's. */
  readonly around?: (command: MemberCommand) => MemberCommand;
}

export interface MemberExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** No member may outlive the process that started it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const POLL_MS = 20;
const STOP_TIMEOUT_MS = 20_000;

/** One server process of an ensemble; it can be started and killed again and again on the same data. */
export class Member {
  readonly plan: MemberPlan;
  readonly #system: System;
  #child: ChildProcess | undefined;
  #exited: Promise<MemberExit> = Promise.resolve({ code: null, signal: null });

  constructor(system: System, plan: MemberPlan) {
    this.#system = system;
    this.plan = plan;
  }

  get serverId(): number {
    return this.plan.serverId;
  }

  get endpoint(): Endpoint {
    return this.plan.endpoint;
  }

  /** Where clients connect: by TLS where it is spoken. */
  get clientEndpoint(): Endpoint {
    return this.plan.secureEndpoint ?? this.plan.endpoint;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the process that runs now has ended, however that came. */
  get exited(): Promise<MemberExit> {
    return this.#exited;
  }

  get alive(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    if (this.#child !== undefined) throw new Error(`member ${this.serverId} runs already`);
    const { logFile, around } = this.plan;
    const bare = this.#system.memberCommand(this.plan);
    const { command, args, env } = around === undefined ? bare : around(bare);
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
      cwd: this.plan.folder,
    });
    closeSync(log);
    this.#child = child;
    running.add(child);
    this.#exited = new Promise((resolve) => {
      const gone = (code: number | null, signal: NodeJS.Signals | null): void => {
        running.delete(child);
        if (this.#child === child) this.#child = undefined;
        resolve({ code, signal });
      };
      child.once('exit', gone);
      child.once('error', () => gone(null, null));
    });
  }

  /** Sends a signal without waiting; does nothing to a member that is gone. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exited;
  }

  /** Asks the member to end (SIGTERM); one that does not within 20 s is killed and reported by its signal. */
  async stop(): Promise<MemberExit> {
    if (this.#child === undefined) return this.#exited;
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const deadline = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS);
    const exit = await this.#exited;
    clearTimeout(deadline);
    return exit;
  }

  /** See `memberMode`. */
  mode(timeoutMs?: number): Promise<string | undefined> {
    return memberMode(this.endpoint, timeoutMs);
  }

  /** Resolves with its mode once the member serves clients; rejects when it ends or takes too long. */
  async serving(timeoutMs: number): Promise<string> {
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs) {
      if (!this.alive) throw new Error(`member ${this.serverId} ended; its log: ${this.plan.logFile}`);
      const mode = await this.mode();
      if (mode !== undefined) return mode;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(
      `member ${this.serverId} serves nobody after ${timeoutMs} ms; its log: ${this.plan.logFile}`,
    );
  }

  residentBytes(): ResidentBytes {
    return this.pid === undefined ? { now: 0, peak: 0 } : residentBytes(this.pid);
  }

  processorSeconds(): number {
    return this.pid === undefined ? 0 : processorSeconds(this.pid);
  }
}
