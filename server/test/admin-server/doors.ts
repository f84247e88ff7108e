import { createHash } from 'node:crypto';
import { type AclList, OPEN_ACL } from '@rookery/protocol';
import type { StreamRefusal } from '../../src/admin/zookeeper-commands.ts';
import type { refusalOf } from '../../src/admin-server/stream-access.ts';
import type { Verifier } from '../../src/connections/schemes.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('base64');
const digestId = (proof: string): string => `${proof.split(':')[0]}:${sha1(proof)}`;

const verifier: Verifier = {
  schemes: new Set(['ip', 'digest', 'x509', 'sasl']),
  hashBase64: (algorithm, message) => createHash(algorithm).update(message).digest('base64'),
  digestAlgorithm: 'sha1',
  superDigest: digestId('super:mighty'),
  x509SuperUser: 'CN=root',
};

const perms = (of: number, scheme: string, id: string) => ({ perms: of, scheme, id });
const JANES: AclList = [perms(31, 'digest', digestId('jane:secret')), perms(1, 'world', 'anyone')];
const IN_PARTS: AclList = [
  perms(15, 'digest', digestId('jane:secret')),
  perms(16, 'digest', digestId('jane:secret')),
];
const OTHERS: AclList = [
  perms(31, 'ip', '10.0.0.0/8'),
  perms(31, 'x509', 'CN=app'),
  perms(15, 'digest', digestId('jo:x')),
];

const MISSING = { status: 401, error: 'Auth info is missing for the command' };
const NOT_PROVED = { status: 401, error: 'Not authenticated' };
const NOT_PERMITTED = { status: 403, error: 'Not authorized' };

interface Door {
  readonly name: string;
  readonly header: string;
  readonly acl: AclList;
  /** What 3.9.5 answers to the same; undefined: what was asked for. */
  readonly answer: StreamRefusal | undefined;
  /** Where it is another one once a token is set. */
  readonly guarded?: StreamRefusal;
  readonly address?: string;
  readonly subject?: string;
}

/** Everybody who may come to the streams, and what is answered. */
export const DOORS: readonly Door[] = [
  { name: 'nobody', header: '', acl: OPEN_ACL, answer: MISSING },
  {
    name: 'a user where everybody may',
    header: 'digest a:b',
    acl: OPEN_ACL,
    answer: undefined,
    guarded: NOT_PERMITTED,
  },
  {
    name: 'an address where everybody may',
    header: 'ip',
    acl: OPEN_ACL,
    answer: undefined,
    guarded: NOT_PERMITTED,
  },
  { name: 'the user who may', header: 'digest jane:secret', acl: JANES, answer: undefined },
  {
    name: 'the user who may, by two entries',
    header: 'digest jane:secret',
    acl: IN_PARTS,
    answer: undefined,
  },
  {
    name: 'that user with a wrong password',
    header: 'digest jane:Secret',
    acl: JANES,
    answer: NOT_PERMITTED,
  },
  { name: 'a user who may not all of it', header: 'digest jo:x', acl: OTHERS, answer: NOT_PERMITTED },
  { name: 'another user', header: 'digest jo:x', acl: JANES, answer: NOT_PERMITTED },
  { name: 'super', header: 'digest super:mighty', acl: JANES, answer: undefined },
  { name: 'super with a wrong password', header: 'digest super:Mighty', acl: JANES, answer: NOT_PERMITTED },
  { name: 'an address that may', header: 'ip', acl: OTHERS, answer: undefined, address: '10.1.2.3' },
  { name: 'an address that may not', header: 'ip', acl: OTHERS, answer: NOT_PERMITTED, address: '11.1.2.3' },
  { name: 'a certificate that may', header: 'x509', acl: OTHERS, answer: undefined, subject: 'CN=app' },
  {
    name: 'a certificate that may not',
    header: 'x509',
    acl: OTHERS,
    answer: NOT_PERMITTED,
    subject: 'CN=other',
  },
  {
    name: 'the certificate of the super user',
    header: 'x509',
    acl: JANES,
    answer: undefined,
    subject: 'CN=root',
  },
  { name: 'x509 without a certificate', header: 'x509', acl: OPEN_ACL, answer: NOT_PROVED },
  { name: 'a scheme that there is not', header: 'Bearer x', acl: OPEN_ACL, answer: NOT_PROVED },
  { name: 'a scheme that is no word of HTTP', header: 'super x', acl: OPEN_ACL, answer: NOT_PROVED },
  { name: 'world', header: 'world anyone', acl: OPEN_ACL, answer: NOT_PROVED },
  {
    name: 'SASL, which takes more than one step',
    header: 'sasl jane:secret',
    acl: OPEN_ACL,
    answer: NOT_PROVED,
  },
  { name: 'digest without a proof', header: 'digest', acl: OPEN_ACL, answer: NOT_PROVED },
  { name: 'too many words', header: 'digest jane:secret x', acl: JANES, answer: NOT_PROVED },
];

/** The first door that answers otherwise; undefined: none does. */
export function wrongDoor(subject: typeof refusalOf): string | undefined {
  for (const {
    name,
    header,
    acl,
    answer,
    guarded = answer,
    address = '127.0.0.1',
    subject: shown,
  } of DOORS) {
    const caller = { address, certificateSubject: shown, authorization: header };
    for (const [isGuarded, expected] of [
      [false, answer],
      [true, guarded],
    ] as const) {
      const told = JSON.stringify(subject(caller, verifier, acl, isGuarded));
      if (told !== JSON.stringify(expected)) return `${name}, token ${isGuarded}: ${told}`;
    }
  }
  return undefined;
}
