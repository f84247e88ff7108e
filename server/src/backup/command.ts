import { Command, CommanderError } from 'commander';
import { BackupFault, type BackupFaultCode } from '../backup-format/backup-fault.ts';
import { create } from './command-create.ts';
import { list, prune, verify } from './command-keep.ts';
import { restoreCommand } from './command-restore.ts';
import { UsageFault } from './points.ts';

/** As those of the command `rookery`. */
export const ExitCode = { ok: 0, no: 1, usage: 2, unreachable: 3, refused: 4, unexpected: 5 } as const;

const EXITS: Readonly<Record<BackupFaultCode, number>> = {
  damaged: ExitCode.no,
  hole: ExitCode.no,
  differs: ExitCode.no,
  'not-there': ExitCode.no,
  'unknown-format': ExitCode.no,
  'wrong-key': ExitCode.refused,
  'wrong-cluster': ExitCode.refused,
  'data-folder': ExitCode.refused,
  destination: ExitCode.unreachable,
  member: ExitCode.unreachable,
};

const ABOUT = `
ARCHIVE is a folder (a mounted volume), or s3://bucket/prefix. Credentials of S3 come as everywhere: AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY, a file (AWS_SHARED_CREDENTIALS_FILE), or the role of the machine or the pod.

Exit: 0 done; 1 the archive does not hold it, or does not verify; 2 a wrong option; 3 a member or the archive cannot be
reached, or refuses; 4 it must not be done (another key, another cluster, a folder in use); 5 a bug of this command.`;

function options(command: Command): Command {
  return command
    .option(
      '--key-file <file>',
      'encrypts, and decrypts: 32 bytes, or 64 hexadecimal digits (openssl rand -hex 32)',
    )
    .option('--cluster <id>', 'where the archive has those of several: the one that is meant')
    .option('--s3-endpoint <url>', 'of a server other than that of AWS')
    .option('--s3-region <name>', 'where the bucket is; without it AWS_REGION, or us-east-1')
    .option('--s3-path-style', 'the bucket is in the path, and not in the name of the host')
    .option('--json', 'one line of JSON instead of text');
}

function program(): Command {
  const root = new Command('rookery-server backup')
    .description('Backups of a running ensemble, and a new cluster out of one.')
    .addHelpText('after', ABOUT);
  options(root.command('create'))
    .description(
      'takes one: the log since the last one, or a snapshot with the log behind it where it has to',
    )
    .argument('<archive>')
    .option(
      '--member <url...>',
      'HTTP of a member, http://127.0.0.1:8080; of several the first that gives it',
    )
    .option('--token-file <file>', 'with the token of its admin calls; without it ROOKERY_HTTP_TOKEN')
    .option('--ca-file <file>', 'of the authority that signed its certificate')
    .option('--full', 'with a snapshot in any case')
    .action(create);
  options(root.command('list')).description('what there is').argument('<archive>').action(list);
  options(root.command('verify'))
    .description(
      'reads all of it back, applies the log to the snapshot, and compares digests with what members had said',
    )
    .argument('<archive>')
    .option('--id <backup>', 'only up to that one')
    .action(verify);
  options(root.command('restore'))
    .description('makes the state at a point the data of a new cluster of one member; all sessions are ended')
    .argument('<archive>')
    .argument('[flags...]', "behind --: the member's own flags, or its zoo.cfg")
    .option('--to <folder>', 'the data folder, empty; without it that of the configuration')
    .option('--at-zxid <zxid>', 'up to this write, and none after it')
    .option('--at-time <time>', 'up to that time: 2026-12-01T04:15:00Z, or 10m-ago')
    .action(restoreCommand);
  options(root.command('prune'))
    .description('removes what nobody wants to keep and no kept one needs')
    .argument('<archive>')
    .option('--keep-last <n>', 'so many of the newest stay')
    .option('--keep-days <n>', 'those of so many days stay')
    .option('--dry-run', 'tells, and removes nothing')
    .action(prune);
  return root;
}

/** Never rejects. */
export async function runBackup(argv: readonly string[]): Promise<number> {
  const root = program();
  for (const command of [root, ...root.commands]) command.exitOverride();
  try {
    await root.parseAsync([...argv], { from: 'user' });
    return ExitCode.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    return failed(error, argv.includes('--json'));
  }
}

function failed(error: unknown, isJson: boolean): number {
  const [code, exit] =
    error instanceof BackupFault
      ? [error.code, EXITS[error.code]]
      : error instanceof UsageFault
        ? ['usage', ExitCode.usage]
        : ['unexpected', ExitCode.unexpected];
  const message = error instanceof Error ? error.message : String(error);
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  process.stderr.write(`rookery-server backup: ${message}\n`);
  if (code === 'unexpected' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exit;
}
