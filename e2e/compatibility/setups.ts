/** Ticks of a second: sessions may be as short as two. The last line of a key counts. */
const plain = ['tickTime=1000', 'initLimit=20', 'syncLimit=10', 'extendedTypesEnabled=true'];
const withSasl = [...plain, 'authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider'];

/** Whom SASL knows, where it is set up. */
const jaas = `
Server {
    org.apache.zookeeper.server.auth.DigestLoginModule required
    user_super="mighty"
    user_root="of all"
    user_ann="ann's password"
    user_bob="bob's \\"password\\"";
};
`;

/** A way in which both servers are configured, for the scenarios that want it so. */
interface Setup {
  readonly configLines: readonly string[];
  /** The users of SASL. */
  readonly jaas?: string;
  readonly jvmFlags?: readonly string[];
  /** Both speak TLS with clients, at a second port. */
  readonly tls: boolean;
  /** Whoever connects may ask for anything. */
  readonly isOpen: boolean;
}

export const setups = {
  plain: { configLines: plain, isOpen: true, tls: false },
  // The super user is super:test.
  reconfig: {
    configLines: [
      ...plain,
      'reconfigEnabled=true',
      'DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=',
    ],
    isOpen: true,
    tls: false,
  },
  // A member that has lost the others serves reads, and new clients, too, which ZooKeeper lets in by sessions of its own alone.
  'read-only': {
    configLines: [...plain, 'syncLimit=2', 'localSessionsEnabled=true', 'localSessionsUpgradingEnabled=true'],
    jvmFlags: ['-Dreadonlymode.enabled=true'],
    isOpen: true,
    tls: false,
  },
  // Nobody looks at requireClientAuthScheme, though many a zoo.cfg has it.
  sasl: {
    configLines: [...withSasl, 'superUser.1=root', 'requireClientAuthScheme=sasl'],
    jaas,
    isOpen: true,
    tls: false,
  },
  // By TLS, too, where nobody is asked for a certificate.
  'lenient sasl': {
    configLines: [
      ...withSasl,
      'allowSaslFailedClients=true',
      'SASLAuthenticationProvider.superPassword=mightier',
      'ssl.clientAuth=none',
      'DigestAuthenticationProvider.enabled=false',
    ],
    jaas,
    isOpen: true,
    tls: true,
  },
  'sasl required': {
    configLines: [...withSasl, 'sessionRequireClientSASLAuth=true', 'allowSaslFailedClients=true'],
    jaas,
    isOpen: false,
    tls: false,
  },
  // Digests are those of another algorithm.
  'digest required': {
    configLines: [
      ...withSasl,
      'enforce.auth.enabled=true',
      'enforce.auth.schemes=digest',
      'DigestAuthenticationProvider.digestAlg=SHA-256',
    ],
    jaas,
    isOpen: false,
    tls: false,
  },
  // Whoever speaks TLS has to show a certificate; at one of the ports one need not speak it.
  tls: {
    configLines: [
      ...withSasl,
      'client.portUnification=true',
      'X509AuthenticationProvider.superUser=CN=root,O=Acme',
    ],
    jaas,
    isOpen: true,
    tls: true,
  },
  'certificates wanted': {
    configLines: [...plain, 'ssl.clientAuth=want'],
    isOpen: true,
    tls: true,
  },
  'certificate required': {
    configLines: [
      ...plain,
      'ssl.clientAuth=want',
      'client.portUnification=true',
      'enforce.auth.enabled=true',
      'enforce.auth.schemes=x509',
    ],
    isOpen: false,
    tls: true,
  },
} as const satisfies Readonly<Record<string, Setup>>;

export type SetupName = keyof typeof setups;
