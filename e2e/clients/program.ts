import { type ChildProcess, spawn } from 'node:child_process';

/** A client program run by a scenario: its lines, its end. */
export class Program {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #ended: Promise<number | null>;
  #partial = '';
  #wake: (() => void) | undefined;
  #done = false;

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1', ...env },
    });
    const kill = (): boolean => this.#child.kill('SIGKILL');
    process.once('exit', kill);
    const onText = (chunk: Buffer): void => this.#onText(chunk.toString('utf8'));
    this.#child.stdout?.on('data', onText);
    this.#child.stderr?.on('data', onText);
    this.#child.stdin?.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      const done = (code: number | null): void => {
        process.off('exit', kill);
        this.#done = true;
        this.#wake?.();
        resolve(code);
      };
      this.#child.once('close', done);
      this.#child.once('error', () => done(null));
    });
  }

  /** Everything it has printed, standard error included. */
  get output(): string {
    return [...this.#lines, this.#partial].join('\n');
  }

  get ended(): boolean {
    return this.#done;
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Closes its standard input. */
  end(): void {
    this.#child.stdin?.end();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Asks it to end, as a supervisor does. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** The latest line that begins with `prefix`, without it. */
  latest(prefix: string): string | undefined {
    return this.#lines.findLast((line) => line.startsWith(prefix))?.slice(prefix.length);
  }

  /** Resolves with the first line, past or future, that begins with `prefix`, without it. */
  async line(prefix: string, timeoutMs: number): Promise<string> {
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      const found = this.#lines.find((line) => line.startsWith(prefix));
      if (found !== undefined) return found.slice(prefix.length);
      if (this.#done) throw new Error(`the program ended without the line "${prefix}":\n${this.output}`);
      await this.#anyLine(
        deadlineMs - performance.now(),
        `no line "${prefix}" in ${timeoutMs} ms:\n${this.output}`,
      );
    }
  }

  /** Resolves with all output when it ends with 0 in time; rejects with the output otherwise. */
  async success(timeoutMs: number): Promise<string> {
    const code = await this.#code(timeoutMs);
    if (code !== 0) throw new Error(`the program ended with ${code}:\n${this.output}`);
    return this.output;
  }

  /** Resolves with all output when it ends in time with a code that is not 0; rejects with the output otherwise. */
  async failure(timeoutMs: number): Promise<string> {
    const code = await this.#code(timeoutMs);
    if (code === 0 || code === null) throw new Error(`the program ended with ${code}:\n${this.output}`);
    return this.output;
  }

  /** null: it was killed. */
  async #code(timeoutMs: number): Promise<number | null> {
    const deadline = setTimeout(() => this.kill(), timeoutMs);
    const code = await this.#ended;
    clearTimeout(deadline);
    return code;
  }

  #anyLine(timeoutMs: number, complaint: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(complaint)), Math.max(0, timeoutMs));
      this.#wake = () => {
        clearTimeout(deadline);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #onText(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#wake?.();
  }
}
