import type { Command } from 'commander';
import type { CommonSettings, Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { parseDuration } from '../quantities.ts';

/** Runs a command's body with what it works with. */
export type Runner = (command: Command, body: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** A command below `parent`, with the options that all of them have. */
export function subcommand(parent: Command, name: string, summary: string): Command {
  return withCommonOptions(parent.command(name).description(summary));
}

export function withCommonOptions(command: Command): Command {
  return command
    .optionsGroup('Connection:')
    .option(
      '--server <hosts>',
      'HOST:PORT,HOST:PORT or srv:NAME, and /CHROOT; else ROOKERY_SERVER, else 127.0.0.1:2181',
    )
    .option('--user <name>', 'who you are, by scheme digest; the password is taken from ROOKERY_PASSWORD')
    .option('--password-file <file>', 'where the password stands instead')
    .option('--ca <file>', 'connect by TLS, and trust this authority (PEM)')
    .option('--cert <file>', 'the certificate to show (PEM)')
    .option('--key <file>', 'its key (PEM)')
    .option(
      '--server-cert <file>',
      'connect by TLS to whoever shows this certificate (PEM); else ROOKERY_SERVER_CERT, of ROOKERY_SERVER',
    )
    .option('--timeout <time>', 'how long to try to connect, and to wait for an answer; 15s', parseDuration)
    .optionsGroup('Options:')
    .option('--json', 'for programs');
}

/** What a command was told; what stands behind its name counts before what stands before it. */
export function settingsOf(command: Command): CommonSettings {
  const { timeout, ...settings } = optionsOf(command);
  return timeout === undefined ? settings : { ...settings, timeoutMs: timeout };
}

function optionsOf(command: Command): CommonSettings & { readonly timeout?: number } {
  const above = command.parent === null ? {} : optionsOf(command.parent);
  return { ...above, ...command.opts() };
}
