import { createPrivateKey } from 'node:crypto';
import forge from 'node-forge';
import { certificateOf, type Store, StoreError } from './store.ts';

/** Throws StoreError. Reads what OpenSSL 3 leaves out, too: the RC2 and triple DES of Java 8, and stores that hold certificates only. */
export function readPkcs12(bytes: Buffer, password: string): Store {
  const { asn1, pkcs12, pki } = forge;
  let bags: forge.pkcs12.Bag[];
  try {
    const content = asn1.fromDer(bytes.toString('latin1'));
    bags = pkcs12.pkcs12FromAsn1(content, password).safeContents.flatMap(({ safeBags }) => safeBags);
  } catch (error) {
    const reason = error instanceof Error && /MAC|password/i.test(error.message);
    const why = reason
      ? 'the password is not the right one, or the file is damaged'
      : 'it is no PKCS#12 store, or one that is damaged';
    throw new StoreError(why, { cause: error });
  }
  const keys = bags.filter(({ type }) => type === pki.oids.keyBag || type === pki.oids.pkcs8ShroudedKeyBag);
  const certificates = bags.filter(({ type }) => type === pki.oids.certBag);
  return {
    privateKey: keys[0] === undefined ? undefined : keyOf(keys[0]),
    // What the library reads of a certificate is RSA's only; the bytes are what counts.
    certificates: certificates.map(({ cert, asn1: raw }) =>
      certificateOf(derOf(cert === undefined || cert === null ? raw : pki.certificateToAsn1(cert))),
    ),
  };
}

function keyOf({ key, asn1: raw }: forge.pkcs12.Bag): string {
  const { pki } = forge;
  try {
    const info = key === undefined || key === null ? raw : pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(key));
    return createPrivateKey({ key: derOf(info), format: 'der', type: 'pkcs8' })
      .export({ format: 'pem', type: 'pkcs8' })
      .toString();
  } catch (error) {
    throw new StoreError('its private key cannot be read', { cause: error });
  }
}

function derOf(value: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(value).getBytes(), 'latin1');
}
