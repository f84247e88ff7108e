/** Other programs, run to their end. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface CommandOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the command reads; nothing without it. */
  readonly input?: string | Readable;
}

/** Lines of a failed command's output that its error repeats. */
const MAX_ERROR_LINES = 30;

/** A command that did not end with exit 0; the message holds the command and the end of what it printed. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: number | null;

  constructor(command: readonly string[], exitCode: number | null, output: string) {
    const lines = output.trimEnd().split('\n').slice(-MAX_ERROR_LINES).join('\n  ');
    super(`${command.join(' ')} failed${exitCode === null ? '' : ` with exit ${exitCode}`}:\n  ${lines}`);
    this.exitCode = exitCode;
  }
}

/** Runs a command to its end and returns its standard output; throws CommandError unless it ends with exit 0. */
export function run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, environment = {}, input } = options;
  return new Promise((resolve, reject) => {
    const [file, ...args] = command;
    const child = spawn(file!, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...environment },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    if (input !== undefined) {
      // A command that ends before it has read everything says why itself.
      child.stdin!.on('error', () => {});
      if (typeof input === 'string') child.stdin!.end(input);
      else input.pipe(child.stdin!);
    }
    child.on('error', (error) => reject(new CommandError(command, null, error.message)));
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new CommandError(command, code, output));
    });
  });
}

/** Whether a command can be run and ends with exit 0. */
export async function succeeds(command: readonly string[]): Promise<boolean> {
  try {
    await run(command);
    return true;
  } catch {
    return false;
  }
}

/** Runs one script by sh that stops at the first command that fails. */
export function runScript(script: string, enter: readonly string[] = []): Promise<string> {
  return run([...enter, 'sh', '-eu', '-s'], { input: script });
}
