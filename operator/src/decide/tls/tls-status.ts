import type { CoordinationClusterStatus } from '@rookery/crds';
import type { Observed } from '../../model/observed.ts';
import type { PeerTlsMode } from '../../model/tls.ts';

const STATES = { off: 'Disabled', optional: 'Optional', required: 'Required' } as const satisfies Record<
  PeerTlsMode,
  string
>;

/** What people see of it. `peer` is also what stays where the spec does not say: so it is noted from the beginning. */
export function tlsStatus({ cluster, plan, tls }: Observed): Pick<CoordinationClusterStatus, 'tls'> {
  // A spec of which nothing can be made says nothing of what runs.
  if (plan.invalid !== undefined) return cluster.status?.tls === undefined ? {} : { tls: cluster.status.tls };
  const authority = tls.authority.kind === 'there' ? tls.authority.current : undefined;
  const leaves = tls.certificates.kind === 'there' ? Object.values(tls.certificates.leaves) : [];
  const brought = tls.broughtLeaf?.kind === 'there' ? [tls.broughtLeaf] : [];
  const [first] = [...leaves, ...brought].map(({ notAfter }) => notAfter).sort();
  return {
    tls: {
      peer: STATES[plan.peerTls.mode],
      ...(authority === undefined
        ? {}
        : { authority: authority.fingerprint, authorityNotAfter: authority.notAfter }),
      ...(first === undefined ? {} : { notAfter: first }),
    },
  };
}
