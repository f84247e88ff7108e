import type { Command } from 'commander';
import type { CpOptions } from '../commands/cp.ts';
import type { ImportOptions } from '../commands/import.ts';
import type { MirrorOptions } from '../commands/mirror.ts';
import { UsageError } from '../failures.ts';
import { ensembleOptions } from './ensemble.ts';
import { type Runner, subcommand } from './subcommand.ts';

interface ZookeeperOption {
  readonly zookeeper?: string;
}

const PARENTS = 'make the nodes above it, too';
const MERGE = 'nodes that are there already get the value and access list of their likes';

export function addMovingCommands(program: Command, run: Runner): void {
  subcommand(program, 'cp', 'copy a node, within an ensemble or to another one')
    .argument('<from>')
    .argument('<to>')
    .option('-r, --recursive', 'and all below it')
    .option('--parents', PARENTS)
    .option('--merge', MERGE)
    .action((from: string, to: string, options: CpOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/cp.ts')).cp(context, from, to, options)),
    );
  ensembleOptions(subcommand(program, 'diff', 'in what two subtrees differ, or one at two moments'))
    .argument('<a>')
    .argument('<b>', 'a subtree, or two moments, as in @1d-ago..@1h-ago')
    .action((a: string, b: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/diff.ts')).diff(context, a, b)),
    );
  subcommand(program, 'mirror', 'make subtree b as subtree a is')
    .argument('<a>')
    .argument('<b>')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--yes', 'do not ask before nodes are removed')
    .option('--parents', PARENTS)
    .action((a: string, b: string, options: MirrorOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/mirror.ts')).mirror(context, a, b, options)),
    );
  ensembleOptions(subcommand(program, 'export', 'write a subtree to a file, as lines of JSON'))
    .optionsGroup('Options:')
    .argument('[path]')
    .argument('[file]', 'a file, or - for stdout')
    .option(
      '--zookeeper <directory>',
      'all of the tree and its sessions, as a data directory of Apache ZooKeeper',
    )
    .action(
      (path: string | undefined, file: string | undefined, options: ZookeeperOption, command: Command) =>
        run(command, async (context) => {
          const { zookeeper } = options;
          if (zookeeper !== undefined && path === undefined)
            return (await import('../commands/zookeeper-directory.ts')).exportDirectory(context, zookeeper);
          if (path === undefined || file === undefined || zookeeper !== undefined)
            throw new UsageError('export takes a path and a file, or --zookeeper and a directory');
          return (await import('../commands/export.ts')).exportTo(context, path, file);
        }),
    );
  subcommand(program, 'import', 'create what an export has')
    .argument('[file]', 'a file, or - for stdin')
    .argument('[path]')
    .option('--parents', PARENTS)
    .option('--merge', MERGE)
    .option('--zookeeper <directory>', 'says how a data directory of Apache ZooKeeper is taken over')
    .action(
      (
        file: string | undefined,
        path: string | undefined,
        options: ImportOptions & ZookeeperOption,
        command: Command,
      ) =>
        run(command, async (context) => {
          const { zookeeper } = options;
          if (zookeeper !== undefined)
            throw (await import('../commands/zookeeper-directory.ts')).howToImport(zookeeper);
          if (file === undefined || path === undefined)
            throw new UsageError('import takes a file and a path');
          return (await import('../commands/import.ts')).importFrom(context, file, path, options);
        }),
    );
}
