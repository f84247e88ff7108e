import { type CommandOptions, run } from './commands.ts';
import { kubeconfigFile } from './folders.ts';
import { tools } from './tools.ts';

/** The beginning of every kubectl command on the cluster that runs; `installTools` has been called before. */
export const kubectlCommand: readonly string[] = [tools.kubectl, '--kubeconfig', kubeconfigFile];

/** Returns what kubectl prints; throws CommandError with what it said. */
export function kubectl(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return run([...kubectlCommand, ...args], options);
}
