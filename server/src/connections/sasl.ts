import type { Identity } from '@rookery/protocol';
import type { SaslConfig } from '../config/config.ts';
import type { Entropy } from '../ports/entropy.ts';
import { hexOf } from '../sasl/byte-string.ts';
import { DigestMd5Exchange, type DigestMd5Parts } from '../sasl/digest-md5.ts';
import { SaslUsers } from '../sasl/users.ts';
import { SUPER } from './schemes.ts';

/** ZooKeeper's, of all its servers: clients know it. */
const REALM = 'zk-sasl-md5';
const DIGEST_URI = `zookeeper/${REALM}`;
const NONCE_BYTES = 20;

/** What the SASL exchanges of a member share. */
export class Sasl {
  /** May be replaced at any time. */
  readonly users: SaslUsers;
  readonly allowsFailedClients: boolean;
  readonly #superUsers: ReadonlySet<string>;
  readonly #parts: DigestMd5Parts;

  constructor({ users, superUsers, allowFailedClients }: SaslConfig, entropy: Entropy) {
    const md5 = (message: Uint8Array): Uint8Array => entropy.md5(message);
    const nonce = (): string => hexOf(entropy.bytes(NONCE_BYTES));
    this.users = new SaslUsers(REALM, md5);
    if (users !== undefined) this.users.replace(users);
    this.allowsFailedClients = allowFailedClients;
    this.#superUsers = superUsers;
    this.#parts = { md5, nonce, users: this.users, digestUri: DIGEST_URI };
  }

  begin(): DigestMd5Exchange {
    return new DigestMd5Exchange(this.#parts);
  }

  /** What somebody is who has proved to be this user. */
  identitiesOf(user: string): readonly Identity[] {
    const identity = { scheme: 'sasl', id: user };
    return this.#superUsers.has(user) ? [SUPER, identity] : [identity];
  }
}
