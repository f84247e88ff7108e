import type { Authority, IssueOptions } from './certificates.ts';

/** What the operator asks cert-manager for, as far as it is read here. */
export interface AskedCertificate {
  readonly spec: {
    readonly isCA?: boolean;
    readonly commonName: string;
    readonly subject?: {
      readonly organizations?: readonly string[];
      readonly organizationalUnits?: readonly string[];
    };
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
    /** As Go writes it, in hours. */
    readonly duration: string;
  };
}

const HOUR_MS = 3_600_000;

/**
 * Stands in for cert-manager with an issuer of its kind CA: what it would put into the Secret of a Certificate, each time with another key.
 * @returns the Secret's data, in base64
 */
export async function issueFor(
  root: Authority,
  { spec }: AskedCertificate,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  const { organizations = [], organizationalUnits = [] } = spec.subject ?? {};
  const options: IssueOptions = {
    subject: [
      ...organizations.map((organization) => ({ O: [organization] })),
      ...organizationalUnits.map((unit) => ({ OU: [unit] })),
      { CN: [spec.commonName] },
    ],
    notBeforeMs: nowMs - HOUR_MS,
    notAfterMs: nowMs + Number.parseInt(spec.duration, 10) * HOUR_MS,
  };
  const issued =
    spec.isCA === true
      ? await root.issueAuthority(options)
      : await root.issue({ ...options, dns: spec.dnsNames ?? [], ip: spec.ipAddresses ?? [] });
  const texts = {
    'tls.crt': issued.certificate,
    'tls.key': issued.privateKey,
    'ca.crt': root.certificate,
  };
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
}
