import { Command, CommanderError, Option } from 'commander';
import { ConfigError, UsageRequested } from './config-error.ts';
import type { Given, GivenMember, Layer } from './layer.ts';
import { readMemberList } from './member-list.ts';
import { aboutOf, flagOf, SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';
import { VERSION } from './version.ts';

const COMMAND_LINE = 'command line';

const EPILOGUE = `
Each option can also be given as a variable (--client-port: ROOKERY_CLIENT_PORT; --member: ROOKERY_MEMBERS, several
separated by commas; the file: ROOKERY_CONFIG) and as a key of the YAML file (client: {port: 2181}; members: a list of
{id, host, peerPort, clientPort, role}). The command line wins over the environment, the environment over the file.
A token for HTTP comes from http.token, ROOKERY_HTTP_TOKEN or --http-token-file, never from the command line;
so do the super user (superDigestFile, ROOKERY_SUPER_DIGEST) and the users of SASL (sasl.usersFile, sasl.jaasFile; in YAML
sasl: {users: {bob: …}}; ROOKERY_SASL_SUPER_PASSWORD for the user super).

Examples:
  rookery-server --data-dir /var/lib/rookery          one member alone, on 127.0.0.1:2181
  rookery-server zoo.cfg                              an Apache ZooKeeper configuration, with its myid
  rookery-server --server-id 1 --member '1=10.0.0.1:2888' --member '2=10.0.0.2:2888' --member '3=10.0.0.3:2888'

Commands to a member that runs on this machine, by its configuration:
  rookery-server drain zoo.cfg      it is about to stop: it is not ready any more, and another one leads; wears off after two minutes
  rookery-server undrain zoo.cfg    it stays: it takes part again at once

Command upon the data of a member that is stopped, where most of the others are lost for good:
  rookery-server force-new-cluster zoo.cfg    this member alone is the cluster from now on, with all that its log holds

Backups of a running ensemble, and a new cluster out of one:
  rookery-server backup --help

Coming over from an Apache ZooKeeper (docs/coming-from-zookeeper.md), and the way back:
  rookery-server import-zookeeper zoo.cfg               its files become the data of a member that is alone in its cluster; --check looks only
  rookery-server migrate-zookeeper --from zk:2888 zoo.cfg   follows a running ensemble, and takes over once \`rookery migrate cut\` says so
  rookery-server export-zookeeper --to DIRECTORY zoo.cfg    what a stopped member has, as a data directory of ZooKeeper's

SIGTERM stops it (exit 0). A configuration that is not allowed is one line on standard error, and exit 2.`;

export interface CommandLine extends Layer {
  /** The file named on the command line. */
  readonly configFile: string | undefined;
}

/** `--limits-tree-bytes` is `limitsTreeBytes` among commander's values. */
function attributeOf(name: SettingName): string {
  return new Option(`${flagOf(name)} <value>`).attributeName();
}

function command(): Command {
  const program = new Command('rookery-server');
  program
    .description(
      'One member of a Rookery ensemble: a coordination service that Apache ZooKeeper clients connect to.',
    )
    .argument('[file]', 'a YAML file, or a zoo.cfg (by its name: .yaml, .yml and .json are YAML)')
    .version(VERSION)
    .helpOption('-h, --help', 'print this')
    .option(
      '--member <id=host:port[:role][;[address:]clientPort]>',
      'a member of the ensemble, repeated for each; without one it is alone',
      (text: string, all: readonly string[]) => [...all, text],
      [],
    )
    .addHelpText('after', EPILOGUE)
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .exitOverride();
  for (const name of SETTING_NAMES) {
    const { noFlag }: { noFlag?: true } = SETTINGS[name];
    if (noFlag === undefined) program.addOption(new Option(`${flagOf(name)} <value>`, aboutOf(name)));
  }
  return program;
}

function parse(program: Command, argv: readonly string[]): void {
  let help = '';
  program.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new UsageRequested(help);
    const problem = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
    throw new ConfigError({ file: COMMAND_LINE, key: 'usage' }, `${problem} (--help lists the options)`);
  }
}

/** Reads the arguments after the program's name. Throws ConfigError and UsageRequested. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const program = command();
  parse(program, argv);
  const values: Readonly<Record<string, unknown>> = program.opts();
  const settings = new Map<SettingName, Given>();
  for (const name of SETTING_NAMES) {
    const text = values[attributeOf(name)];
    if (typeof text === 'string') {
      settings.set(name, { text: text.trim(), origin: { file: COMMAND_LINE, key: flagOf(name) } });
    }
  }
  const texts = Array.isArray(values.member) ? values.member.map(String) : [];
  const list: { members: readonly GivenMember[]; warnings: readonly string[] } = readMemberList(texts, {
    file: COMMAND_LINE,
    key: '--member',
  });
  return { settings, ...list, configFile: program.args[0] };
}
