import type { Command } from 'commander';
import type { FindOptions } from '../commands/find.ts';
import type { GrepOptions } from '../commands/grep.ts';
import { parseBytes, parseDuration } from '../quantities.ts';
import { type Runner, subcommand } from './subcommand.ts';

export function addSearchingCommands(program: Command, run: Runner): void {
  subcommand(program, 'find', 'nodes of a subtree by what they are like; all that is said has to hold')
    .argument('<path>')
    .option('--name <glob>', "whose name is like this, as in 'worker-*'")
    .option('--ephemeral', 'that go with a session')
    .option('--larger <bytes>', 'whose value is larger, as in 10k', parseBytes)
    .option('--older <time>', 'whose value has not changed for so long, as in 7d', parseDuration)
    .action((path: string, options: FindOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/find.ts')).find(context, path, options)),
    );
  subcommand(program, 'grep', 'names and values that match a regular expression of JavaScript')
    .argument('<pattern>')
    .argument('<path>')
    .option('-i, --ignore-case', 'capital or not')
    .action((pattern: string, path: string, options: GrepOptions, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/grep.ts')).grep(context, pattern, path, options),
      ),
    );
  subcommand(
    program,
    'locks',
    'who holds the locks at a node or below it, and who waits (recipes of kazoo and Curator)',
  )
    .argument('<path>')
    .action((path: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/locks.ts')).locks(context, path)),
    );
}
