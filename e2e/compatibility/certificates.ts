import { rmSync } from 'node:fs';
import type { JsonNameParams } from '@peculiar/x509';
import { newWorkFolder } from '../../testkit/src/cache.ts';
import { Authority, type Issued } from '../../testkit/src/certificates.ts';
import type { Endpoint } from '../../testkit/src/endpoint.ts';
import { type EnsembleTls, makeEnsembleTls } from '../../testkit/src/systems/ensemble-tls.ts';

const HOUR_MS = 60 * 60 * 1000;

/** Whose certificates clients may show, by the names that scenarios have for them: a client's own has its name. Of a subject, the last part is told first. */
export const subjects = {
  ann: 'CN=ann',
  bob: 'O=Acme,OU=data,CN=bob',
  cleo: 'CN=cleo',
  root: 'O=Acme,CN=root',
  'several attributes in one place': [{ CN: ['dora'], OU: ['data'] }, { O: ['Acme'] }],
  'characters that have to be escaped': [{ CN: [{ utf8String: ' a, b + c= "d" <e>; #f\\g ' }] }],
  'a # first': [{ CN: [{ utf8String: '#1' }] }],
  'blanks alone': [{ CN: [{ utf8String: '  ' }] }],
  'blanks in a row': [{ CN: [{ utf8String: 'a  b' }] }],
  'letters of many kinds': [{ CN: [{ utf8String: 'Jürgen 漢字' }] }],
  'a bird': [{ CN: [{ utf8String: '🐦' }] }],
  'an empty value': [{ CN: [{ utf8String: '' }] }, { O: ['Acme'] }],
  'a line break': [{ CN: [{ utf8String: 'a\nb\u0000c' }] }],
  'two-byte letters': [{ CN: [{ bmpString: 'Jürgen' }] }],
  'four-byte letters': [{ CN: [{ universalString: 'Jürgen' }] }],
  'a mail address': [{ CN: ['erin'] }, { '1.2.840.113549.1.9.1': [{ ia5String: 'erin@acme.org' }] }],
  'all that have names': [
    { DC: ['org'] },
    { DC: ['acme'] },
    { C: ['DE'] },
    { ST: ['Berlin'] },
    { L: ['Berlin'] },
    { '2.5.4.9': [{ utf8String: 'Hauptstr. 1' }] },
    { O: ['Acme'] },
    { OU: ['data'] },
    { '0.9.2342.19200300.100.1.1': [{ utf8String: 'f1' }] },
    { CN: ['fred'] },
  ],
  'some that have none': [
    { '2.5.4.5': [{ printableString: '7' }] },
    { '2.5.4.12': [{ utf8String: 'Dr.' }] },
    { '2.5.4.4': [{ utf8String: 'Smith' }] },
    { '1.2.3.4': [{ utf8String: 'mine' }] },
    { CN: ['gina'] },
  ],
  'blanks and returns at its ends': [{ CN: [{ utf8String: '\r a\r ' }] }],
  nothing: [],
  'nothing but a host name': [],
} as const satisfies Readonly<Record<string, string | JsonNameParams>>;

/** What a client shows: nothing, or a certificate of that name; the last two are of an authority that nobody trusts, and out of date. */
export type CertificateName = keyof typeof subjects | 'none' | 'untrusted' | 'expired';

type Shown = NonNullable<Endpoint['tls']>;

/** The stores of both servers, and what clients show them. */
export class Certificates {
  readonly stores: EnsembleTls;
  readonly #folder: string;
  readonly #shown: ReadonlyMap<string, Shown>;

  /** Made by its static function alone. */
  constructor(folder: string, stores: EnsembleTls, shown: ReadonlyMap<string, Shown>) {
    this.#folder = folder;
    this.stores = stores;
    this.#shown = shown;
  }

  static async create(): Promise<Certificates> {
    const folder = newWorkFolder('certificates');
    const authority = await Authority.create();
    const stores = await makeEnsembleTls(folder, authority);
    const shown = new Map<string, Shown>();
    const put = (name: string, { certificate, privateKey }: Issued): void => {
      shown.set(name, { ca: authority.certificate, cert: certificate, key: privateKey });
    };
    for (const [name, subject] of Object.entries<string | JsonNameParams>(subjects)) {
      const dns = name.endsWith('host name') ? ['host'] : [];
      put(name, await authority.issue({ subject, dns }));
    }
    put('untrusted', await (await Authority.create()).issue({ subject: subjects.ann }));
    put('expired', await authority.issue({ subject: subjects.ann, notAfterMs: Date.now() - HOUR_MS }));
    shown.set('none', { ca: authority.certificate });
    return new Certificates(folder, stores, shown);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  of(name: string): Shown {
    const shown = this.#shown.get(name);
    if (shown === undefined) throw new Error(`nobody has a certificate ${name}`);
    return shown;
  }
}
