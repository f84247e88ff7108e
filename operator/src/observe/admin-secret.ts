import type { KubeObject } from '@rookery/kube/objects';
import { ADMIN_TOKEN_KEY, JOIN_SECRET_KEY } from '../model/cluster-names.ts';

/** The part of the admin Secret that is read. */
export interface AdminSecret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Of each: one that is used, and one that comes or goes. */
const MOST_LINES = 2;
/** As the members', who refuse any other. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,4096}$/;

/** The token of a Secret with which members can run: they need both of its keys. Of two tokens it is the first: whoever changes them puts the new one behind it. */
export function adminTokenOf(secret: AdminSecret | undefined): string | undefined {
  const tokens = linesOf(secret, ADMIN_TOKEN_KEY);
  const secrets = linesOf(secret, JOIN_SECRET_KEY);
  const isUsable =
    [...tokens, ...secrets].every((text) => TOKEN.test(text)) &&
    [tokens, secrets].every(({ length }) => length > 0 && length <= MOST_LINES);
  return isUsable ? tokens[0] : undefined;
}

function linesOf(secret: AdminSecret | undefined, key: string): string[] {
  const text = Buffer.from(secret?.data?.[key] ?? '', 'base64')
    .toString('utf8')
    .trim();
  return text === '' ? [] : text.split(/\s+/);
}
