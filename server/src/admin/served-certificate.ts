/** What this member shows by TLS at one kind of port. */
export interface ServedCertificate {
  /** `clients`, `members` or `HTTP`. */
  readonly listener: string;
  /** Hexadecimal. */
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601. */
  readonly notAfter: string;
  /** SHA-256 of each authority that new handshakes there trust; empty where none is asked for. Who replaces authorities waits until all members trust the next. */
  readonly trusted: readonly string[];
}
