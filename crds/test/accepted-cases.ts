import type { Case } from './cases.ts';

const version = '1.0.0';

/** Specs that the API server takes. */
export const accepted: readonly Case[] = [
  { title: 'only a version', spec: { version } },
  { title: 'one member', spec: { version, replicas: 1 } },
  { title: 'seven members', spec: { version, replicas: 7 } },
  { title: 'an even number that is allowed', spec: { version, replicas: 4, allowEvenReplicas: true } },
  { title: 'as many read replicas as there may be', spec: { version, readReplicas: 20 } },
  { title: 'one member, and a read replica', spec: { version, replicas: 1, readReplicas: 1 } },
  { title: 'no read replica any more', before: { version, readReplicas: 2 }, spec: { version } },
  { title: 'a release candidate', spec: { version: '1.10.0-rc.1' } },
  { title: 'the longest name', name: 'a'.repeat(40), spec: { version } },
  { title: 'nulls where defaults are', spec: { version, replicas: null, storage: null } },
  { title: 'a null where there is no default', spec: { version, storage: { storageClassName: null } } },
  {
    title: 'volumes made beforehand',
    spec: { version, storage: { size: '20G', storageClassName: '' } },
  },
  {
    title: 'an image of a private registry with a port',
    spec: { version, image: { repository: 'r.example.com:5000/a/b', pullSecrets: [{ name: 'pull' }] } },
  },
  {
    title: 'TLS for everybody, with names of its own',
    spec: {
      version,
      tls: {
        peer: { mode: 'Auto', secretName: 'authority' },
        client: {
          mode: 'Optional',
          hostnames: ['zk.example.com', '*.zk.example.com', '192.0.2.7', '2001:db8::7'],
          clientAuth: { mode: 'Optional', secretName: 'clients' },
        },
        caOverlap: '1h',
      },
    },
  },
  {
    title: 'a super user',
    spec: { version, superUser: { secretName: 'zk-super-user' } },
  },
  {
    title: 'TLS for clients by a Secret',
    spec: { version, tls: { client: { mode: 'Required', secretName: 'zk-tls' } } },
  },
  {
    title: "TLS for everybody by cert-manager's issuers, with names of its own",
    spec: {
      version,
      tls: {
        peer: { issuer: { name: 'company-ca', kind: 'ClusterIssuer' } },
        client: {
          mode: 'Required',
          issuer: { name: 'step', kind: 'StepIssuer', group: 'certmanager.step.sm' },
          hostnames: ['zk.example.com'],
        },
      },
    },
  },
  {
    title: 'processors as a number, a fraction and in thousandths',
    spec: {
      version,
      resources: { requests: { cpu: '0.5', memory: '256Mi' }, limits: { cpu: 2, memory: '1Gi' } },
    },
  },
  {
    title: 'memory as a number of bytes',
    spec: { version, resources: { limits: { memory: 536_870_912 } } },
  },
  {
    title: 'a former version, without what it does not know',
    spec: {
      version: '0.2.0',
      config: { httpForPrograms: false, enforceQuotas: false, readOnlyMode: false, window: null },
    },
  },
  ...['0.3.0-rc.1', '0.3.0', '0.10.0', '1.0.0'].map((since) => ({
    title: `settings that members know from 0.3.0 on: ${since}`,
    spec: {
      version: since,
      config: { window: 'write', httpForPrograms: true, enforceQuotas: true, readOnlyMode: true },
    },
  })),
  {
    title: 'settings of the members',
    spec: {
      version,
      config: {
        tickTime: '500ms',
        minSessionTimeout: '1s',
        maxSessionTimeout: '1m',
        fourLetterWords: ['ruok'],
      },
    },
  },
  {
    title: 'clients of a namespace and of a range',
    spec: {
      version,
      networkPolicy: {
        clientFrom: [
          { namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } },
          { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
          { podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] } },
        ],
      },
    },
  },
  {
    title: 'tolerations',
    spec: {
      version,
      scheduling: {
        tolerations: [
          { operator: 'Exists' },
          { key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 60 },
        ],
      },
    },
  },
  {
    title: 'a longest session timeout of two ticks',
    spec: { version, config: { maxSessionTimeout: '4s' } },
  },
  {
    title: 'a shortest session timeout of twenty ticks',
    spec: { version, config: { tickTime: '1m', minSessionTimeout: '20m' } },
  },
  { title: 'a larger volume', before: { version }, spec: { version, storage: { size: '11Gi' } } },
  {
    title: 'the same volume in another unit',
    before: { version, storage: { size: '10Gi' } },
    spec: { version, storage: { size: '10240Mi' } },
  },
  {
    title: 'the same class again',
    before: { version, storage: { storageClassName: 'fast' } },
    spec: { version, storage: { storageClassName: 'fast' } },
  },
];
