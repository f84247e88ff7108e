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
}
