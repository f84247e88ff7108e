import type { Command } from 'commander';
import type { GetOptions } from '../commands/get.ts';
import type { LsOptions } from '../commands/ls.ts';
import type { TreeOptions } from '../commands/tree.ts';
import type { WatchOptions } from '../commands/watch.ts';
import { parseCount } from '../quantities.ts';
import { ensembleOptions } from './ensemble.ts';
import { type Runner, subcommand } from './subcommand.ts';

/** Of the past, which the members' HTTP tells. */
const AT = 'as it was: 1h-ago, a time as in 2026-01-01T00:00:00Z, or a zxid';

export function addReadingCommands(program: Command, run: Runner): void {
  subcommand(program, 'ls', 'the children of a node')
    .argument('<path>')
    .option(
      '-l, --long',
      'with version, children, bytes, time of the last change, and whose ephemeral node it is',
    )
    .action((path: string, options: LsOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/ls.ts')).ls(context, path, options)),
    );
  subcommand(program, 'tree', 'a node and all below it')
    .argument('<path>')
    .option('--depth <n>', 'how far down', (text) => parseCount(text, 'depth'))
    .action((path: string, options: TreeOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/tree.ts')).tree(context, path, options)),
    );
  ensembleOptions(subcommand(program, 'get', 'the value of a node, as it is'))
    .argument('<path>')
    .optionsGroup('Options:')
    .option('--stat', 'and its stat behind it')
    .option('--at <moment>', AT)
    .action((path: string, options: GetOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/get.ts')).get(context, path, options)),
    );
  subcommand(program, 'stat', 'what is known of a node besides its value')
    .argument('<path>')
    .action((path: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/stat.ts')).stat(context, path)),
    );
  subcommand(program, 'watch', 'the changes of a node, until Ctrl-C')
    .argument('<path>')
    .option('-r, --recursive', 'of all below it, too')
    .action((path: string, options: WatchOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/watch.ts')).watch(context, path, options)),
    );
  subcommand(program, 'sync', 'wait until the server has all that was committed')
    .argument('[path]', '', '/')
    .action((path: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/sync.ts')).sync(context, path)),
    );
  subcommand(program, 'whoami', 'who the server takes you for').action(
    (_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/whoami.ts')).whoami(context)),
  );
}
