import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandError, type CommandOptions, run } from '../../tools/kube/commands.ts';
import { kubeconfigFile, repository } from '../../tools/kube/folders.ts';
import { tools } from '../../tools/kube/tools.ts';

/** What npm puts on the PATH. */
const NAMES = ['kubectl-rookery', 'kubectl_complete-rookery'] as const;

/** `kubectl rookery`, found by kubectl as users have it. */
export class KubectlPlugin implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'rookery-plugin-'));
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
    for (const name of NAMES) symlinkSync(join(repository, 'cli', 'bin', 'rookery'), join(this.folder, name));
  }

  /** What it prints; throws CommandError where it does not end with 0. */
  run(args: readonly string[], input?: string): Promise<string> {
    const [command, ...rest] = args;
    return run([tools.kubectl, 'rookery', command!, '-n', this.#namespace, ...rest], this.#options(input));
  }

  /** What it says, and with which code it ends, where that is not 0. */
  async refusal(args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
    try {
      return { code: 0, said: await this.run(args) };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { code: error.exitCode, said: error.message };
    }
  }

  /** What kubectl is told where somebody asks it to complete `kubectl rookery WORDS`. */
  complete(...words: readonly string[]): Promise<string> {
    return run([join(this.folder, 'kubectl_complete-rookery'), ...words], this.#options());
  }

  #options(input?: string): CommandOptions {
    const path = [this.folder, dirname(tools.kubectl), process.env.PATH ?? ''].join(':');
    return {
      environment: { PATH: path, KUBECONFIG: kubeconfigFile },
      ...(input === undefined ? {} : { input }),
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
