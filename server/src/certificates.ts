import type { ServedCertificate } from './admin/served-certificate.ts';
import type { TlsConfigs } from './config/config.ts';
import type { WatchedFiles } from './platform/watched-files.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import { pathsOf } from './tls/store-files.ts';
import { TlsIdentity } from './tls/tls-identity.ts';

const LOOK_FOR_END_EVERY_MS = 60 * 60 * 1000;

/** The certificates that a member shows, by kind of port, and their files. */
export class Certificates {
  readonly clients: TlsIdentity | undefined;
  readonly members: TlsIdentity | undefined;
  readonly http: TlsIdentity | undefined;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;

  /** Reads the files. Throws StoreError. */
  constructor({ client, peer, http }: TlsConfigs, log: Logger, clock: Clock) {
    this.#clock = clock;
    this.clients = client === undefined ? undefined : new TlsIdentity('clients', client, log);
    this.members = peer === undefined ? undefined : new TlsIdentity('members', peer, log);
    this.http = http === undefined ? undefined : new TlsIdentity('HTTP', http, log);
  }

  /** From now on what changes in the files is taken over, and an end that is near is told of. */
  follow(files: WatchedFiles): void {
    for (const identity of this.#all) {
      files.watch(
        () => pathsOf(identity.config),
        () => identity.reload().then(() => this.#warnOfEnds()),
      );
    }
    this.#warnOfEnds();
    this.#timer = setInterval(() => this.#warnOfEnds(), LOOK_FOR_END_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  served(): readonly ServedCertificate[] {
    return this.#all.map(({ whom, shown }) => {
      const { serial, subject, issuer, notAfterMs, trusted } = shown;
      const notAfter = new Date(notAfterMs).toISOString();
      return { listener: whom, serial, subject, issuer, notAfter, trusted };
    });
  }

  get failedReloads(): number {
    return this.#all.reduce((sum, { failedReloads }) => sum + failedReloads, 0);
  }

  get #all(): readonly TlsIdentity[] {
    return [this.clients, this.members, this.http].filter((identity) => identity !== undefined);
  }

  #warnOfEnds(): void {
    const nowMs = this.#clock.wallMs();
    for (const identity of this.#all) identity.warnOfEnd(nowMs);
  }
}
