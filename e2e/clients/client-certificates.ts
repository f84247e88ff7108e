import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import type { Context } from './scenario.ts';

/** Writes what clients of an ensemble with TLS show (`tls.pem`: key and certificate) and trust (`ca.pem`); returns the folder. */
export function certificatesFolder({ folder }: Context, ensemble: Ensemble): string {
  const tls = ensemble.members[0]?.clientEndpoint.tls;
  if (tls === undefined) throw new Error('the ensemble speaks no TLS');
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates, { recursive: true });
  writeFileSync(join(certificates, 'tls.pem'), `${String(tls.key)}${String(tls.cert)}`, { mode: 0o600 });
  writeFileSync(join(certificates, 'ca.pem'), String(tls.ca));
  return certificates;
}
