import { Argument, type Command } from 'commander';
import { type Runner, subcommand, withCommonOptions } from './subcommand.ts';

export function addShellCommands(program: Command, run: Runner): void {
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
}
