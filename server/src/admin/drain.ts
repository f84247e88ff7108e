import { joinAddress } from '../config/addresses.ts';
import type { Config } from '../config/config.ts';
import { loadConfigOrExit } from '../config/or-exit.ts';

/** Handing leadership over takes milliseconds, or is given up after two seconds. */
const ANSWER_TIMEOUT_MS = 5_000;
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
    const response = await fetch(`${addressOf(config)}/admin/drain`, {
      method,
      headers: config.http.token === undefined ? {} : { authorization: `Bearer ${config.http.token}` },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}: ${await response.text()}`);
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message} (${cause.message})` : message;
    console.error(`rookery-server: cannot ${command} the member at ${addressOf(config)}: ${why}`);
    process.exitCode = 1;
    return false;
  }
  return true;
}

/** A member that listens everywhere answers on loopback, too. */
function addressOf({ http: { host, port } }: Config): string {
  if (host === '::' || host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  return `http://${joinAddress(host, port)}`;
}
