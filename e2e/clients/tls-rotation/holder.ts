import { join } from 'node:path';
import type { Issued } from '../../../testkit/src/certificates.ts';
import { MountedFolder } from '../../../testkit/src/mounted-folder.ts';
import { type Authorities, type AuthorityName, filesOf } from './credentials.ts';

/** One replacement of everybody's files. */
export interface Step {
  readonly name: string;
  /** Who issues a new certificate to each of them; undefined: they keep theirs. */
  readonly issuer?: AuthorityName;
  readonly trusted: readonly AuthorityName[];
}

/** Somebody whose certificate, key and trusted authorities lie in a mounted folder. */
export class Holder {
  readonly name: string;
  readonly #mount: MountedFolder;
  readonly #authorities: Authorities;
  #shown: Issued | undefined;

  constructor(name: string, parent: string, authorities: Authorities) {
    this.name = name;
    this.#mount = new MountedFolder(join(parent, name));
    this.#authorities = authorities;
  }

  get folder(): string {
    return this.#mount.path;
  }

  /** The serial number of the certificate that it shows. */
  get serial(): string {
    return this.#shown?.serial ?? 'none';
  }

  async take({ issuer, trusted }: Step): Promise<void> {
    if (issuer !== undefined) this.#shown = await this.#authorities.issue(this.name, issuer);
    if (this.#shown === undefined) throw new Error(`${this.name} has no certificate to keep`);
    this.#mount.replace(filesOf({ shown: this.#shown, trusted: this.#authorities.of(trusted) }));
  }
}
