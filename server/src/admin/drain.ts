import { loadConfigOrExit } from '../config/or-exit.ts';
import { askOwnMember, ownAddress } from './own-http.ts';

/** In a cluster, what sends clients to this member hears within about this time that it is not ready. */
const SETTLE_MS = 3_000;

/**
 * Tells the member that runs on this machine with the same configuration that it is about to stop, and waits until the word is out.
 * Exit 0; exit 1 where no member answered: a preStop hook that fails delays nothing, and the member still stops cleanly by SIGTERM.
 */
export async function drain(argv: readonly string[]): Promise<void> {
  if (await tell(argv, 'drain', 'POST')) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/** Tells that member that it stays after all. Exit 0; exit 1 where no member answered. */
export async function undrain(argv: readonly string[]): Promise<void> {
  await tell(argv, 'undrain', 'DELETE');
}

/** @returns whether the member has taken it; says on standard error why not, and sets exit 1 */
async function tell(argv: readonly string[], command: string, method: string): Promise<boolean> {
  const { config } = loadConfigOrExit(argv, process.env);
  try {
    const { status, body } = await askOwnMember(config, method, '/admin/drain');
    if (status !== 200) throw new Error(`it answered ${status}: ${body}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(`rookery-server: cannot ${command} the member at ${ownAddress(config)}: ${why}`);
    process.exitCode = 1;
    return false;
  }
  return true;
}
