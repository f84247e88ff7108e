import { type Setting, setting, withDefault } from './setting.ts';
import { type ClientAuth, TLS_PROTOCOLS, type TlsProtocol, type TlsSide } from './tls-config.ts';
import {
  cipherSuites,
  clientAuth,
  file,
  integer,
  password,
  storeType,
  tlsProtocols,
  truth,
} from './values.ts';

/** @param whom as a person would call them; @param zoo what ZooKeeper's keys for them begin with, where it has any */
function rows(whom: string, zoo: string | undefined) {
  const key = (name: string) => (zoo === undefined ? {} : { zoo: `${zoo}.${name}` });
  return {
    keyStore: setting(
      file,
      `file (PEM, PKCS12 or JKS), or folder with tls.crt and tls.key: what is shown to ${whom} by TLS`,
      key('keyStore.location'),
    ),
    keyStoreType: setting(storeType, 'PEM, PKCS12 or JKS', {
      fallbackText: "as the file's name or content says",
      ...key('keyStore.type'),
    }),
    keyStorePassword: setting(password, 'its password', { noFlag: true, ...key('keyStore.password') }),
    keyStorePasswordFile: setting(file, 'file that holds its password', key('keyStore.passwordPath')),
    trustStore: setting(
      file,
      `file (PEM, PKCS12 or JKS), or folder with ca.crt: the authorities that are trusted of ${whom}`,
      key('trustStore.location'),
    ),
    trustStoreType: setting(storeType, 'PEM, PKCS12 or JKS', {
      fallbackText: "as the file's name or content says",
      ...key('trustStore.type'),
    }),
    trustStorePassword: setting(password, 'its password', { noFlag: true, ...key('trustStore.password') }),
    trustStorePasswordFile: setting(file, 'file that holds its password', key('trustStore.passwordPath')),
    crlFile: setting(file, 'file (PEM) of revoked certificates, one list of each authority that is trusted'),
    protocols: withDefault<readonly TlsProtocol[]>(tlsProtocols, TLS_PROTOCOLS, 'versions of TLS', {
      fallbackText: TLS_PROTOCOLS.join(','),
      ...key('enabledProtocols'),
    }),
    ciphers: setting(cipherSuites, 'cipher suites, best first', {
      fallbackText: 'those of Node, none of them weak',
      ...key('ciphersuites'),
    }),
    clientAuth: withDefault<ClientAuth>(
      clientAuth,
      'need',
      `whether ${whom} show a certificate: none, want or need`,
      key('clientAuth'),
    ),
    verifyHostname: withDefault(
      truth,
      false,
      `whether the certificate that ${whom} show has to name the address or host that they come from`,
      key('clientHostnameVerification'),
    ),
    handshakeTimeoutMs: withDefault(
      integer(100, 600_000, 'milliseconds'),
      5_000,
      `${whom} that have not come through the handshake are closed after so long`,
      key('handshakeDetectionTimeoutMillis'),
    ),
  } satisfies Readonly<Record<string, Setting<unknown, unknown>>>;
}

type Rows = ReturnType<typeof rows>;
type TlsSettings<S extends TlsSide> = { readonly [K in keyof Rows & string as `${S}.tls.${K}`]: Rows[K] };

/** The settings of one side: `client.tls.keyStore` and so on. */
export function tlsSettings<S extends TlsSide>(
  side: S,
  zoo: string | undefined,
  whom: string,
): TlsSettings<S> {
  const entries = Object.entries(rows(whom, zoo)).map(([name, row]) => [`${side}.tls.${name}`, row]);
  return Object.fromEntries(entries) as TlsSettings<S>;
}
