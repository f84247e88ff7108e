import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { Out } from '../output/out.ts';
import { addEnsembleCommands } from './ensemble.ts';
import { addKubectlCommands } from './kubectl.ts';
import { addMovingCommands } from './moving.ts';
import { addPastCommands } from './past.ts';
import { addReadingCommands } from './reading.ts';
import { addSearchingCommands } from './searching.ts';
import { addShellCommands } from './shell.ts';
import { type Runner, withCommonOptions } from './subcommand.ts';
import { addWritingCommands } from './writing.ts';

const EPILOGUE = `
PATH is /PATH at the ensemble of --server, or HOST:PORT/PATH at any other.
VALUE is itself, - for what comes from stdin, or @FILE for what is in a file.

Exit codes: 0 fine; 1 the answer is no: nothing found, no such node, the two differ; 2 usage;
3 the ensemble could not be reached; 4 refused by the server; 5 a bug; 130 Ctrl-C.`;

/** All commands, each of which loads what it needs when it is run. */
export function programOf(out: Out, runner: Runner): Command {
  const program = new Command('rookery')
    .description('A ZooKeeper or Rookery ensemble and its tree, from the command line.')
    .version(packageJson.version, '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => void out.text(text), writeErr: () => {}, outputError: () => {} })
    .addHelpText('after', EPILOGUE);
  withCommonOptions(program);
  program.commandsGroup('Read:');
  addReadingCommands(program, runner);
  program.commandsGroup('Search:');
  addSearchingCommands(program, runner);
  program.commandsGroup('Write:');
  addWritingCommands(program, runner);
  program.commandsGroup('Copy and compare:');
  addMovingCommands(program, runner);
  program.commandsGroup('The past:');
  addPastCommands(program, runner);
  program.commandsGroup('The ensemble:');
  addEnsembleCommands(program, runner);
  program.commandsGroup('Kubernetes:');
  addKubectlCommands(program, runner);
  program.commandsGroup('Shell:');
  addShellCommands(program, runner);
  return program;
}
