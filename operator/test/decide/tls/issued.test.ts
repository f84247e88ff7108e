import type { KubeObject } from '@rookery/kube/objects';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/decide/decide.ts';
import { statusOf } from '../../../src/decide/status.ts';
import type { Observed } from '../../../src/model/observed.ts';
import { THREE } from '../observed-world.ts';
import { authorityOf, day, leafOf } from '../tls-world.ts';
import { look, type Spec } from './tls-looks.ts';

const ISSUER = { name: 'company-ca', kind: 'ClusterIssuer' } as const;
const PEER: Spec = { tls: { peer: { issuer: ISSUER } } };
const CLIENT: Spec = { tls: { client: { mode: 'Required', issuer: ISSUER } } };
const MISSING = { kind: 'missing' } as const;
const NO_AUTHORITY = { name: 'zk-issued-authority', ...MISSING } as const;
const NO_LEAF = { name: 'zk-issued-clients', ...MISSING } as const;
const ENDING = { notBefore: day(-77), notAfter: day(13) };

const isCertificate = ({ wanted }: Observed['objects'][number]): boolean => wanted.kind === 'Certificate';

/** What cert-manager has written into each Certificate. */
function saying(observed: Observed, conditions: readonly object[]): Observed {
  const objects = observed.objects.map((object) => {
    const found = { ...object.wanted, status: { conditions } } as KubeObject;
    return isCertificate(object) ? { ...object, found } : object;
  });
  return { ...observed, objects };
}

/** Of an operator that asks nothing of cert-manager. */
function without(observed: Observed): Observed {
  return { ...observed, objects: observed.objects.filter((object) => !isCertificate(object)) };
}

function conditionOf(observed: Observed, wanted: string): string {
  const found = statusOf(observed).conditions?.find(({ type }) => type === wanted);
  return `${found?.status} ${found?.reason}: ${found?.message}`;
}

describe('TLSReady of a cluster that names an issuer', () => {
  const issuing = { type: 'Ready', status: 'False', message: 'Issuing certificate as Secret does not exist' };
  const failed = { type: 'Issuing', status: 'False', message: 'The certificate request has failed' };
  const authority = look({
    spec: PEER,
    tls: { authority: MISSING, certificates: MISSING, broughtAuthority: NO_AUTHORITY },
  });
  const clients = look({ spec: CLIENT, tls: { broughtLeaf: NO_LEAF } });
  test.each<readonly [title: string, observed: Observed, said: readonly string[]]>([
    [
      'says what to set where the operator asks nothing of cert-manager',
      without(authority),
      [
        'False CertificatesLacking: The spec names the ClusterIssuer company-ca for the authority',
        'helm upgrade RELEASE CHART --reset-then-reuse-values --set certManager.enabled=true',
      ],
    ],
    ['the same for clients', without(clients), ['for what members show to clients', '--set certManager']],
    [
      'says what cert-manager says',
      saying(clients, [issuing]),
      [
        'False CertificatesLacking: The Secret zk-issued-clients, which cert-manager makes of the Certificate zk-issued-clients by the ClusterIssuer company-ca',
        'is not there. cert-manager says: Issuing certificate as Secret does not exist',
      ],
    ],
    [
      'says of what cert-manager fails',
      saying(authority, [issuing, failed]),
      ['Issuing certificate as Secret does not exist; The certificate request has failed'],
    ],
    ['says that cert-manager says nothing', saying(authority, []), ['look whether it runs']],
    [
      'says that what was issued is of no use',
      saying(
        look({
          spec: PEER,
          tls: { broughtAuthority: { ...NO_AUTHORITY, kind: 'unusable', why: 'it signs nothing' } },
        }),
        [{ type: 'Ready', status: 'True', message: 'Certificate is up to date' }],
      ),
      ['cannot be used: it signs nothing. cert-manager says: Certificate is up to date'],
    ],
    [
      'says why it was not renewed when it ends soon',
      saying(
        look({ spec: CLIENT, tls: { broughtLeaf: { ...NO_LEAF, ...leafOf(0, ENDING), kind: 'there' } } }),
        [failed],
      ),
      [
        'False CertificateEndsSoon: The certificate in the Secret zk-issued-clients ends at 2026-01-14T00:00:00Z, and was not renewed. cert-manager says: The certificate request has failed',
      ],
    ],
  ])('%s', (_title, observed, said) => {
    for (const part of said) expect(conditionOf(observed, 'TLSReady')).toContain(part);
  });

  test('goes with Stalled while nothing is there to go on with', () => {
    expect(conditionOf(authority, 'Stalled')).toContain('True CertificatesLacking');
    expect(conditionOf(clients, 'Stalled')).toContain('True CertificatesLacking');
  });
});

describe('what is done for a cluster that names an issuer', () => {
  const changed = (observed: Observed, kind: string): Observed => ({
    ...observed,
    objects: observed.objects.map((object) =>
      object.wanted.kind === kind ? { ...object, state: 'missing' as const } : object,
    ),
  });

  test('the Certificate is applied, and no pod is made before there is what it asks for', () => {
    const tls = { authority: MISSING, certificates: MISSING, broughtAuthority: NO_AUTHORITY };
    const begun = changed(look({ spec: PEER, tls, more: { pods: [] } }), 'StatefulSet');
    expect(decide(changed(begun, 'Certificate'))).toMatchObject({
      kind: 'apply',
      object: { kind: 'Certificate', metadata: { name: 'zk-issued-authority' } },
    });
    expect(decide(begun).kind).toBe('writeStatus');
  });

  test('nothing else waits for cert-manager: pods are made anew before it is asked', () => {
    const broughtAuthority = { ...NO_AUTHORITY, ...authorityOf('one'), kind: 'there' } as const;
    const pods = THREE.map((pod) => ({ ...pod, outdated: true }));
    const rolling = changed(look({ spec: PEER, tls: { broughtAuthority }, more: { pods } }), 'Certificate');
    const status = statusOf(rolling);
    expect(decide({ ...rolling, cluster: { ...rolling.cluster, status } })).toMatchObject({
      kind: 'delete',
      why: 'outdated',
    });
    expect(decide(changed(rolling, 'StatefulSet'))).toMatchObject({ object: { kind: 'StatefulSet' } });
  });

  test('what runs by an authority of its own goes on by it until another one is issued, and then trusts that first', () => {
    const running = look({ spec: PEER, tls: { broughtAuthority: NO_AUTHORITY } });
    expect(decide(running).kind).toBe('writeStatus');
    const broughtAuthority = { ...NO_AUTHORITY, ...authorityOf('two'), kind: 'there' } as const;
    expect(decide(look({ spec: PEER, tls: { broughtAuthority } }))).toMatchObject({
      kind: 'makeAuthority',
      as: 'next',
      brought: { secretName: 'zk-issued-authority', fingerprint: 'two' },
    });
  });

  test('other pods are made for clients once their certificate is there, and not before', () => {
    const observed = look({ spec: CLIENT, tls: { broughtLeaf: NO_LEAF } });
    expect(decide(changed(observed, 'StatefulSet')).kind).toBe('writeStatus');
    const broughtLeaf = { ...NO_LEAF, ...leafOf(0), kind: 'there' } as const;
    expect(decide(changed(look({ spec: CLIENT, tls: { broughtLeaf } }), 'StatefulSet'))).toMatchObject({
      kind: 'apply',
      object: { kind: 'StatefulSet' },
    });
  });
});
