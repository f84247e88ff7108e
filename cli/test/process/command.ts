import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/rookery', import.meta.url));

/** Of a stdin: nothing comes, and it does not end. */
export const OPEN = Symbol('open');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command as a process of its own, as its users start it. */
export class Command {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #out = '';
  #err = '';

  constructor(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    stdin: string | typeof OPEN = '',
  ) {
    const child = spawn(LAUNCHER, argv, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#err += chunk.toString();
    });
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    child.stdin.on('error', () => {});
    if (stdin !== OPEN) child.stdin.end(stdin);
  }

  /** To a stdin that is open. */
  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** The next line of stdout. */
  async line(): Promise<string> {
    return (await this.#lines.next()).value as string;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async ended(): Promise<Ended> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return { code: this.#child.exitCode, out: this.#out, err: this.#err };
  }
}

/** A line of the shell, in which `rookery` is the command. */
export async function shellLine(line: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn('bash', ['-c', `set -o pipefail; rookery() { '${LAUNCHER}' "$@"; }; ${line}`], {
    env: { ...process.env, ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
