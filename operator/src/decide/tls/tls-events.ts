import type { TlsStep } from '../../model/tls.ts';

/** What is told of a step that writes a Secret of TLS. */
export function tlsEvent(step: TlsStep): readonly [reason: string, message: string] {
  switch (step.kind) {
    case 'makeAuthority': {
      const whose =
        step.brought === undefined ? 'a new one' : `that of the Secret ${step.brought.secretName}`;
      return step.as === 'current'
        ? ['AuthorityMade', `The authority of the members' certificates is ${whose}.`]
        : ['AuthorityAdded', `Another authority is to follow, ${whose}: it signs once all members trust it.`];
    }
    case 'writeCertificates':
      return step.leaves.length === 0
        ? ['AuthoritiesPublished', 'Members are told of other authorities to trust.']
        : [
            'CertificatesIssued',
            `Issued ${step.leaves.length} certificates anew; members take them over without a restart.`,
          ];
    case 'switchAuthority':
      return ['AuthoritySwitched', 'The next authority signs from now on. The former one is trusted still.'];
    case 'dropAuthority':
      return ['AuthorityDropped', 'The former authority is trusted no more.'];
    default:
      return step satisfies never;
  }
}
