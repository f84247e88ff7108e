import { authorityConfigMapName } from '../../model/cluster-names.ts';
import type { Observed } from '../../model/observed.ts';
import type { Step } from '../../model/step.ts';
import { nextAuthority, nextCertificates } from './next-certificates.ts';
import { rotationOf } from './rotation.ts';

/**
 * The next step for what members show and trust:
 *
 *   the authority → clients can find whom to trust → what is mounted in the pods → one authority follows another
 *
 * Nothing else comes before it, so that nothing that is in the way of something else lets a certificate end.
 */
export function nextTlsStep(observed: Observed): Step | undefined {
  const rotation = rotationOf(observed);
  return (
    nextAuthority(observed) ??
    tellClients(observed) ??
    nextCertificates(observed) ??
    (rotation?.kind === 'step' ? rotation.step : undefined)
  );
}

/** Clients' time to hear of another authority begins with what is mounted in the pods: until then it has to be there. */
function tellClients({ cluster, objects }: Observed): Step | undefined {
  const name = authorityConfigMapName(cluster.metadata.name);
  const found = objects.find(({ wanted }) => wanted.kind === 'ConfigMap' && wanted.metadata.name === name);
  if (found === undefined || found.state === 'right') return undefined;
  return found.state === 'leaving' || found.state === 'foreign'
    ? undefined
    : { kind: 'apply', object: found.wanted, why: found.state, over: found.found };
}
