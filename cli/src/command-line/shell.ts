import { Argument, type Command } from 'commander';
import { ensembleOptions } from './ensemble.ts';
import { type Runner, subcommand, withCommonOptions } from './subcommand.ts';

export function addShellCommands(program: Command, run: Runner): void {
  ensembleOptions(subcommand(program, 'shell', 'a prompt for these commands, until Ctrl-D'))
    .addHelpText(
      'after',
      '\nA line is a command without "rookery" before it; Tab completes it, Ctrl-C ends it. No pipes.\nWhere there is no terminal lines are read from stdin; the exit code is that of the last one.',
    )
    .action((_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/shell.ts')).shell(context)),
    );
  subcommand(program, 'completion', 'what your shell needs to complete commands and paths')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh']))
    .addHelpText('after', '\nbash: source <(rookery completion bash)\nzsh:  source <(rookery completion zsh)')
    .action((shell: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/completion.ts')).completion(context, shell)),
    );
  withCommonOptions(program.command('__complete', { hidden: true }))
    .argument('<line>', 'as it was typed, up to the cursor')
    .action((line: string, _options: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/complete.ts')).complete(context, program, line),
      ),
    );
  program
    .command('__complete-kubectl', { hidden: true })
    .argument('[words...]', 'as they stand behind "kubectl rookery", up to the cursor')
    .action((words: string[], _options: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/complete.ts')).completeForKubectl(context, program, words),
      ),
    );
}
