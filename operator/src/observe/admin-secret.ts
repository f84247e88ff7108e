import { createHash } from 'node:crypto';
import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { ADMIN_TOKEN_KEY, JOIN_SECRET_KEY } from '../model/cluster-names.ts';
import type { AdminSecretFacts } from '../model/observed.ts';
import { isOwnedBy } from './applied.ts';
import { ASKED_BY_ANNOTATION, seenOf, textIn } from './tls-secrets.ts';

/** The part of the admin Secret that is read. */
export interface AdminSecret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** On the admin Secret while others take the place of its texts: what the annotation of the cluster said when that began. */
export const ROTATING_FOR_ANNOTATION = 'rookery.dev/rotating-for';

/** Of each: one that is used, and one that comes or goes. */
const MOST_LINES = 2;
/** As the members', who refuse any other. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,4096}$/;

const FINGERPRINT_DIGITS = 16;

/** PURE. The token of a Secret with which members can run: they need both of its keys. Of two tokens it is the first: whoever changes them puts the new one behind it. */
export function adminTokenOf(secret: AdminSecret | undefined): string | undefined {
  const tokens = linesOf(secret, ADMIN_TOKEN_KEY);
  const secrets = linesOf(secret, JOIN_SECRET_KEY);
  const isUsable =
    [...tokens, ...secrets].every((text) => TOKEN.test(text)) &&
    [tokens, secrets].every(({ length }) => length > 0 && length <= MOST_LINES);
  return isUsable ? tokens[0] : undefined;
}

/** PURE. How far others are that take the place of its texts; undefined: it is not this cluster's to write over. */
export function adminSecretFacts(
  cluster: CoordinationCluster,
  secret: AdminSecret | undefined,
): AdminSecretFacts | undefined {
  if (secret === undefined || !isOwnedBy(secret, cluster)) return undefined;
  const { annotations, deletionTimestamp } = secret.metadata;
  if (deletionTimestamp !== undefined || adminTokenOf(secret) === undefined) return undefined;
  return {
    seen: seenOf(secret),
    rotatedFor: annotations?.[ASKED_BY_ANNOTATION] ?? '',
    rotatingFor: annotations?.[ROTATING_FOR_ANNOTATION],
    newestToken: fingerprintOf(linesOf(secret, ADMIN_TOKEN_KEY).at(-1) ?? ''),
  };
}

/** As members tell which tokens they take. */
function fingerprintOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, FINGERPRINT_DIGITS);
}

/** PURE. What stands under the key, the first of them in use. */
export function linesOf(secret: AdminSecret | undefined, key: string): string[] {
  const text = secret === undefined ? '' : textIn(secret, key).trim();
  return text === '' ? [] : text.split(/\s+/);
}
