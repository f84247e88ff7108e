import { Authority, type Issued } from '../../../testkit/src/certificates.ts';
import type { EnsembleTls } from '../../../testkit/src/systems/ensemble-tls.ts';
import type { Context } from '../scenario.ts';

/** Where members listen, and what clients take for a name of it. */
const MEMBERS_NAMES = { ip: ['127.0.0.1'], dns: ['localhost'] } as const;

export const AUTHORITY_NAMES = ['old', 'new'] as const;
export type AuthorityName = (typeof AUTHORITY_NAMES)[number];

/** What somebody shows, and whose certificates are taken of others. */
export interface Credentials {
  readonly shown: Issued;
  readonly trusted: readonly Authority[];
}

/** The authority whose certificates are given up, and the one that follows it. */
export class Authorities {
  readonly #context: Context;
  readonly #authorities: Readonly<Record<AuthorityName, Authority>>;

  /** Made by its static function alone. */
  constructor(context: Context, authorities: Readonly<Record<AuthorityName, Authority>>) {
    this.#context = context;
    this.#authorities = authorities;
  }

  static async create(context: Context): Promise<Authorities> {
    const old = await Authority.create('CN=old authority');
    return new Authorities(context, { old, new: await Authority.create('CN=new authority') });
  }

  /** The private key counts as a secret of this run. */
  async issue(name: string, by: AuthorityName): Promise<Issued> {
    const issued = await this.#authorities[by].issue({ subject: `CN=${name}`, ...MEMBERS_NAMES });
    const lines = issued.privateKey.split('\n').filter((line) => !line.startsWith('-----'));
    // Who prints all of it prints each line of it; those behind these hold the public key.
    for (const line of lines.slice(0, 2)) this.#context.secret(`a private key of ${name}`, line);
    return issued;
  }

  of(names: readonly AuthorityName[]): readonly Authority[] {
    return names.map((name) => this.#authorities[name]);
  }
}

/** The files of a mounted folder, under the names that the client programs know. Java and members read a key and its certificate from one file. */
export function filesOf({ shown, trusted }: Credentials): Readonly<Record<string, string>> {
  return {
    'tls.key': shown.privateKey,
    'tls.crt': shown.certificate,
    'tls.pem': `${shown.privateKey}${shown.certificate}`,
    'ca.pem': bundleOf(trusted),
  };
}

export function clientTls({ shown, trusted }: Credentials): EnsembleTls['client'] {
  return { ca: bundleOf(trusted), cert: shown.certificate, key: shown.privateKey };
}

function bundleOf(authorities: readonly Authority[]): string {
  return authorities.map(({ certificate }) => certificate).join('');
}
