import { promises as files } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, type Issued } from '../../../testkit/src/certificates.ts';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import type { TlsConfig } from '../../src/config/tls-config.ts';
import { TlsIdentity } from '../../src/tls/tls-identity.ts';

/** Each member has an address of its own, as on machines of their own: its certificate names that one and no other. */
export function hostOf(serverId: number): string {
  return `127.0.0.${serverId}`;
}

/** What the members of a cluster show one another, and whom they trust, in files. */
export class PeerCertificates {
  /** Of the members. */
  readonly authority: Authority;
  /** That is trusted as well, until it is not. */
  readonly former: Authority;
  readonly #folder: string;

  /** Made by its static function alone. */
  constructor(folder: string, authority: Authority, former: Authority) {
    this.#folder = folder;
    this.authority = authority;
    this.former = former;
  }

  static async create(serverIds: readonly number[]): Promise<PeerCertificates> {
    const folder = await files.mkdtemp(join(tmpdir(), 'rookery-peer-certificates-'));
    const [authority, former] = [await Authority.create('CN=cluster'), await Authority.create('CN=former')];
    const certificates = new PeerCertificates(folder, authority, former);
    for (const serverId of serverIds)
      await certificates.#show(`member-${serverId}`, await certificates.of(serverId));
    await certificates.trust(authority, former);
    return certificates;
  }

  remove(): Promise<void> {
    return files.rm(this.#folder, { recursive: true, force: true });
  }

  /** A valid one of that member. */
  of(serverId: number, issuer = this.authority, notAfterMs = Date.now() + 3_600_000): Promise<Issued> {
    return issuer.issue({ subject: 'CN=member', ip: [hostOf(serverId)], notAfterMs });
  }

  /** Whom members trust from now on, once they have read their files again. */
  trust(...authorities: readonly Authority[]): Promise<void> {
    const text = authorities.map(({ certificate }) => certificate).join('');
    return files.writeFile(join(this.#folder, 'trusted.pem'), text);
  }

  configOf(name: string): TlsConfig {
    return {
      mode: 'required',
      keyStore: { path: join(this.#folder, `${name}.pem`) },
      trustStore: { path: join(this.#folder, 'trusted.pem') },
      clientAuth: 'need',
      protocols: ['TLSv1.2', 'TLSv1.3'],
      verifyHostname: false,
      handshakeTimeoutMs: 5_000,
    };
  }

  /** What somebody else shows, who takes the members for what they are. */
  async identity(name: string, issued: Issued): Promise<TlsIdentity> {
    await this.#show(name, issued);
    return new TlsIdentity('members', this.configOf(name), new KeptLog());
  }

  #show(name: string, { privateKey, certificate }: Issued): Promise<void> {
    return files.writeFile(join(this.#folder, `${name}.pem`), `${privateKey}${certificate}`);
  }
}
