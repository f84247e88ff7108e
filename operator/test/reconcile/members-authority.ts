import type { KubeObject } from '@rookery/kube/objects';
import { FORMER_KEY, NEXT_CERTIFICATE_KEY, textIn } from '../../src/observe/tls-secrets.ts';
import { AUTHORITY_PATH, CERTIFICATES_PATH } from './cluster-world.ts';
import type { RunningEnsemble } from './running-ensemble.ts';

export const secret = ({ world }: RunningEnsemble, path: string): KubeObject =>
  world.world.server.objects.get(path)!;

/** PEM of who signs the members' certificates, and of what vouches for it. */
export const signer = (all: RunningEnsemble): string => textIn(secret(all, AUTHORITY_PATH), 'tls.crt');
/** One authority alone, and certificates of it that all members show. */
export function isSettled(all: RunningEnsemble): boolean {
  const authority = secret(all, AUTHORITY_PATH);
  const bundle = textIn(secret(all, CERTIFICATES_PATH), 'ca.crt');
  return (
    textIn(authority, NEXT_CERTIFICATE_KEY) === '' &&
    textIn(authority, FORMER_KEY) === '' &&
    bundle === signer(all) &&
    all.world.conditionReason('TLSReady') === 'InForce'
  );
}
