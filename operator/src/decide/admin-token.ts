import { ROTATE_ADMIN_TOKEN_ANNOTATION } from '../model/cluster-names.ts';
import type { AdminSecretFacts, Observed, ObservedPod } from '../model/observed.ts';
import type { AdminSecretStep } from '../model/step.ts';
import { whoDoesNot } from './who-does-not.ts';

/**
 * The next step for what callers of /admin send, and for what members prove to one another that they know:
 *
 *   both are made → somebody asks for others: they stand behind those in use → every member takes them → those in use before are gone
 *
 * Nobody is refused at any moment: members take both of two, and callers send the first. What is waited for is looked at each time, and
 * nothing is remembered but in the Secret. undefined: nothing is to be done now.
 */
export function nextAdminSecretStep(observed: Observed): AdminSecretStep | undefined {
  const { adminToken, adminSecret } = observed;
  const asked = askedFor(observed);
  if (adminToken === 'missing') return { kind: 'createAdminToken', rotatedFor: asked };
  if (adminSecret === undefined) return undefined;
  const { seen, rotatedFor, rotatingFor } = adminSecret;
  if (rotatingFor === undefined)
    return asked === '' || asked === rotatedFor
      ? undefined
      : { kind: 'addAdminToken', seen, rotatingFor: asked };
  return whoIsBehind(observed, adminSecret) === ''
    ? { kind: 'dropAdminToken', seen, rotatedFor: rotatingFor }
    : undefined;
}

/** What the next token waits for, for a person; empty: none is on its way. */
export function describeAdminToken(observed: Observed): string {
  const { adminSecret } = observed;
  if (adminSecret?.rotatingFor === undefined) return '';
  const behind = whoIsBehind(observed, adminSecret);
  return behind === '' ? '' : `${behind} has to take the next admin token.`;
}

function whoIsBehind(observed: Observed, { newestToken }: AdminSecretFacts): string {
  const takesIt = ({ report }: ObservedPod): boolean =>
    report.kind === 'answer' && report.answer.adminTokens?.includes(newestToken) === true;
  const prover = observed.proof?.pod;
  const members = whoDoesNot(observed, takesIt);
  return [members, prover === undefined || takesIt(prover) ? '' : prover.name]
    .filter((names) => names !== '')
    .join(', ');
}

function askedFor({ cluster }: Observed): string {
  return cluster.metadata.annotations?.[ROTATE_ADMIN_TOKEN_ANNOTATION] ?? '';
}
