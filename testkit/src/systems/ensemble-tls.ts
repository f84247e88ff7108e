import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../certificates.ts';
import { type Endpoint, HOST } from '../endpoint.ts';

/** Certificates of an ensemble that speaks TLS with its clients: one for all members, one for a client. */
export interface EnsembleTls {
  /** For every zoo.cfg: stores that Apache ZooKeeper and Rookery read alike. */
  readonly configLines: readonly string[];
  /** For the zoo.cfg of one member. */
  readonly linesOf?: (serverId: number) => readonly string[];
  readonly client: NonNullable<Endpoint['tls']>;
}

/** @param folder gets the stores; @param authority vouches for members and clients */
export async function makeEnsembleTls(folder: string, authority?: Authority): Promise<EnsembleTls> {
  const trusted = authority ?? (await Authority.create());
  // Java's client asks for the name that the address has.
  const members = await trusted.issue({ subject: 'CN=members', ip: [HOST], dns: ['localhost'] });
  const client = await trusted.issue({ subject: 'CN=client' });
  const keyStore = join(folder, 'members.pem');
  const trustStore = join(folder, 'authority.pem');
  writeFileSync(keyStore, `${members.privateKey}${members.certificate}`, { mode: 0o600 });
  writeFileSync(trustStore, trusted.certificate);
  return {
    configLines: [`ssl.keyStore.location=${keyStore}`, `ssl.trustStore.location=${trustStore}`],
    client: { ca: trusted.certificate, cert: client.certificate, key: client.privateKey },
  };
}
