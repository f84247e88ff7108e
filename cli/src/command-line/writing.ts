import type { Command } from 'commander';
import type { AclSetOptions } from '../commands/acl.ts';
import type { CreateCommandOptions } from '../commands/create.ts';
import type { RmOptions } from '../commands/rm.ts';
import type { SetOptions } from '../commands/set.ts';
import { parseCount, parseDuration } from '../quantities.ts';
import { type Runner, subcommand } from './subcommand.ts';

const VERSION = 'only if it has this version';
const version = (text: string): number => parseCount(text, 'version');
const gathered = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export function addWritingCommands(program: Command, run: Runner): void {
  subcommand(program, 'set', 'another value for a node')
    .argument('<path>')
    .argument('<value>', 'the value, - for stdin, or @FILE')
    .option('--version <n>', VERSION, version)
    .action((path: string, value: string, options: SetOptions, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/set.ts')).set(context, path, value, options),
      ),
    );
  subcommand(program, 'create', 'a new node; prints its path')
    .argument('<path>')
    .argument('[value]', 'the value, - for stdin, or @FILE', '')
    .option('--sequential', 'the server puts a number behind its name')
    .option('--container', 'it goes some time after its last child')
    .option(
      '--ttl <time>',
      'it goes when it was not changed for so long and has no children, as in 5m',
      parseDuration,
    )
    .option('--ephemeral', 'not possible: it would go with this command, which ends at once')
    .option('--parents', 'make the nodes above it, too')
    .option('--acl <entry>', 'of its access list, as in world:anyone:r; may be said again', gathered)
    .action((path: string, value: string, options: CreateCommandOptions, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/create.ts')).create(context, path, value, options),
      ),
    );
  subcommand(program, 'rm', 'remove a node')
    .argument('<path>')
    .option('-r, --recursive', 'and all below it, when you have said yes')
    .option('--yes', 'do not ask')
    .option('--version <n>', VERSION, version)
    .action((path: string, options: RmOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/rm.ts')).rm(context, path, options)),
    );
  addAclCommands(program, run);
}

function addAclCommands(program: Command, run: Runner): void {
  const acl = program.command('acl').description('who may do what with a node');
  subcommand(acl, 'get', 'its access list, an entry on each line')
    .argument('<path>')
    .action((path: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/acl.ts')).getAcl(context, path)),
    );
  subcommand(acl, 'set', 'another access list')
    .argument('<path>')
    .argument(
      '<entries...>',
      'SCHEME:ID:PERMISSIONS, as in world:anyone:r, digest:ann:HASH:cdrwa, auth::cdrwa',
    )
    .option('--version <n>', 'only if the access list has this version', version)
    .action((path: string, entries: string[], options: AclSetOptions, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/acl.ts')).setAcl(context, path, entries, options),
      ),
    );
}
