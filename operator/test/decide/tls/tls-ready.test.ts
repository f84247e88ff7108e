import type { CoordinationClusterSpecInput, CoordinationClusterStatus } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/decide/decide.ts';
import { eventsOf } from '../../../src/decide/events.ts';
import { statusOf } from '../../../src/decide/status.ts';
import type { Observed } from '../../../src/model/observed.ts';
import type { CertificateFacts, ObservedTls } from '../../../src/model/tls.ts';
import { answerOf, clusterOf, observedOf, podOf, THREE } from '../observed-world.ts';
import {
  authorityOf,
  authoritySecretOf,
  certificatesSecretOf,
  day,
  leafOf,
  leavesOf,
  tlsOf,
} from '../tls-world.ts';

const MISSING = { kind: 'missing' } as const;

function look(
  spec: Partial<CoordinationClusterSpecInput>,
  tls: Partial<ObservedTls>,
  more: Partial<Observed> = {},
  status: CoordinationClusterStatus = { clusterId: 'c1' },
): Observed {
  return observedOf(clusterOf(spec, { status }), { tls: tlsOf(tls), ...more });
}

function conditionOf(observed: Observed, wanted: string) {
  const found = statusOf(observed).conditions?.find(({ type }) => type === wanted);
  return { said: `${found?.status} ${found?.reason}`, message: found?.message ?? '' };
}

const BROUGHT = { tls: { client: { mode: 'Required', secretName: 'zk-tls' } } } as const;

/** Where clients show certificates, of authorities in the Secret `clients`; all else is there. */
function withClientAuth(
  secret:
    | { readonly kind: 'missing' }
    | { readonly kind: 'unusable'; readonly why: string }
    | ({ readonly kind: 'there' } & CertificateFacts),
): Observed {
  return look(
    { tls: { client: { ...BROUGHT.tls.client, clientAuth: { secretName: 'clients' } } } },
    {
      broughtLeaf: { name: 'zk-tls', kind: 'there', ...leafOf(0) },
      clientAuthorities: { name: 'clients', ...secret },
    },
  );
}

const showing = (serial: string, notAfter = day(89)) =>
  THREE.map((_pod, ordinal) => {
    const certificates = [{ listener: 'members', serial, notAfter, trusted: ['one'] } as const];
    return podOf(ordinal, answerOf(ordinal + 1, ordinal === 0 ? 'leader' : 'follower', { certificates }));
  });

describe('TLSReady', () => {
  test.each<readonly [string, Observed, string, string]>([
    ['all show their certificates', look({}, {}), 'True InForce', ''],
    [
      'nobody speaks TLS',
      look({ tls: { peer: { mode: 'Disabled' } } }, {}, {}, { clusterId: 'c1', tls: { peer: 'Disabled' } }),
      'False Disabled',
      '',
    ],
    ['nothing is made yet', look({}, { authority: MISSING, certificates: MISSING }), 'False Making', ''],
    ['no pod is there', look({}, {}, { pods: [] }), 'False NotShown', 'No member'],
    [
      'a member shows none',
      look({}, {}, { pods: [...THREE.slice(0, 2), podOf(2, answerOf(3, 'follower', { certificates: [] }))] }),
      'False NotShown',
      'zk-2',
    ],
    ['a member shows an older one', look({}, {}, { pods: showing('FF') }), 'True Reloading', 'zk-0'],
    [
      'members are on their way from none to TLS',
      look(
        { tls: { peer: { mode: 'Auto' } } },
        {},
        { pods: THREE.map((pod) => ({ ...pod, peerTls: 'off' as const })) },
        { clusterId: 'c1', tls: { peer: 'Disabled' } },
      ),
      'False GoingOver',
      '0 of 3 members take links with TLS and without',
    ],
    [
      'one authority follows another, and is not trusted by all',
      look(
        {},
        {
          authority: authoritySecretOf({ next: authorityOf('two') }),
          certificates: certificatesSecretOf({ bundle: '<one><two>', trusted: ['one', 'two'] }),
        },
      ),
      'True RotatingAuthority',
      'zk-0, zk-1, zk-2 has to trust the next authority',
    ],
    [
      'a Secret that the spec names is missing',
      look(BROUGHT, { broughtLeaf: { name: 'zk-tls', kind: 'missing' } }),
      'False CertificatesLacking',
      'The Secret zk-tls, which the spec names for what members show to clients, is not there',
    ],
    [
      'a Secret that the spec names is of no use',
      look(
        { tls: { peer: { secretName: 'ca' } } },
        { broughtAuthority: { name: 'ca', kind: 'unusable', why: 'it holds no certificate' } },
      ),
      'False CertificatesLacking',
      'cannot be used: it holds no certificate',
    ],
    [
      'there are no authorities yet for what clients show',
      withClientAuth({ kind: 'missing' }),
      'False CertificatesLacking',
      "The Secret clients, which the spec names for the authorities that sign clients' certificates, is not there",
    ],
    [
      'the last authority for what clients show ends soon',
      withClientAuth({ kind: 'there', ...leafOf(0, { notBefore: day(-77), notAfter: day(13) }) }),
      'False CertificateEndsSoon',
      'the Secret clients ends at 2026-01-14T00:00:00Z: replace it',
    ],
    [
      'a Secret of the name belongs to somebody else',
      look({}, { certificates: { kind: 'foreign', why: 'it belongs to somebody else' } }),
      'False CertificatesLacking',
      'The Secret zk-certificates cannot be used: it belongs to somebody else',
    ],
    [
      'a certificate ends soon that was brought along',
      look(BROUGHT, {
        broughtLeaf: {
          name: 'zk-tls',
          kind: 'there',
          ...leafOf(0, { notBefore: day(-77), notAfter: day(13) }),
        },
      }),
      'False CertificateEndsSoon',
      'the Secret zk-tls ends at 2026-01-14T00:00:00Z: replace it',
    ],
    [
      'a certificate ends soon because the cluster is paused',
      look(
        { paused: true },
        {
          certificates: certificatesSecretOf({
            leaves: leavesOf({ notBefore: day(-77), notAfter: day(13) }),
          }),
        },
      ),
      'False CertificateEndsSoon',
      'the operator changes nothing while spec.paused is true',
    ],
    [
      'a member goes on showing one that ends soon',
      look({}, {}, { pods: showing('FF', day(13)) }),
      'False CertificateEndsSoon',
      'zk-0 shows members a certificate that ends at 2026-01-14T00:00:00Z, though another one is there',
    ],
    [
      'a certificate lives for days only, as it is meant to',
      look(BROUGHT, {
        broughtLeaf: {
          name: 'zk-tls',
          kind: 'there',
          ...leafOf(0, { notBefore: day(-5), notAfter: day(3) }),
        },
      }),
      'False NotShown',
      '',
    ],
  ])('where %s', (_title, observed, said, message) => {
    const condition = conditionOf(observed, 'TLSReady');
    expect(condition.said).toBe(said);
    expect(condition.message).toContain(message);
  });
});

test('a warning is told once, when a certificate begins to end soon', () => {
  const ending = {
    name: 'zk-tls',
    kind: 'there',
    ...leafOf(0, { notBefore: day(-77), notAfter: day(13) }),
  } as const;
  const observed = look(BROUGHT, { broughtLeaf: ending });
  const status = statusOf(observed);
  const told = eventsOf({ kind: 'writeStatus', status }, observed);
  expect(told).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'CertificateEndsSoon' }));
  const later = look(BROUGHT, { broughtLeaf: ending }, {}, status);
  expect(eventsOf({ kind: 'writeStatus', status: statusOf(later) }, later)).toEqual([]);
});

describe('pods', () => {
  const absent = {
    authority: MISSING,
    certificates: MISSING,
    broughtLeaf: { name: 'zk-tls', kind: 'missing' },
  } as const;
  const changed = (observed: Observed): Observed => ({
    ...observed,
    objects: observed.objects.map((object) =>
      object.wanted.kind === 'StatefulSet' ? { ...object, state: 'differs' as const } : object,
    ),
  });

  test('are not made of a template that mounts what is not there, and somebody is told', () => {
    const observed = changed(
      look(BROUGHT, { broughtLeaf: absent.broughtLeaf, certificates: certificatesSecretOf() }),
    );
    expect(decide(observed).kind).toBe('writeStatus');
    expect(conditionOf(observed, 'Stalled').said).toBe('True CertificatesLacking');
    expect(conditionOf(observed, 'Progressing').said).toBe('False CertificatesLacking');
  });

  test('are not made without the authorities for what clients show', () => {
    for (const secret of [{ kind: 'missing' }, { kind: 'unusable', why: 'nothing in it' }] as const)
      expect(decide(changed(withClientAuth(secret))).kind).toBe('writeStatus');
    expect(decide(changed(withClientAuth({ kind: 'there', ...leafOf(0) })))).toMatchObject({
      kind: 'apply',
      object: { kind: 'StatefulSet' },
    });
  });

  test('are once it is there', () => {
    const observed = changed(look(BROUGHT, { broughtLeaf: { name: 'zk-tls', kind: 'there', ...leafOf(0) } }));
    expect(decide(observed)).toMatchObject({ kind: 'apply', object: { kind: 'StatefulSet' } });
  });
});
