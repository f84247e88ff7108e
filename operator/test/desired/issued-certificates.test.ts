import { expect, test } from 'vitest';
import { desired } from '../../src/desired/desired.ts';
import { clusterOf, context } from './clusters.ts';

const ISSUER = { name: 'company-ca' };
const cluster = clusterOf({
  tls: {
    peer: { issuer: ISSUER },
    client: { mode: 'Required', issuer: ISSUER, hostnames: ['zk.example.com'] },
  },
});

test('an operator that asks nothing of cert-manager makes none of its objects, and all others are the same', () => {
  const all = desired(cluster, context);
  const others = desired(cluster, { ...context, hasCertManager: false });
  expect(all.filter(({ kind }) => kind === 'Certificate')).toHaveLength(2);
  expect(others).toEqual(all.filter(({ kind }) => kind !== 'Certificate'));
});

test('what load balancers have given the Services is named to cert-manager, each as what it is', () => {
  const balancedHosts = ['192.0.2.7', '2001:db8::7', 'lb.example.com', 'zk.example.com'];
  const certificate = desired(cluster, { ...context, balancedHosts }).at(-1);
  expect(certificate).toMatchObject({
    metadata: { name: 'demo-issued-clients' },
    spec: { ipAddresses: ['192.0.2.7', '2001:db8::7'] },
  });
  const { dnsNames } = (certificate as unknown as { spec: { dnsNames: readonly string[] } }).spec;
  expect(dnsNames.slice(-2)).toEqual(['zk.example.com', 'lb.example.com']);
});

test('cert-manager is told the names of read replicas where there are any, or are to be', () => {
  const namesOf = (object: unknown): readonly string[] =>
    (object as { spec: { dnsNames: readonly string[] } }).spec.dnsNames;
  const none = namesOf(desired(cluster, context).at(-1));
  const asked = namesOf(desired({ ...cluster, spec: { ...cluster.spec, readReplicas: 2 } }, context).at(-1));
  const leaving = namesOf(desired(cluster, { ...context, readReplicas: 1 }).at(-1));
  expect(none.filter((name) => name.includes('-read'))).toEqual([]);
  expect(asked).toContain('*.demo-read-headless.team.svc');
  expect(leaving).toEqual(asked);
});
