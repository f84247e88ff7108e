/** Where TLS may be spoken; each has stores of its own. */
export const TLS_SIDES = ['client', 'peer', 'http'] as const;
export type TlsSide = (typeof TLS_SIDES)[number];

export const STORE_TYPES = ['PEM', 'PKCS12', 'JKS'] as const;
export type StoreType = (typeof STORE_TYPES)[number];

/** A key store or trust store, as ZooKeeper calls them. */
export interface StoreLocation {
  /** A file, or a folder as Kubernetes mounts a Secret of TLS: `tls.crt` and `tls.key`, and `ca.crt`. Absolute. */
  readonly path: string;
  /** undefined: as the name says, or else the content. */
  readonly type?: StoreType;
  readonly password?: string;
  /** The password is the first line of this file. Absolute. */
  readonly passwordFile?: string;
}

/** Whether one listener speaks TLS: never, with those who begin with it, or always. */
export const TLS_MODES = ['off', 'optional', 'required'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

/** Whether the other end shows a certificate: it is not asked; asked, and may have none; has to. What it shows is always verified. */
export const CLIENT_AUTHS = ['none', 'want', 'need'] as const;
export type ClientAuth = (typeof CLIENT_AUTHS)[number];

export const TLS_PROTOCOLS = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsProtocol = (typeof TLS_PROTOCOLS)[number];

/** What one kind of listener shows, and whom it trusts. */
export interface TlsConfig {
  /** At its own port; clients may have a second one, of TLS only. */
  readonly mode: TlsMode;
  readonly keyStore: StoreLocation;
  /** undefined: nobody's certificate is asked for. */
  readonly trustStore?: StoreLocation;
  readonly clientAuth: ClientAuth;
  /** Not empty, each once. */
  readonly protocols: readonly TlsProtocol[];
  /** OpenSSL's names, best first; undefined: those of Node, without anonymous and weak ones. */
  readonly ciphers?: readonly string[];
  /** Certificates that were revoked, in PEM: of each authority that is trusted. Absolute. */
  readonly crlFile?: string;
  /** The certificate of who connects has to name the address, or the host name that stands for it. */
  readonly verifyHostname: boolean;
  /** Who has not come through the handshake after so long is closed. */
  readonly handshakeTimeoutMs: number;
}
