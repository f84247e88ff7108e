import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export interface OperatorConfig {
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly serverImage: string;
  /** Whether cert-manager is there, to be asked for certificates. */
  readonly certManager: boolean;
  readonly leaderElect: boolean;
  /** Where the Lease is; undefined: the Pod's own. */
  readonly leaseNamespace: string | undefined;
  /** This replica's name, for people; undefined: the machine's. */
  readonly podName: string | undefined;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** What was asked for is a text, such as that of --help. */
export class UsageRequested extends Error {
  override readonly name: string = 'UsageRequested';
  readonly text: string;

  constructor(text: string) {
    super('a text was asked for');
    this.text = text;
  }
}

/** A flag or a variable that cannot be: the message says which, and what to write instead. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

const DEFAULT_IMAGE = 'rookery-server';
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const REPOSITORY = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*$/;

/** PURE. Flags come before variables, variables before defaults. Throws UsageRequested or CommandLineError. */
export function readCommandLine(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): OperatorConfig {
  let output = '';
  const command = new Command('rookery-operator')
    .description('Makes and looks after the ensembles that CoordinationClusters describe.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => (output += text), writeErr: () => {} })
    .helpOption('-h, --help', 'show this text')
    .allowExcessArguments(false);
  const flags = [
    flag(
      '--namespaces <list>',
      'ROOKERY_NAMESPACES',
      'namespaces to look after, with commas between; empty: all',
      namespaces,
      [],
    ),
    flag(
      '--server-image <name>',
      'ROOKERY_SERVER_IMAGE',
      "the members' image, without a tag: the tag is spec.version",
      repository,
      DEFAULT_IMAGE,
    ),
    flag(
      '--cert-manager [yes]',
      'ROOKERY_CERT_MANAGER',
      'ask cert-manager, whose types have to be there, where a cluster names an issuer',
      truth,
      false,
    ),
    flag(
      '--leader-elect [yes]',
      'ROOKERY_LEADER_ELECT',
      'work only while holding a Lease, so that several replicas can run',
      truth,
      true,
    ),
    flag(
      '--lease-namespace <name>',
      'ROOKERY_LEASE_NAMESPACE',
      "where that Lease is; by default in the Pod's own namespace",
      namespace,
    ),
    flag(
      '--pod-name <name>',
      'POD_NAME',
      "this replica's name in the Lease and in Events; by default the machine's",
      String,
    ),
    flag(
      '--http-host <address>',
      'ROOKERY_HTTP_HOST',
      'where /healthz, /readyz and /metrics are served; :: is every address',
      String,
      '::',
    ),
    flag('--http-port <port>', 'ROOKERY_HTTP_PORT', 'the port of these', port, 8080),
    flag(
      '--log-level <level>',
      'ROOKERY_LOG_LEVEL',
      `the least level of lines that are logged: ${LOG_LEVELS.join(', ')}`,
      level,
      'info',
    ),
  ];
  for (const { option } of flags) command.addOption(option);
  for (const each of flags) takeVariable(command, each, environment);
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new UsageRequested(output);
    throw new CommandLineError(error.message.replace(/^error: /, ''));
  }
  const read = command.opts<Omit<OperatorConfig, 'leaseNamespace' | 'podName'> & Partial<OperatorConfig>>();
  return { ...read, leaseNamespace: read.leaseNamespace, podName: read.podName };
}

interface Flag {
  readonly option: Option;
  readonly variable: string;
  readonly parse: (text: string) => unknown;
}

function flag(
  flags: string,
  variable: string,
  description: string,
  parse: (text: string) => unknown,
  byDefault?: unknown,
): Flag {
  // Not by commander's own `env`, which reads the process.
  const option = new Option(flags, `${description} [${variable}]`).argParser(parse);
  if (byDefault !== undefined) option.default(byDefault, Array.isArray(byDefault) ? 'all' : undefined);
  return { option, variable, parse };
}

function takeVariable(
  command: Command,
  { option, variable, parse }: Flag,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const text = environment[variable];
  if (text === undefined || text === '') return;
  try {
    command.setOptionValueWithSource(option.attributeName(), parse(text), 'env');
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new CommandLineError(`${variable}=${text}: ${error.message}`);
  }
}

function namespaces(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(namespace);
}

function namespace(text: string): string {
  if (!NAME.test(text))
    throw new InvalidArgumentError(`"${text}" is no name of a namespace, such as "team-a"`);
  return text;
}

function repository(text: string): string {
  if (REPOSITORY.test(text)) return text;
  throw new InvalidArgumentError(
    'write the name of an image without tag and digest, such as "registry.example.com/rookery-server"',
  );
}

function truth(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('write true or false');
}

function port(text: string): number {
  const number = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('write a port from 0 to 65535; with 0 the machine chooses one');
}

function level(text: string): string {
  if (LOG_LEVELS.some((candidate) => candidate === text)) return text;
  throw new InvalidArgumentError(`write one of ${LOG_LEVELS.join(', ')}`);
}
