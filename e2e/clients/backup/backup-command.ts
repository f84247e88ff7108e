import { fileURLToPath } from 'node:url';
import { Program } from '../program.ts';

const launcher = fileURLToPath(new URL('../../../node_modules/.bin/rookery-server', import.meta.url));
const TIMEOUT_MS = 120_000;

export interface ListedBackup {
  readonly id: string;
  readonly snapshotIndex: number | null;
  readonly lastZxid: string;
}

/** `rookery-server backup … ARCHIVE --json`, as somebody types it. */
export class BackupCommand {
  readonly #archive: string;
  readonly #flags: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;

  constructor(archive: string, flags: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#archive = archive;
    this.#flags = flags;
    this.#environment = environment;
  }

  /** What it prints. Rejects where it does not exit with 0. */
  async run(command: string, flags: readonly string[] = []): Promise<Record<string, unknown>> {
    return lastJson(await this.#program(command, flags).success(TIMEOUT_MS));
  }

  /** The error that it prints. Rejects where it exits with 0. */
  async failure(command: string, flags: readonly string[] = []): Promise<{ code: string; message: string }> {
    const told = lastJson(await this.#program(command, flags).failure(TIMEOUT_MS));
    return told.error as { code: string; message: string };
  }

  async list(): Promise<readonly ListedBackup[]> {
    const { backups } = (await this.run('list')) as { backups?: readonly ListedBackup[] };
    return backups ?? [];
  }

  #program(command: string, flags: readonly string[]): Program {
    const args = ['backup', command, this.#archive, ...this.#flags, '--json', ...flags];
    return new Program(launcher, args, this.#environment);
  }
}

function lastJson(output: string): Record<string, unknown> {
  const line = output.split('\n').findLast((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`it printed no JSON:\n${output}`);
  return JSON.parse(line) as Record<string, unknown>;
}
