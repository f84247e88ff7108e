import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../../testkit/src/endpoint.ts';

/** What a program needs to speak TLS with members that ask it for a certificate: paths of files in PEM. */
export interface TlsFiles {
  /** Whom to trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  /** Private key and certificate in one file, as Java's key stores are. */
  readonly keyStore: string;
}

/** @param folder gets them; whoever a program runs as may read them */
export function writeTlsFiles(folder: string, { ca, cert, key }: NonNullable<Endpoint['tls']>): TlsFiles {
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  return {
    authority: write('authority.pem', String(ca)),
    certificate: write('client.crt', String(cert)),
    key: write('client.key', String(key)),
    keyStore: write('client.pem', `${key}${cert}`),
  };
}

/** Properties of ZooKeeper's Java client, whichever program it is within. */
export function javaTls({
  authority,
  keyStore,
}: Pick<TlsFiles, 'authority' | 'keyStore'>): readonly string[] {
  return [
    '-Dzookeeper.client.secure=true',
    '-Dzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty',
    `-Dzookeeper.ssl.trustStore.location=${authority}`,
    '-Dzookeeper.ssl.trustStore.type=PEM',
    `-Dzookeeper.ssl.keyStore.location=${keyStore}`,
    '-Dzookeeper.ssl.keyStore.type=PEM',
  ];
}
