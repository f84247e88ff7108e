import type { Command } from 'commander';
import type { BlameOptions } from '../commands/blame.ts';
import type { FollowOptions } from '../commands/follow.ts';
import type { UndoOptions } from '../commands/undo.ts';
import { ensembleOptions } from './ensemble.ts';
import { type Runner, subcommand } from './subcommand.ts';

/** Commands that ask what was: of members that keep it (history.retainHours). */
export function addPastCommands(program: Command, run: Runner): void {
  ensembleOptions(subcommand(program, 'blame', 'who wrote a node, from where, and when'))
    .argument('<path>')
    .optionsGroup('Options:')
    .option('-r, --recursive', 'and all below it')
    .option('--since <moment>', 'after that: 1h-ago, a time, or a zxid')
    .option('--until <moment>', 'up to that')
    .action((path: string, options: BlameOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/blame.ts')).blame(context, path, options)),
    );
  ensembleOptions(subcommand(program, 'undo', 'make a subtree what it was, by one transaction'))
    .argument('<path>')
    .optionsGroup('Options:')
    .requiredOption('--to <moment>', 'what it was then: 1h-ago, a time, or a zxid')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--yes', 'do not ask')
    .action((path: string, options: UndoOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/undo.ts')).undo(context, path, options)),
    );
  ensembleOptions(
    subcommand(program, 'follow', 'the changes of a subtree from a moment on, none left out, until Ctrl-C'),
  )
    .argument('<path>')
    .optionsGroup('Options:')
    .requiredOption('--from <moment>', 'the changes after that: 1h-ago, a time, or a zxid')
    .action((path: string, options: FollowOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/follow.ts')).follow(context, path, options)),
    );
}
