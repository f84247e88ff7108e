import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../certificates.ts';
import type { Endpoint } from '../endpoint.ts';

/** Certificates of an ensemble that speaks TLS with its clients: one for all members, one for the clients, of one authority. */
export interface EnsembleTls {
  /** For every zoo.cfg: stores that Apache ZooKeeper and Rookery read alike. */
  readonly configLines: readonly string[];
  readonly client: NonNullable<Endpoint['tls']>;
}

/** @param host where members listen; @param folder gets the stores */
export async function makeEnsembleTls(host: string, folder: string): Promise<EnsembleTls> {
  const authority = await Authority.create();
  const members = await authority.issue({ subject: 'CN=members', ip: [host] });
  const client = await authority.issue({ subject: 'CN=client' });
  const keyStore = join(folder, 'members.pem');
  const trustStore = join(folder, 'authority.pem');
  writeFileSync(keyStore, `${members.privateKey}${members.certificate}`, { mode: 0o600 });
  writeFileSync(trustStore, authority.certificate);
  return {
    configLines: [`ssl.keyStore.location=${keyStore}`, `ssl.trustStore.location=${trustStore}`],
    client: { ca: authority.certificate, cert: client.certificate, key: client.privateKey },
  };
}
