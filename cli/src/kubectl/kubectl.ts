import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Unreachable } from '../failures.ts';
import { type Fields, parseJson } from '../members-http/fields.ts';
import { failureOf, startFailureOf } from './kubectl-failure.ts';
import { linesOf } from './lines.ts';

/** What the user's kubectl is told before anything else. */
export interface KubectlSettings {
  readonly namespace?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  /** Of each request that is no stream. */
  readonly timeoutMs?: number;
}

/** Of one answer: a list of all pods of a large cluster is long. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Of what is told of an error. */
const MAX_ERROR_CHARACTERS = 16 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;
/** kubectl ends by itself at --request-timeout; where a program that it calls for credentials does not, it is ended. */
const GRACE_MS = 10_000;

/** What kubectl has printed. */
export interface Printed {
  /** The end of it. */
  readonly bytes: Buffer;
  /** How many bytes are left out before that. */
  readonly left: number;
  /** What it means that it ended with an error; undefined: it did not. */
  readonly failure: Error | undefined;
}

/**
 * The user's own kubectl: its contexts, its ways to prove who one is and its rights are those of everything that is asked here. Every process that it starts
 * ends with `signal`.
 */
export class Kubectl {
  readonly #settings: KubectlSettings;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #signal: AbortSignal;

  constructor(
    settings: KubectlSettings,
    env: Readonly<Record<string, string | undefined>>,
    signal: AbortSignal,
  ) {
    this.#settings = settings;
    this.#env = env;
    this.#signal = signal;
  }

  /** The same, of another namespace. */
  in(namespace: string): Kubectl {
    return new Kubectl({ ...this.#settings, namespace }, this.#env, this.#signal);
  }

  /** What kubectl prints. Throws where it ends with an error: see failureOf. */
  async text(args: readonly string[], input = ''): Promise<string> {
    const { bytes, left, failure } = await this.printed(args, MAX_ANSWER_BYTES, input);
    if (failure !== undefined) throw failure;
    if (left > 0)
      throw new Unreachable(`kubectl ${args[0]}: its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    return bytes.toString('utf8');
  }

  /** What kubectl prints as JSON. */
  async json(args: readonly string[]): Promise<Fields> {
    const parsed = parseJson(await this.text([...args, '--output=json']));
    if (parsed === undefined) throw new Unreachable(`kubectl ${args.join(' ')}: what came is no JSON`);
    return parsed;
  }

  /** The end of what kubectl prints, so many bytes of it, also where it ends with an error. */
  async printed(args: readonly string[], maxBytes: number, input = ''): Promise<Printed> {
    const timeoutMs = this.#timeoutMs;
    const child = this.#start([`--request-timeout=${timeoutMs}ms`, ...args], 'pipe');
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs + GRACE_MS);
    const ended = endOf(child, this.#signal).then(
      () => undefined,
      (error: Error) => error,
    );
    // One that ends before it has read everything says why itself.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    const { bytes, left } = await lastOf(child.stdout as Readable, maxBytes);
    const failure = await ended;
    clearTimeout(timer);
    this.#signal.throwIfAborted();
    return {
      bytes,
      left,
      failure: isLate
        ? new Unreachable(`kubectl ${args[0]} did not end within ${timeoutMs + GRACE_MS} ms`)
        : failure,
    };
  }

  /** The lines that kubectl prints, for as long as it does; no more is read of it than is taken from here. */
  async *lines(args: readonly string[], maxLineBytes: number): AsyncGenerator<string> {
    const child = this.#start(args, 'ignore');
    const ended = endOf(child, this.#signal);
    // Looked at once nothing comes any more.
    ended.catch(() => undefined);
    try {
      yield* linesOf(child.stdout as Readable, maxLineBytes);
      await ended;
    } catch (error) {
      await ended;
      throw error;
    } finally {
      child.kill();
    }
  }

  /** Gives the terminal to kubectl until it ends; what it ends with. */
  async attached(args: readonly string[]): Promise<number> {
    const child = spawn('kubectl', [...this.#beginning, ...args], {
      env: { ...this.#env },
      stdio: 'inherit',
    });
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      return code ?? 1;
    } catch (error) {
      throw startFailureOf(error as NodeJS.ErrnoException);
    }
  }

  /** What a person would type for the same. */
  typed(args: readonly string[]): string {
    return ['kubectl', ...this.#beginning, ...args].map(shellWord).join(' ');
  }

  get #timeoutMs(): number {
    return this.#settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  get #beginning(): readonly string[] {
    const { kubeconfig, context, namespace } = this.#settings;
    return [
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
      ...(context === undefined ? [] : [`--context=${context}`]),
      ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ];
  }

  #start(args: readonly string[], stdin: 'pipe' | 'ignore'): ChildProcess {
    this.#signal.throwIfAborted();
    return spawn('kubectl', [...this.#beginning, ...args], {
      env: { ...this.#env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
  }
}

/** As a POSIX shell reads it as one word. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The last bytes of a stream, and how many came before them. A stream that breaks off ends there. */
async function lastOf(
  stream: Readable,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer; readonly left: number }> {
  const gathered: Buffer[] = [];
  let held = 0;
  let left = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      gathered.push(chunk);
      held += chunk.length;
      while (held - gathered[0]!.length >= maxBytes) {
        const { length } = gathered.shift()!;
        held -= length;
        left += length;
      }
    }
  } catch {
    // Why it broke off is what its process ends with.
  }
  const cut = Math.max(0, held - maxBytes);
  return { bytes: Buffer.concat(gathered).subarray(cut), left: left + cut };
}

/** Resolves once it has ended well, and rejects where it has not. */
async function endOf(child: ChildProcess, signal: AbortSignal): Promise<void> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, MAX_ERROR_CHARACTERS);
  });
  const end = (): void => void child.kill();
  signal.addEventListener('abort', end, { once: true });
  try {
    const [code] = (await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
      throw startFailureOf(error);
    })) as [number | null];
    signal.throwIfAborted();
    if (code !== 0) throw failureOf(stderr, code);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
