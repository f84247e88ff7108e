import { createHash } from 'node:crypto';
import type { AclList, Identity } from '@rookery/protocol';
import { Right } from '../oracle/rights.ts';
import type { Prng } from '../prng.ts';

/** What somebody proves by `auth`. */
export interface User {
  readonly name: string;
  readonly password: string;
}

/** The last one does not know ann's password. */
export const USERS: readonly User[] = [
  { name: 'ann', password: 'apple' },
  { name: 'bob', password: 'banana' },
  { name: 'eve', password: 'elder' },
  { name: 'ann', password: 'a guess' },
];

const MAX_ENTRIES = 3;

export function proofOf({ name, password }: User): string {
  return `${name}:${password}`;
}

/** What is known of a connection after it. */
export function identityOf(user: User): Identity {
  const digest = createHash('sha1').update(proofOf(user)).digest('base64');
  return { scheme: 'digest', id: `${user.name}:${digest}` };
}

/** Where a client's connections come from. */
export function addressOf(client: number): string {
  return `10.0.${client >> 8}.${client & 0xff}`;
}

export function addressIdentity(client: number): Identity {
  return { scheme: 'ip', id: addressOf(client) };
}

/** A list by which some may do something. `own`: the client that makes it. */
export function randomAcl(prng: Prng, own: number): AclList {
  return Array.from({ length: 1 + prng.below(MAX_ENTRIES) }, () => {
    const perms = prng.chance(0.5) ? Right.all : 1 + prng.below(Right.all);
    switch (prng.below(6)) {
      case 0:
        return { perms, scheme: 'world', id: 'anyone' };
      case 1:
        return { perms, ...addressIdentity(own) };
      case 2:
        return { perms, scheme: 'auth', id: '' };
      default:
        return { perms, ...identityOf(prng.pick(USERS)) };
    }
  });
}

/** For a node whose list everybody can change again. */
export function openToChange(acl: AclList): AclList {
  return [...acl, { perms: Right.admin, scheme: 'world', id: 'anyone' }];
}
