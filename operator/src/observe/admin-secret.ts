import type { KubeObject } from '@rookery/kube/objects';
import { ADMIN_TOKEN_KEY, JOIN_SECRET_KEY } from '../model/cluster-names.ts';

/** The part of the admin Secret that is read. */
export interface AdminSecret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const MAX_JOIN_SECRETS = 2;
/** As the members', who refuse any other. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,4096}$/;

/** The token of a Secret with which members can run: they need both of its keys. */
export function adminTokenOf(secret: AdminSecret | undefined): string | undefined {
  const [token, ...secrets] = [
    textOf(secret, ADMIN_TOKEN_KEY),
    // While it is rotated there are two, one a line.
    ...(textOf(secret, JOIN_SECRET_KEY) ?? '').split(/\s+/),
  ];
  const isUsable =
    token !== undefined && [token, ...secrets].every((text) => text !== undefined && TOKEN.test(text));
  return isUsable && secrets.length <= MAX_JOIN_SECRETS ? token : undefined;
}

function textOf(secret: AdminSecret | undefined, key: string): string | undefined {
  const encoded = secret?.data?.[key];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8').trim();
}
