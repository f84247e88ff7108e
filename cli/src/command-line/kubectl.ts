import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { ChangeOptions } from '../kubectl/commands/change.ts';
import type { ConvertOptions } from '../kubectl/commands/convert.ts';
import type { LogsOptions } from '../kubectl/commands/logs.ts';
import type { ReportOptions } from '../kubectl/commands/report.ts';
import type { ShellOptions } from '../kubectl/commands/shell.ts';
import type { StatusOptions } from '../kubectl/commands/status.ts';
import type { WindowOptions } from '../kubectl/commands/window.ts';
import type { Kubectl, KubectlSettings } from '../kubectl/kubectl.ts';
import { parseCount, parseDuration, parsePort } from '../quantities.ts';
import type { Runner } from './subcommand.ts';

const EPILOGUE = `
CLUSTER is the name of a CoordinationCluster. MEMBER is the id of a member, as in 2, or its pod, as in demo-1.
Everything is asked by the kubectl on the PATH, as whoever its context says.

Exit codes: 0 fine; 1 the answer is no: not well, no such cluster; 2 usage; 3 nothing can be written, or
Kubernetes could not be reached, or it took too long; 4 refused; 5 a bug; 130 Ctrl-C.`;

type Body<Options> = (
  context: Context,
  kubectl: Kubectl,
  args: readonly string[],
  options: Options,
) => Promise<ExitCode>;

/** What `kubectl rookery` does: kubectl calls it by that name, and it is `rookery kubectl` as well. */
export function addKubectlCommands(program: Command, run: Runner): void {
  const kubectl = kubernetesOptions(
    program
      .command('kubectl')
      .description('clusters that the operator looks after; also called as: kubectl rookery'),
  )
    .enablePositionalOptions()
    .addHelpText('after', EPILOGUE);

  /** The last two of what commander calls an action with are the options and the command; what comes before are the arguments. */
  const does = <Options>(command: Command, body: Body<Options>): Command =>
    command.action((...given: unknown[]) => {
      const options = given.at(-2) as Options;
      const args = given.slice(0, -2).filter((arg) => typeof arg === 'string');
      return run(command, async (context) => {
        const { Kubectl: Program } = await import('../kubectl/kubectl.ts');
        const settings = command.optsWithGlobals<KubectlSettings & { readonly timeout?: number }>();
        const { namespace, context: name, kubeconfig, timeout } = settings;
        const said = defined({ namespace, context: name, kubeconfig, timeoutMs: timeout });
        return body(context, new Program(said, context.env, context.signal), args, options);
      });
    });
  const command = (name: string, summary: string): Command =>
    kubernetesOptions(kubectl.command(name).description(summary));

  does<StatusOptions>(
    command('status', 'how a cluster is, on one screen; without CLUSTER, all of them')
      .argument('[cluster]')
      .option('-A, --all-namespaces', 'of all namespaces, where none is named'),
    async (context, program, [cluster], options) =>
      (await import('../kubectl/commands/status.ts')).status(context, program, cluster, options),
  );
  does<LogsOptions>(
    command('logs', 'the logs of all members as one, by time, with the member of each line')
      .argument('<cluster>')
      .option('--member <member>', 'of one member alone')
      .option('-f, --follow', 'go on, until Ctrl-C, also with pods that are made anew')
      .option('-p, --previous', 'of the containers before the last restart')
      .option('--tail <n>', 'so many lines of each member; 200', (text) =>
        parseCount(text, 'number of lines'),
      )
      .option('--since <time>', 'no older ones, as in 10m', parseDuration),
    async (context, program, [cluster = ''], options) =>
      (await import('../kubectl/commands/logs.ts')).logs(context, program, cluster, options),
  );
  does<ReportOptions>(
    command(
      'report',
      'a support bundle: objects, Events, logs, metrics and what doctor says, without secrets',
    )
      .argument('<cluster>')
      .option('-o, --output <file>', 'a .tar.gz; else rookery-report-CLUSTER-TIME.tar.gz')
      .option('--operator-namespace <name>', 'where the operator runs; else it is looked for everywhere')
      .addHelpText('after', REPORT_HELP),
    async (context, program, [cluster = ''], options) =>
      (await import('../kubectl/commands/report.ts')).report(context, program, cluster, options),
  );
  addChanges(command, does);
  does<ShellOptions>(
    command('shell', 'rookery shell in the pod of a member, which has no other one')
      .argument('<cluster>')
      .option('--member <member>', 'which one; else one that is ready')
      .option('--image <image>', 'a shell of this image instead, in a container beside the member')
      .addHelpText('after', SHELL_HELP),
    async (context, program, [cluster = ''], options) =>
      (await import('../kubectl/commands/shell.ts')).shell(context, program, cluster, options),
  );
  does<WindowOptions>(
    command('window', "the members' page in a browser of this machine, until Ctrl-C")
      .argument('<cluster>')
      .option('--member <member>', 'by which one; else by one that is ready')
      .option('--port <port>', 'of this machine; else one that is free', parsePort)
      .option('--show-token', 'print the token that the page asks for, to a terminal alone')
      .addHelpText('after', WINDOW_HELP),
    async (context, program, [cluster = ''], options) =>
      (await import('../kubectl/commands/window.ts')).window(context, program, cluster, options),
  );
  addConvert(command, run);
}

/** Of a file alone: kubectl is not asked. */
function addConvert(command: (name: string, summary: string) => Command, run: Runner): void {
  const convert = command(
    'convert',
    "a CoordinationCluster out of the values of ZooKeeper's charts, or another operator's ZookeeperCluster",
  )
    .requiredOption('-f, --filename <file>', 'YAML; - is stdin')
    .addOption(
      new Option('--from <source>', 'whose it is, where it does not tell by itself').choices([
        'bitnami',
        'incubator',
        'pravega',
        'pravega-chart',
        'stackable',
      ]),
    )
    .option(
      '--name <name>',
      "of the CoordinationCluster; else the object's, else fullnameOverride, else zookeeper",
    )
    .addHelpText('after', CONVERT_HELP);
  convert.action((options: ConvertOptions) =>
    run(convert, async (context) => {
      const { convertFile } = await import('../kubectl/commands/convert.ts');
      return convertFile(context, options, convert.optsWithGlobals<KubectlSettings>().namespace);
    }),
  );
}

function addChanges(
  command: (name: string, summary: string) => Command,
  does: <Options>(command: Command, body: Body<Options>) => Command,
): void {
  const waiting = (each: Command): Command =>
    each
      .argument('<cluster>')
      .option('--no-wait', 'end once the operator has been asked')
      .option('--within <time>', 'how long to wait; 15m. It goes on when nobody waits', parseDuration);
  const YES = 'do not ask';

  does<ChangeOptions>(
    waiting(command('restart', 'start all members anew, one at a time, the leader last')),
    async (context, program, [cluster = ''], options) =>
      (await import('../kubectl/commands/spec-changes.ts')).restart(context, program, cluster, options),
  );
  does<object>(
    command('promote', 'have a voter lead: the one that leads hands over to it')
      .argument('<cluster>')
      .argument('<member>')
      .addHelpText('after', PROMOTE_HELP),
    async (context, program, [cluster = '', member = '']) =>
      (await import('../kubectl/commands/promote.ts')).promote(context, program, cluster, member),
  );
  does<ChangeOptions>(
    waiting(command('replace', 'make a member and its volume anew, from what the others have'))
      .argument('<member>')
      .option('--yes', YES)
      .addHelpText('after', REPLACE_HELP),
    async (context, program, [cluster = '', member = ''], options) =>
      (await import('../kubectl/commands/replace.ts')).replace(context, program, cluster, member, options),
  );
  does<ChangeOptions>(
    waiting(command('hibernate', 'stop all members and keep their volumes')).option('--yes', YES),
    async (context, program, [cluster = ''], options) =>
      (await import('../kubectl/commands/spec-changes.ts')).hibernate(context, program, cluster, options),
  );
  does<ChangeOptions>(
    waiting(command('wake', 'start the members of a hibernated cluster')),
    async (context, program, [cluster = ''], options) =>
      (await import('../kubectl/commands/spec-changes.ts')).wake(context, program, cluster, options),
  );
}

/** What kubectl is told. */
function kubernetesOptions(command: Command): Command {
  return command
    .optionsGroup('Kubernetes:')
    .option('-n, --namespace <name>', "else that of kubectl's context")
    .option('--context <name>', 'of the kubeconfig')
    .option('--kubeconfig <file>', "else kubectl's own")
    .option('--timeout <time>', 'how long Kubernetes has for an answer; 30s', parseDuration)
    .optionsGroup('Options:')
    .option('--json', 'for programs');
}

/** Without what was not said. */
function defined(
  settings: Readonly<Record<keyof KubectlSettings, string | number | undefined>>,
): KubectlSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

const REPORT_HELP = `
No value of a Secret is in it. To take them out wherever they stand, the Secrets that the cluster's pods have to do with
are read, if you may, and their values kept by this command alone. What else looks like a token, a password or a key is
taken out by the words before it. The names and paths of your nodes are not secrets to it: logs may have them.
It asks pods by kubectl exec, and needs the right to do so.`;

const PROMOTE_HELP = `
Only leadership moves; clients keep their sessions, and writes wait for a moment. Read replicas are never promoted: for
more voters raise spec.replicas, and the operator makes, catches up and promotes them.`;

const REPLACE_HELP = `
The volume and the pod are deleted. The operator takes the member out of the ensemble under its former id, adds it under a
new one with an empty volume, and gives it its vote once it has caught up. It is refused unless all other voters are
ready, the operator sees a quorum, and it is in the middle of nothing else.`;

const SHELL_HELP = `
The image of the members has no shell. Without --image it is the prompt of rookery shell, within the pod, beside the
member and with its rights. With --image it is an ephemeral container (kubectl debug --profile=restricted) that stays in
the pod's list until the pod goes; it sees the processes of the member, and not its files.`;

const CONVERT_HELP = `
The CoordinationCluster goes to stdout, and what became of each key to stderr: taken, not needed, or without a counterpart;
with --json as objects. It ends with 1 where a key has no counterpart. Nobody is asked, and nothing is applied: look at it first.
Values come from: helm get values RELEASE -o yaml. An object: kubectl get zookeepercluster NAME -o yaml.`;

const WINDOW_HELP = `
kubectl port-forward to port 8080 of the member, from 127.0.0.1 alone. The page shows all members, whichever it came from;
what it may do is spec.config.window of the cluster. It asks for the token of the Secret CLUSTER-admin: whoever may read that
may do at /admin whatever can be done there, so it is printed only where it is asked for, and kept by the tab alone.`;
