import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** To connect, and to look for everything at the end. */
const PATIENCE_MS = 90_000;

/** A program of `clients/` that goes on while other things happen, and tells of itself line by line. */
export interface RunningClient {
  /** The next that it says. @throws Error where it has ended, or says nothing for long */
  line(): Promise<string>;
  /** It is to come to its end, and to say what it has to say. */
  end(): void;
  /** In any case. */
  stop(): void;
}

/** @param command as `Cluster.clientCommand` and `Cluster.javaCommand` give it */
export function startClient([file, ...args]: readonly string[]): RunningClient {
  const child = spawn(file!, args, { stdio: 'pipe' });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async line() {
      const patience = AbortSignal.timeout(PATIENCE_MS);
      const late = once(patience, 'abort').then(() => ({ value: undefined }));
      const { value } = await Promise.race([lines.next(), late]);
      if (value === undefined)
        throw new Error(`${args.join(' ')} ended or hangs: ${complaints.slice(-2_000)}`);
      return value;
    },
    end: () => void child.stdin.end(),
    stop: () => {
      child.stdin.on('error', () => {}).destroy();
      child.kill();
    },
  };
}
