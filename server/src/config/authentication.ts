import type { AuthConfig } from './config.ts';
import { ConfigError, describeOrigin, type Origin } from './config-error.ts';
import type { Layers } from './layer.ts';
import { readSaslUsers, USERS_ARE_MISSING } from './sasl-users.ts';
import type { TlsConfig } from './tls-config.ts';

const NO_CERTIFICATES = 'no port for clients speaks TLS and asks for certificates';

/** How clients prove who they are, and whether they have to. Throws ConfigError. */
export function readAuthentication(
  layers: Layers,
  tls: TlsConfig | undefined,
  readFile: (path: string, origin: Origin) => string,
  warnings: string[],
): AuthConfig {
  const sasl = readSaslUsers(layers, readFile, warnings);
  const schemes = new Set(['ip', ...layers.value('auth.schemes')]);
  if (layers.value('digest.enabled')) schemes.add('digest');
  if (sasl.users !== undefined) schemes.add('sasl');
  const showsCertificates = tls !== undefined && tls.clientAuth !== 'none';
  // As in ZooKeeper, where nobody is asked for one, too: lists may name whom another member knows.
  if (tls !== undefined) schemes.add('x509');
  const digestAlgorithm = layers.value('digest.algorithm');
  const requiredSchemes = layers.value('auth.requiredSchemes');
  const x509SuperUser = layers.value('x509.superUser');
  for (const scheme of requiredSchemes) {
    refuseUnprovable(layers, scheme, schemes, { hasUsers: sasl.users !== undefined, showsCertificates });
  }
  if (x509SuperUser !== undefined && !showsCertificates) {
    const origin = describeOrigin(layers.originOf('x509.superUser'));
    warnings.push(`${origin} has no effect here: ${NO_CERTIFICATES}`);
  }
  return Object.freeze({
    schemes,
    requiredSchemes,
    digestAlgorithm,
    sasl: Object.freeze({
      ...sasl,
      superUsers: new Set(layers.value('sasl.superUsers')),
      allowFailedClients: layers.value('sasl.allowFailedClients'),
    }),
    ...(x509SuperUser === undefined ? {} : { x509SuperUser }),
  });
}

/** Who can prove anything by the schemes that take more than a password. */
interface Provers {
  readonly hasUsers: boolean;
  readonly showsCertificates: boolean;
}

/** Nobody would get in, and the member would look as if it served. */
function refuseUnprovable(
  layers: Layers,
  scheme: string,
  schemes: ReadonlySet<string>,
  provers: Provers,
): void {
  const why = whyUnprovable(scheme, schemes, provers);
  if (why === undefined) return;
  const problem = `the scheme ${scheme} is required, and nobody can prove it: ${why}`;
  throw new ConfigError(layers.originOf('auth.requiredSchemes'), problem);
}

function whyUnprovable(
  scheme: string,
  schemes: ReadonlySet<string>,
  { hasUsers, showsCertificates }: Provers,
): string | undefined {
  if (scheme === 'x509') return showsCertificates ? undefined : NO_CERTIFICATES;
  if (scheme === 'digest' && !schemes.has('digest')) return 'digest.enabled is false';
  return scheme === 'sasl' && !hasUsers ? USERS_ARE_MISSING : undefined;
}
