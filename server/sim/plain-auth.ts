import type { AuthConfig } from '../src/config/config.ts';

/** What holds where nobody has configured anything: digests and addresses, and nobody has to prove either. */
export const PLAIN_AUTH: AuthConfig = {
  schemes: new Set(['ip', 'digest']),
  requiredSchemes: [],
  digestAlgorithm: 'sha1',
  sasl: { superUsers: new Set(), allowFailedClients: false },
};
