import { describe, expect, test } from 'vitest';
import { nextTlsStep } from '../../../src/decide/tls/tls-step.ts';
import { ROTATE_CA_ANNOTATION, ROTATE_CERTIFICATES_ANNOTATION } from '../../../src/model/cluster-names.ts';
import { memberFile } from '../../../src/model/tls.ts';
import { authorityOf, authoritySecretOf, certificatesSecretOf, day, leafOf, leavesOf } from '../tls-world.ts';
import { CLIENT_LEAF, CLIENTS, describeTlsSteps, look, type Row, withClients } from './tls-looks.ts';

const MISSING = { kind: 'missing' } as const;
const NEXT = authoritySecretOf({ next: authorityOf('two') });

const table: readonly Row[] = [
  ['everything is there', look({}), undefined],
  [
    'nothing is there',
    look({ tls: { authority: MISSING, certificates: MISSING } }),
    { kind: 'makeAuthority', as: 'current', former: '', brought: undefined, seen: undefined },
  ],
  [
    'only the authority is',
    look({ tls: { certificates: MISSING } }),
    { kind: 'writeCertificates', seen: undefined, authority: { uid: 'uid-authority', resourceVersion: '5' } },
  ],
  [
    'only the certificates are: what members trust is kept, and nothing is signed before they trust the new one',
    look({ tls: { authority: MISSING } }),
    { kind: 'makeAuthority', as: 'next', former: '<one>' },
  ],
  [
    'the key of the authority is lost, and the new one is not trusted yet',
    look({
      tls: {
        authority: authoritySecretOf({
          current: undefined,
          next: authorityOf('two'),
          former: '<one>',
          formerTrusted: ['one'],
        }),
        certificates: certificatesSecretOf({
          leaves: leavesOf({ issuer: 'one', notBefore: day(-80), notAfter: day(10) }),
        }),
      },
    }),
    { kind: 'writeCertificates', leaves: [] },
  ],
  [
    'TLS is disabled',
    look({
      spec: { tls: { peer: { mode: 'Disabled' } } },
      tls: { authority: MISSING, certificates: MISSING },
      more: { statefulSet: undefined, pods: [] },
    }),
    undefined,
  ],
  [
    'two thirds of the life of the certificates are over',
    look({
      tls: {
        certificates: certificatesSecretOf({ leaves: leavesOf({ notBefore: day(-60), notAfter: day(30) }) }),
      },
    }),
    { kind: 'writeCertificates' },
  ],
  [
    'not quite two thirds are',
    look({
      tls: {
        certificates: certificatesSecretOf({ leaves: leavesOf({ notBefore: day(-59), notAfter: day(31) }) }),
      },
    }),
    undefined,
  ],
  [
    'they end with their authority, and others would, too',
    look({
      spec: { tls: { peer: { secretName: 'brought' } } },
      tls: {
        authority: authoritySecretOf({ current: authorityOf('one', { notAfter: day(10) }) }),
        certificates: certificatesSecretOf({ leaves: leavesOf({ notBefore: day(-60), notAfter: day(10) }) }),
        broughtAuthority: { name: 'brought', kind: 'there', ...authorityOf('one', { notAfter: day(10) }) },
      },
    }),
    undefined,
  ],
  [
    'a certificate names another host',
    look({
      tls: {
        certificates: certificatesSecretOf({
          leaves: { ...leavesOf(), '1.pem': leafOf(1, { names: ['zk-1.zk-headless.ns.svc'] }) },
        }),
      },
    }),
    {
      kind: 'writeCertificates',
      leaves: [{ file: '1.pem', commonName: 'zk-1', names: ['zk-peer-1.ns.svc'] }],
    },
  ],
  [
    'a certificate cannot be read',
    look({
      tls: {
        certificates: certificatesSecretOf({
          leaves: Object.fromEntries(Object.entries(leavesOf()).slice(1)),
        }),
      },
    }),
    {
      kind: 'writeCertificates',
      leaves: [{ file: '0.pem', commonName: 'zk-0', names: ['zk-peer-0.ns.svc'] }],
    },
  ],
  [
    'somebody asks for other certificates',
    look({ annotations: { [ROTATE_CERTIFICATES_ANNOTATION]: 'a' } }),
    { kind: 'writeCertificates', renewedFor: 'a' },
  ],
  [
    'that was done',
    look({
      annotations: { [ROTATE_CERTIFICATES_ANNOTATION]: 'a' },
      tls: { certificates: certificatesSecretOf({ renewedFor: 'a' }) },
    }),
    undefined,
  ],
  [
    'nobody knows when the certificates were written',
    look({ tls: { certificates: certificatesSecretOf({ writtenAt: '' }) } }),
    { kind: 'writeCertificates', leaves: [] },
  ],
  [
    'two thirds of the life of the authority are over',
    look({
      tls: {
        authority: authoritySecretOf({
          current: authorityOf('one', { notBefore: day(-500), notAfter: day(230) }),
        }),
      },
    }),
    { kind: 'makeAuthority', as: 'next', former: '' },
  ],
  [
    'somebody asks for another authority',
    look({ annotations: { [ROTATE_CA_ANNOTATION]: 'b' } }),
    {
      kind: 'makeAuthority',
      as: 'next',
      rotatedFor: 'b',
      seen: { uid: 'uid-authority', resourceVersion: '5' },
    },
  ],
  [
    'the Secret that the spec names for the authority is not there',
    look({
      spec: { tls: { peer: { secretName: 'brought' } } },
      tls: {
        authority: MISSING,
        certificates: MISSING,
        broughtAuthority: { name: 'brought', kind: 'missing' },
      },
    }),
    undefined,
  ],
  [
    'it is there',
    look({
      spec: { tls: { peer: { secretName: 'brought' } } },
      tls: {
        authority: MISSING,
        certificates: MISSING,
        broughtAuthority: { name: 'brought', kind: 'there', ...authorityOf('theirs') },
      },
    }),
    { kind: 'makeAuthority', as: 'current', brought: { secretName: 'brought', fingerprint: 'theirs' } },
  ],
  [
    'it holds another one than before: that is trusted first',
    look({
      spec: { tls: { peer: { secretName: 'brought' } } },
      tls: { broughtAuthority: { name: 'brought', kind: 'there', ...authorityOf('theirs') } },
    }),
    { kind: 'makeAuthority', as: 'next', brought: { secretName: 'brought', fingerprint: 'theirs' } },
  ],
  [
    'an authority of that name is unusable: it is left as it is',
    look({ tls: { authority: { kind: 'unusable', why: 'it holds no certificate' } } }),
    undefined,
  ],
  [
    'a Secret of that name is of somebody else',
    look({ tls: { certificates: { kind: 'foreign', why: 'it belongs to somebody else' } } }),
    undefined,
  ],
  [
    'clients speak TLS, and there is no certificate for them',
    look({ spec: CLIENTS }),
    {
      kind: 'writeCertificates',
      leaves: [
        { file: 'clients.pem', commonName: 'zk', names: expect.arrayContaining([...CLIENT_LEAF.names]) },
      ] as never,
    },
  ],
  [
    'a further name is asked for',
    look({
      spec: { tls: { client: { mode: 'Optional', hostnames: ['zk.example.com', '2001:db8::7'] } } },
      tls: {
        certificates: certificatesSecretOf({
          leaves: {
            ...withClients,
            'clients.pem': { ...CLIENT_LEAF, names: [...CLIENT_LEAF.names, '2001:DB8:0:0:0:0:0:7'] },
          },
        }),
      },
    }),
    {
      kind: 'writeCertificates',
      leaves: [{ file: 'clients.pem', names: expect.arrayContaining(['zk.example.com']) }] as never,
    },
  ],
  [
    'it is named, whatever its spelling',
    look({
      spec: { tls: { client: { mode: 'Optional', hostnames: ['ZK.example.com', '2001:db8::7'] } } },
      tls: {
        certificates: certificatesSecretOf({
          leaves: {
            ...withClients,
            'clients.pem': {
              ...CLIENT_LEAF,
              names: [...CLIENT_LEAF.names, 'zk.example.com', '2001:DB8:0:0:0:0:0:7'],
            },
          },
        }),
      },
    }),
    undefined,
  ],
];

/** The ConfigMap for clients is as it should be in these: its own step is tested below. */
describeTlsSteps('what is done next for TLS where', table);

describe('the certificates of members', () => {
  const step = nextTlsStep(look({ tls: { certificates: MISSING } }));

  test('are made for each that there may come to be, so that one that is added finds its own', () => {
    const files = step?.kind === 'writeCertificates' ? step.leaves.map(({ file }) => file) : [];
    // The last is that of who proves another version.
    expect(files).toEqual([0, 1, 2, 3, 4, 5, 6, 254].map(memberFile));
  });

  test('never outlive their authority', () => {
    const current = authorityOf('one', { notBefore: day(-10), notAfter: day(20) });
    const made = nextTlsStep(
      look({ tls: { authority: authoritySecretOf({ current }), certificates: MISSING } }),
    );
    expect(made).toMatchObject({
      notAfterMs: Date.parse(day(20)),
      notBeforeMs: Date.parse(day(0)) - 3_600_000,
    });
  });
});

test('clients are told of a next authority before members are: their time begins with that', () => {
  const observed = look({
    spec: CLIENTS,
    tls: { authority: NEXT, certificates: certificatesSecretOf({ leaves: withClients }) },
  });
  const objects = observed.objects.map((object) =>
    object.wanted.metadata.name === 'zk-ca' ? { ...object, state: 'differs' as const } : object,
  );
  expect(nextTlsStep({ ...observed, objects })).toMatchObject({
    kind: 'apply',
    object: { kind: 'ConfigMap', data: { 'ca.crt': '<one><two>' } },
  });
  expect(nextTlsStep(observed)).toMatchObject({ kind: 'writeCertificates', leaves: [] });
});

test('what load balancers are called is in the certificate for clients', () => {
  const balancedHosts = ['192.0.2.7', 'lb.example.com'];
  expect(nextTlsStep(look({ spec: CLIENTS, tls: { balancedHosts } }))).toMatchObject({
    leaves: [{ names: expect.arrayContaining(balancedHosts) }],
  });
});
