import type { Command } from 'commander';
import { type Runner, subcommand } from './subcommand.ts';

/** Commands that look at the members by their HTTP. */
export function addEnsembleCommands(program: Command, run: Runner): void {
  ensembleCommand(program, 'status', 'how the ensemble is, on one screen').action(
    (_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/status.ts')).status(context)),
  );
  ensembleCommand(program, 'members', 'who is a member, as the configuration says').action(
    (_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/members.ts')).members(context)),
  );
  addLeaderCommands(program, run);
}

function addLeaderCommands(program: Command, run: Runner): void {
  const leader = ensembleCommand(program, 'leader', 'who leads').action(
    (_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/leader.ts')).leader(context)),
  );
  ensembleCommand(leader, 'move', 'hand leadership over, and wait until the other one leads')
    .argument('[to]', 'the id of a member; else the voter that is best at it')
    .action((to: string | undefined, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/leader.ts')).moveLeader(context, to)),
    );
}

/** A command with the options that say how the members' HTTP is reached. */
function ensembleCommand(parent: Command, name: string, summary: string): Command {
  return subcommand(parent, name, summary)
    .optionsGroup("The members' HTTP:")
    .option(
      '--admin <hosts>',
      'HOST:PORT,https://HOST:PORT; else ROOKERY_ADMIN, else port 8080 of the hosts of --server',
    )
    .option('--admin-token-file <file>', 'where the token stands; else it is taken from ROOKERY_ADMIN_TOKEN');
}
