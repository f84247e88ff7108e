import { type Client, connect } from '@rookery/client';
import type { Bounds } from '../../../../src/bounds/bounds.ts';
import type { WindowMode } from '../../../../src/config/config.ts';
import type { BearerTokens } from '../../../../src/http/v1/bearer-tokens.ts';
import { type Answered, ServedTree } from '../../v1/served-tree.ts';

export interface WindowAt {
  readonly mode?: WindowMode;
  readonly token?: string;
  readonly count?: number;
  readonly bounds?: Partial<Bounds>;
  readonly prefix?: '/window' | '/window/v1';
  readonly bearers?: BearerTokens;
}

/** Members whose window shows the tree, without HTTP for programs. */
export function serveWindow({
  mode = 'write',
  token,
  count = 1,
  bounds,
  prefix = '/window',
  bearers,
}: WindowAt = {}): Promise<ServedTree> {
  const at = {
    prefix,
    config: { window: mode, v1: false },
    ...(token === undefined ? {} : { token }),
    ...(bearers === undefined ? {} : { bearers }),
  };
  return ServedTree.start(count, {}, bounds, at);
}

/** What the header of the page says of user and password. */
export function identity(user: string, password: string): Record<string, string> {
  return { 'rookery-identity': `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Who has a node alone. */
export const OWN_ACL = [{ scheme: 'auth', id: '', perms: 31 }];

/** A client of the member, as whoever uses the tree otherwise has one. @param user with its password behind a colon */
export function clientOf(window: ServedTree, user?: string): Promise<Client> {
  const auth = user === undefined ? [] : [{ scheme: 'digest', auth: user }];
  return connect(`127.0.0.1:${window.ensemble.leader.port}`, { auth });
}

export type Line = Readonly<Record<string, unknown>>;

/** Those of an answer of lines. */
export function linesOf({ text }: Pick<Answered, 'text'>): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
