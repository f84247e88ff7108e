import { PLAIN_AUTH } from '../../sim/plain-auth.ts';
import type { AuthConfig } from '../../src/config/config.ts';
import { DigestClient, type ResponseFields } from '../sasl/digest-client.ts';
import type { Reply, TestClient } from './test-client.ts';

export const NO_TOKEN = new Uint8Array(0);

/** Who is there where SASL is set up. */
export const USERS: ReadonlyMap<string, string> = new Map([
  ['bob', "bob's password"],
  ['ann', "ann's password"],
  ['super', 'mighty'],
  ['root', 'of all'],
]);

/** SASL is set up; root is super. */
export const SASL_AUTH: AuthConfig = {
  ...PLAIN_AUTH,
  schemes: new Set(['ip', 'digest', 'sasl']),
  sasl: { users: USERS, superUsers: new Set(['root']), allowFailedClients: false },
};

export function asUser(user: string, password = USERS.get(user) ?? ''): ResponseFields {
  return { user, password };
}

/** The token of a reply; undefined for null. */
export function tokenOf({ record }: Reply): Buffer | undefined {
  const token = record.readBuffer();
  return token === undefined ? undefined : Buffer.from(token);
}

/** Asks for a challenge. */
export async function challenge(client: TestClient): Promise<DigestClient> {
  const reply = await client.ask(() => client.sasl(NO_TOKEN));
  return new DigestClient(tokenOf(reply)!);
}

/** One whole exchange: its last reply, and the token that a true server ends it with. */
export async function exchange(
  client: TestClient,
  fields: ResponseFields,
): Promise<{ readonly reply: Reply; readonly rspauth: string }> {
  const { response, rspauth } = (await challenge(client)).respond(fields);
  return { reply: await client.ask(() => client.sasl(response)), rspauth };
}
