import { CommanderError } from 'commander';
import { programOf } from './command-line/program.ts';
import { settingsOf } from './command-line/subcommand.ts';
import { Context } from './context.ts';
import { ExitCode } from './exit-codes.ts';
import { explain, UsageError } from './failures.ts';
import { Out } from './output/out.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs one command, from its arguments to its exit code. Never rejects: what goes wrong is told on stderr, in one line. */
export async function run(surroundings: Surroundings): Promise<ExitCode> {
  const { argv, stdout, stderr, signal } = surroundings;
  const end = new AbortController();
  let outputError: Error | undefined;
  const out = new Out(stdout, (error) => {
    outputError = error;
    end.abort();
  });
  // A terminal that has gone away is told nothing.
  stderr.on('error', () => {});
  const interrupt = (): void => end.abort();
  signal.addEventListener('abort', interrupt, { once: true });
  let context: Context | undefined;
  let exitCode: ExitCode = ExitCode.ok;
  const program = programOf(out, async (command, body) => {
    context = new Context(surroundings, settingsOf(command), out, end.signal, (changed) =>
      run({ ...surroundings, ...changed }),
    );
    end.signal.addEventListener('abort', () => void context?.close(), { once: true });
    exitCode = await body(context);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    await out.flush();
  } catch (thrown) {
    const error = thrown instanceof CommanderError ? usageErrorOf(thrown) : thrown;
    if (error !== undefined && !end.signal.aborted) {
      const { line, exitCode: code } = explain(error);
      exitCode = code;
      await out.flush();
      context?.progress.clear();
      stderr.write(`rookery: ${line}\n`);
    } else if (signal.aborted) {
      exitCode = ExitCode.interrupted;
    }
    await out.flush();
  } finally {
    signal.removeEventListener('abort', interrupt);
    context?.progress.clear();
    await context?.close();
  }
  if (outputError === undefined) return exitCode;
  stderr.write(`rookery: the output cannot be written: ${outputError.message}\n`);
  return ExitCode.unexpected;
}

/** undefined: it was asked for help or the version, and has it. */
function usageErrorOf(error: CommanderError): UsageError | undefined {
  if (error.exitCode === 0) return undefined;
  if (error.code === 'commander.help') return new UsageError('which command? see: rookery --help');
  return new UsageError(`${error.message.replace(/^error: /, '')}; see: rookery --help`);
}
