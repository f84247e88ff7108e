import type { TlsConfig } from '../config/tls-config.ts';
import { isPassing } from '../ports/disk.ts';
import type { Logger } from '../ports/logger.ts';
import { type Credentials, loadCredentials, type ShownCertificate, withContext } from './credentials.ts';
import { readBeside } from './read-beside.ts';
import { filesOnDisk } from './store-files.ts';
import { StoreError } from './stores/store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A certificate that ends sooner is told of: whoever rotates them has not come by. */
export const ENDING_SOON_MS = 14 * DAY_MS;

/** What one kind of listener (`clients`, `members`, `HTTP`) shows, as its files say; they may change while it runs. */
export class TlsIdentity {
  readonly whom: string;
  readonly config: TlsConfig;
  /** Times that changed files were taken over, … */
  reloads = 0;
  /** … and times that they could not be: the former ones stay. */
  failedReloads = 0;
  readonly #log: Logger;
  readonly #listeners: ((credentials: Credentials) => void)[] = [];
  #credentials: Credentials;
  #complaint = '';
  /** Of the certificate whose end was told of. */
  #toldSerial = '';

  /** Reads the files at once. Throws StoreError. */
  constructor(whom: string, config: TlsConfig, log: Logger) {
    this.whom = whom;
    this.config = config;
    this.#log = log;
    this.#credentials = loadCredentials(config, filesOnDisk);
  }

  get credentials(): Credentials {
    return this.#credentials;
  }

  get shown(): ShownCertificate {
    return this.#credentials.shown;
  }

  /** Called with what new handshakes are to use, whenever it changes. */
  onChange(listener: (credentials: Credentials) => void): void {
    this.#listeners.push(listener);
  }

  /** Reads the files again; where they cannot be used, the former credentials stay. One at a time. Rejects where a later attempt may find it otherwise. */
  async reload(): Promise<void> {
    try {
      const credentials = withContext(this.config, await readBeside(this.config));
      this.#complaint = '';
      if (isSame(credentials, this.#credentials)) return;
      this.#credentials = credentials;
      this.reloads++;
      for (const listener of this.#listeners) listener(credentials);
      const { serial, issuer, notAfterMs } = credentials.shown;
      const fields = { whom: this.whom, serial, issuer, notAfter: new Date(notAfterMs).toISOString() };
      this.#log.info(fields, 'TLS certificate reloaded: new connections are shown it');
    } catch (error) {
      this.failedReloads++;
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.#complaint) {
        const fields = { whom: this.whom, reason };
        this.#log.error(
          fields,
          'TLS certificate not reloaded: the former one stays until the files can be used',
        );
      }
      this.#complaint = reason;
      if (!(error instanceof StoreError) || isPassing(error.cause)) throw error;
    }
  }

  /** Says once of each certificate that it ends soon. */
  warnOfEnd(nowMs: number): void {
    const { serial, notAfterMs } = this.shown;
    if (notAfterMs - nowMs >= ENDING_SOON_MS || serial === this.#toldSerial) return;
    this.#toldSerial = serial;
    const days = Math.floor((notAfterMs - nowMs) / DAY_MS);
    const fields = { whom: this.whom, serial, days, notAfter: new Date(notAfterMs).toISOString() };
    const end = days < 0 ? 'has ended: it is refused' : 'ends in less than 14 days: replace its files';
    this.#log.warn(fields, `the TLS certificate for ${this.whom} ${end}`);
  }
}

function isSame(a: Credentials, b: Credentials): boolean {
  const text = ({ options }: Credentials): string =>
    JSON.stringify([options.key, options.cert, options.ca, options.crl]);
  return text(a) === text(b);
}
