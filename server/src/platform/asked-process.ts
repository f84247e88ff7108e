import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NEWLINE = 0x0a;
/** Trees lie outside of it. */
const MOST_HEAP_MB = 192;

/**
 * Runs a program of this package in a process of its own, says `question` to it and gives the lines that it answers, without their ends, as fast as
 * they are taken. It ends with them, after `mostMs`, or when nobody wants more. Rejects where there is no such process.
 */
export async function* askProcess(file: URL, question: string, mostMs: number): AsyncGenerator<Buffer, void> {
  const child = spawn(process.execPath, [`--max-old-space-size=${MOST_HEAP_MB}`, fileURLToPath(file)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
  });
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  failed.catch(() => undefined);
  const late = setTimeout(() => child.kill('SIGKILL'), mostMs);
  try {
    // Whoever ends before it has read its question says nothing, which is told below.
    child.stdin.on('error', () => undefined);
    child.stdin.end(question);
    await Promise.race([failed, new Promise((resolve) => child.once('spawn', resolve))]);
    yield* linesOf(child.stdout);
  } finally {
    clearTimeout(late);
    child.kill('SIGKILL');
  }
}

async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let parts: Buffer[] = [];
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, end));
      yield parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      parts = [];
      from = end + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
}
