import { getCiphers } from 'node:tls';

const known: ReadonlySet<string> = new Set(getCiphers().map((name) => name.toUpperCase()));

/**
 * OpenSSL's name of a cipher suite that Java names as IANA does: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is ECDHE-RSA-AES128-GCM-SHA256.
 * Names of TLS 1.3 and of OpenSSL stay. undefined where this runtime has no such suite.
 */
export function opensslCipher(name: string): string | undefined {
  const upper = name.toUpperCase();
  if (known.has(upper)) return upper;
  const parts = /^TLS_(\w+)_WITH_(\w+)$/.exec(upper);
  if (parts === null) return undefined;
  const [, exchange = '', cipher = ''] = parts;
  const short = cipher
    .replace(/^AES_(128|256)_/, 'AES$1_')
    .replace(/^CAMELLIA_(128|256)_/, 'CAMELLIA$1_')
    .replace(/^(AES\d+|CAMELLIA\d+)_CBC_/, '$1_')
    .replace(/^CHACHA20_POLY1305_SHA256$/, 'CHACHA20_POLY1305');
  const own = (exchange === 'RSA' ? short : `${exchange}_${short}`).replaceAll('_', '-');
  return known.has(own) ? own : undefined;
}
