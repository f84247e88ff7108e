import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { memberMode } from '../../../testkit/src/systems/four-letter-word.ts';
import type { Scenario } from '../scenario.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ENDPOINTS: readonly Endpoint[] = [2181, 2182, 2183].map((port) => ({ host: '127.0.0.1', port }));
const READY = /three members serve on 127\.0\.0\.1:2181,127\.0\.0\.1:2182,127\.0\.0\.1:2183/;
const STOPPED = /stopped cleanly/;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

export const makeRun: Scenario = {
  name: 'make-run',
  proves:
    'make run starts three members, Ctrl-C stops them cleanly, and their data is there when they are started again',
  against: ['rookery'],
  needs: ['make'],
  run: async (context) => {
    for (const endpoint of ENDPOINTS) {
      assert.equal(
        await memberMode(endpoint, 500),
        undefined,
        `something serves on port ${endpoint.port} already`,
      );
    }
    const first = new Run(context.folder);
    await first.ready();
    const writer = await ClientSession.connect(ENDPOINTS[0]!);
    await writer.create('/kept', Buffer.from('by make run'));
    await writer.close();
    await first.interrupt();
    for (const endpoint of ENDPOINTS) {
      assert.equal(
        await memberMode(endpoint, 500),
        undefined,
        `something still serves on port ${endpoint.port}`,
      );
    }

    const second = new Run(context.folder);
    await second.ready();
    for (const endpoint of ENDPOINTS) {
      const reader = await ClientSession.connect(endpoint);
      await reader.sync('/kept');
      assert.equal((await reader.get('/kept')).data.toString(), 'by make run');
      await reader.close();
    }
    await second.interrupt();
    return 'started, interrupted, started again with its data, interrupted';
  },
};

/** `make run` as in a terminal: a process group of its own, all of which gets Ctrl-C. What is installed is not touched. */
class Run {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';

  constructor(dataFolder: string) {
    this.#child = spawn('make', ['-C', root, '-o', 'setup', 'run'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ROOKERY_DATA: dataFolder },
      detached: true,
    });
    const onText = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8');
    };
    this.#child.stdout?.on('data', onText);
    this.#child.stderr?.on('data', onText);
    // Interrupted rather than killed: its members run in groups of their own, and only it can stop them.
    const interrupt = (): void => this.#signal();
    process.once('exit', interrupt);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => {
        process.off('exit', interrupt);
        resolve();
      });
    });
  }

  async ready(): Promise<void> {
    await this.#until(READY, READY_TIMEOUT_MS);
  }

  async interrupt(): Promise<void> {
    this.#signal();
    await this.#until(STOPPED, STOP_TIMEOUT_MS);
    await this.#ended;
  }

  #signal(): void {
    const { pid } = this.#child;
    if (pid !== undefined && this.#child.exitCode === null) process.kill(-pid, 'SIGINT');
  }

  async #until(pattern: RegExp, timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (!pattern.test(this.#output)) {
      if (performance.now() > deadlineMs) {
        this.#signal();
        throw new Error(`${pattern} was not printed in ${timeoutMs} ms:\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
