import type { Command } from 'commander';
import type { BenchOptions } from '../commands/bench.ts';
import type { TopOptions } from '../commands/top.ts';
import { parseBytes, parseCount, parseDuration } from '../quantities.ts';
import { type Runner, subcommand } from './subcommand.ts';

const DEFAULT_INTERVAL_MS = 1_000;

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
  addMigrateCommands(program, run);
  ensembleCommand(program, 'sessions', 'the sessions, and what goes with them').action(
    (_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/sessions.ts')).sessions(context)),
  );
  ensembleCommand(program, 'top', 'what the members do, until Ctrl-C')
    .option('--every <time>', 'how long an interval is', parseDuration, DEFAULT_INTERVAL_MS)
    .option('--count <n>', 'how many intervals', (text) => parseCount(text, 'count'))
    .action((options: TopOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/top.ts')).top(context, options)),
    );
  ensembleCommand(program, 'doctor', 'what is wrong, and what to do about it').action(
    (_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/doctor.ts')).doctor(context)),
  );
  const snapshot = program.command('snapshot').description("the whole tree, in ZooKeeper's format");
  ensembleCommand(snapshot, 'save', 'have a member take one, and write it to a file')
    .argument('<file>', 'a file, or - for stdout')
    .action((file: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/snapshot.ts')).saveSnapshot(context, file)),
    );
  addSnapshotFileCommands(snapshot, run);
  addBench(program, run);
}

function addSnapshotFileCommands(snapshot: Command, run: Runner): void {
  subcommand(snapshot, 'show', 'what a snapshot has')
    .argument('<file>')
    .action((file: string, _options: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/snapshot-file.ts')).showSnapshot(context, file),
      ),
    );
  subcommand(snapshot, 'verify', 'whether a snapshot is whole')
    .argument('<file>')
    .action((file: string, _options: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/snapshot-file.ts')).verifySnapshot(context, file),
      ),
    );
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

function addMigrateCommands(program: Command, run: Runner): void {
  const summary = 'how far a rookery-server migrate-zookeeper is, which follows a ZooKeeper';
  const migrate = ensembleCommand(program, 'migrate', summary).action((_options: unknown, command: Command) =>
    run(command, async (context) => (await import('../commands/migrate.ts')).migration(context)),
  );
  ensembleCommand(migrate, 'cut', 'have it take over from the ensemble that it follows').action(
    (_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/migrate.ts')).cut(context)),
  );
  ensembleCommand(migrate, 'call-off', 'have it go, and leave nothing behind').action(
    (_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/migrate.ts')).callOff(context)),
  );
}

function addBench(program: Command, run: Runner): void {
  const count =
    (what: string) =>
    (text: string): number =>
      parseCount(text, what);
  subcommand(program, 'bench', 'a short load on nodes of its own, which go with it')
    .argument('[path]', 'what is loaded is below it', '/rookery-bench')
    .option('--seconds <n>', 'how long', count('number of seconds'), 5)
    .option('--connections <n>', 'how many', count('number of connections'), 16)
    .option('--depth <n>', 'requests under way on each', count('number of requests'), 16)
    .option('--value <bytes>', 'how large values are', parseBytes, 256)
    .option('--mix <n>', 'how many of 100 requests read', count('number of reads'), 90)
    .action((path: string, options: BenchOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/bench.ts')).bench(context, path, options)),
    );
}

/** A command with the options that say how the members' HTTP is reached. */
function ensembleCommand(parent: Command, name: string, summary: string): Command {
  return ensembleOptions(subcommand(parent, name, summary));
}

export function ensembleOptions(command: Command): Command {
  return command
    .optionsGroup("The members' HTTP:")
    .option(
      '--admin <hosts>',
      'HOST:PORT,https://HOST:PORT; else ROOKERY_ADMIN, else port 8080 of the hosts of --server',
    )
    .option(
      '--admin-token-file <file>',
      'where the token stands; else ROOKERY_ADMIN_TOKEN, else the file that ROOKERY_ADMIN_TOKEN_FILE names',
    );
}
