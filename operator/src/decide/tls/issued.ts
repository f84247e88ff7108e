import type { Observed } from '../../model/observed.ts';
import type { IssuerReference } from '../../model/tls.ts';

/** The part of a Certificate of cert-manager's that is read. */
interface AskedFor {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly message?: string;
    }[];
  };
}

/** Its Certificates: nothing else is of that kind. */
export function isAskedOfCertManager({ kind }: { readonly kind: string }): boolean {
  return kind === 'Certificate';
}

/** What is missing is awaited, or nobody was asked for it. */
export function whyNotIssued(
  observed: Observed,
  secret: { readonly name: string; readonly why: string },
  { kind, name }: IssuerReference,
  what: string,
): string {
  const said = certManagerOn(observed, secret.name);
  if (said === undefined)
    return `The spec names the ${kind} ${name} for ${what}, and this operator does not ask cert-manager for anything. Where cert-manager runs, let it: helm upgrade RELEASE CHART --reset-then-reuse-values --set certManager.enabled=true. Elsewhere name a Secret (secretName) in the place of the issuer. What runs goes on as it is.`;
  return `The Secret ${secret.name}, which cert-manager makes of the Certificate ${secret.name} by the ${kind} ${name} for ${what}, ${secret.why}. ${said} What runs goes on as it is.`;
}

/** What cert-manager says of the Certificate of this name; undefined: it is not asked for one. */
export function certManagerOn({ objects }: Observed, certificate: string): string | undefined {
  const asked = objects.find(
    ({ wanted }) => isAskedOfCertManager(wanted) && wanted.metadata.name === certificate,
  );
  if (asked === undefined) return undefined;
  const { status } = (asked.found ?? {}) as AskedFor;
  const messages = SPEAKING.flatMap(
    (type) => status?.conditions?.find((condition) => condition.type === type)?.message ?? [],
  );
  return messages.length === 0
    ? 'cert-manager says nothing of it yet: look whether it runs.'
    : `cert-manager says: ${[...new Set(messages)].join('; ')} (kubectl describe certificates,certificaterequests).`;
}

/** A failure stands in the second, and is tried again. */
const SPEAKING = ['Ready', 'Issuing'] as const;
