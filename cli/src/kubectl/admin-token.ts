/** The token that the operator has made for a cluster's /admin and /window. */
import { Refusal } from '../failures.ts';
import type { Kubectl } from './kubectl.ts';

const KEY = 'token';
/** As members take it: nothing else is written to a terminal. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,4096}$/;

export const adminSecretOf = (cluster: string): string => `${cluster}-admin`;

/** What kubectl is told so that it prints the token; two of them, one a line, while it is rotated: either will do. */
export function tokenArgs(cluster: string): readonly string[] {
  return ['get', 'secret', adminSecretOf(cluster), `--output=go-template={{.data.${KEY} | base64decode}}`];
}

/** The token that all members take now. Throws Refusal where the Secret has none, and what kubectl's failure means. */
export async function adminToken(kubectl: Kubectl, cluster: string): Promise<string> {
  const secret = adminSecretOf(cluster);
  const text = (await kubectl.json(['get', 'secret', secret])).fields('data').text(KEY) ?? '';
  const [first = ''] = Buffer.from(text, 'base64').toString('utf8').split('\n');
  const token = first.trim();
  if (!TOKEN.test(token)) throw new Refusal(`the Secret ${secret} has no ${KEY} that members could take`);
  return token;
}
