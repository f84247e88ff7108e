import { createInterface, type Interface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { wordsOf } from '../completing/candidates.ts';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Input, Output } from '../surroundings.ts';

const PROMPT = 'rookery> ';
const LEAVE: ReadonlySet<string> = new Set(['exit', 'quit']);

/** Commands, one on each line, until the lines end. The exit code is that of the last one. */
export async function shell(context: Context): Promise<ExitCode> {
  const stdin = context.stdin;
  const isTerminal = context.isTerminal && stdin.isTTY === true;
  const lines = createInterface({
    input: stdin,
    terminal: isTerminal,
    ...(isTerminal ? { output: context.stderr, prompt: PROMPT } : {}),
    completer: (line: string, done: (error: null, found: [string[], string]) => void) =>
      void completionOf(context, line).then((found) => done(null, found)),
  });
  let exitCode: ExitCode = ExitCode.ok;
  let running: AbortController | undefined;
  // Ctrl-D may be typed while a command runs.
  let isOver = false;
  lines.once('close', () => {
    isOver = true;
  });
  // Ctrl-C ends the command that runs, and the line that is typed.
  lines.on('SIGINT', () => {
    if (running !== undefined) running.abort();
    else {
      context.stderr.write('\n');
      lines.prompt();
    }
  });
  const coming = lines[Symbol.asyncIterator]();
  for (;;) {
    await context.out.flush();
    if (isTerminal && !isOver) lines.prompt();
    const next = await coming.next();
    if (next.done === true) break;
    const words = wordsOf(next.value.trim());
    const [first = ''] = words;
    if (first === '' || first.startsWith('#')) continue;
    if (LEAVE.has(first)) break;
    running = new AbortController();
    exitCode = await one(context, first === 'help' ? ['--help'] : words, running.signal, coming, isTerminal);
    running = undefined;
  }
  close(lines);
  if (isTerminal) context.stderr.write('\n');
  return exitCode;
}

function close(lines: Interface): void {
  lines.removeAllListeners('SIGINT');
  lines.close();
}

function one(
  context: Context,
  words: readonly string[],
  signal: AbortSignal,
  coming: AsyncIterator<string>,
  isTerminal: boolean,
): Promise<ExitCode> {
  return context.runAgain({
    argv: [...flagsOf(context), ...words],
    env: environmentOf(context),
    stdin: () => oneLineOf(coming, isTerminal),
    stdout: onTo((chunk) => context.out.bytes(chunk), context.isTerminal),
    signal: AbortSignal.any([signal, context.signal]),
  });
}

/** What the shell was told, for each command. */
function flagsOf({ settings }: Context): string[] {
  const { server, user, passwordFile, ca, cert, key, serverCert, timeoutMs, json } = settings;
  const told = {
    server,
    user,
    'password-file': passwordFile,
    ca,
    cert,
    key,
    'server-cert': serverCert,
    timeout: timeoutMs === undefined ? undefined : `${timeoutMs}ms`,
  };
  const flags = Object.entries(told).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  return json === true ? [...flags, '--json'] : flags;
}

/** Only some commands have options for what is said by these. */
function environmentOf({ env, settings: { admin, adminTokenFile } }: Context): Context['env'] {
  return {
    ...env,
    ...(admin === undefined ? {} : { ROOKERY_ADMIN: admin }),
    ...(adminTokenFile === undefined
      ? {}
      : { ROOKERY_ADMIN_TOKEN: undefined, ROOKERY_ADMIN_TOKEN_FILE: adminTokenFile }),
  };
}

/** What a command reads is the next line: an answer, or a value. It is taken once somebody reads. */
function oneLineOf(coming: AsyncIterator<string>, isTTY: boolean): Input {
  let isAsked = false;
  const input = new Readable({
    read() {
      if (isAsked) return;
      isAsked = true;
      void coming.next().then(({ value, done }) => {
        if (done !== true) this.push(`${value}\n`);
        this.push(null);
      });
    },
  });
  return Object.assign(input, { isTTY });
}

/** A stream of its own for each command: what one listens to, the next does not. */
function onTo(write: (chunk: Buffer) => Promise<void>, isTTY: boolean): Output {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => void write(chunk).then(() => done(), done),
  });
  return Object.assign(stream, { isTTY });
}

async function completionOf(context: Context, line: string): Promise<[string[], string]> {
  const chunks: Buffer[] = [];
  await context.runAgain({
    argv: [...flagsOf(context), '__complete', '--', `rookery ${line}`],
    env: environmentOf(context),
    stdout: onTo(async (chunk) => void chunks.push(chunk), false),
    stderr: onTo(async () => undefined, false),
  });
  const found = Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((each) => each !== '');
  return [found, wordsOf(line).at(-1) ?? ''];
}
