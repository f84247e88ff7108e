import { createPrivateKey } from 'node:crypto';
import { certificateOf, type Store, StoreError } from './store.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const CERTIFICATE_LABELS: ReadonlySet<string> = new Set([
  'CERTIFICATE',
  'X509 CERTIFICATE',
  'TRUSTED CERTIFICATE',
]);

/** Certificates and at most one private key, in any order, as ZooKeeper's PEM stores and Kubernetes' Secrets hold them. Throws StoreError. */
export function readPem(text: string, password: string | undefined): Store {
  const certificates = [];
  let privateKey: string | undefined;
  for (const [block, label = ''] of text.matchAll(BLOCK)) {
    if (CERTIFICATE_LABELS.has(label)) certificates.push(certificateOf(Buffer.from(block)));
    else if (!label.endsWith('PRIVATE KEY')) continue;
    else if (privateKey === undefined) privateKey = readKey(block, password);
    else throw new StoreError('it holds more than one private key');
  }
  return { privateKey, certificates };
}

function readKey(block: string, password: string | undefined): string {
  try {
    const key = createPrivateKey({
      key: block,
      format: 'pem',
      ...(password === undefined ? {} : { passphrase: password }),
    });
    return key.export({ format: 'pem', type: 'pkcs8' }).toString();
  } catch (error) {
    const isEncrypted = /ENCRYPTED/.test(block);
    const why = !isEncrypted
      ? 'its private key cannot be read'
      : password === undefined
        ? 'its private key is encrypted, and no password is given'
        : 'its private key cannot be decrypted with the password';
    throw new StoreError(why, { cause: error });
  }
}
