import type { CoordinationClusterSpecInput } from '@rookery/crds';

/** One option of the spec, set to something other than its default; the name is its path, and what it is set to. */
export interface Option {
  readonly path: string;
  readonly spec: Partial<CoordinationClusterSpecInput>;
}

function option(path: string, value: unknown): Option {
  const spec = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return { path, spec: spec as Partial<CoordinationClusterSpecInput> };
}

const NUMBERED = { 'external-dns.alpha.kubernetes.io/hostname': 'zk-{ordinal}.example.com' };

/** Every option that the members' objects follow. */
export const options: readonly Option[] = [
  option('replicas', 1),
  option('hibernated', true),
  option('version', '1.2.0-rc.1'),
  option('image.repository', 'mirror.example.com:5000/rookery-server'),
  option('image.pullPolicy', 'Always'),
  option('image.pullSecrets', [{ name: 'mirror' }]),
  option('storage.size', '20Gi'),
  option('storage.storageClassName', 'fast'),
  option('config.tickTime', '500ms'),
  option('config.initLimit', 20),
  option('config.syncLimit', 3),
  option('config.minSessionTimeout', '1s'),
  option('config.maxSessionTimeout', '5m'),
  option('config.snapshotEvery', 50_000),
  option('config.snapshotRetain', 5),
  option('config.maxConnectionsPerAddress', 0),
  option('config.maxRequestBytes', 4_194_304),
  option('config.fourLetterWords', ['ruok', 'mntr']),
  option('config.enforceQuotas', true),
  option('config.readOnlyMode', true),
  {
    path: 'config.readOnlyMode',
    spec: { config: { readOnlyMode: true }, services: { external: { enabled: true } } },
  },
  option('config.window', 'write'),
  option('config.window', 'ensemble'),
  option('config.httpForPrograms', true),
  option('config.logLevel', 'debug'),
  option('config.limits.connections', 10_000),
  option('config.limits.sessions', 2_000_000),
  option('config.limits.nodes', 1_000_000),
  option('config.limits.watches', 1_000_000),
  option('config.limits.outstandingRequests', 200_000),
  option('tls.peer.mode', 'Disabled'),
  option('tls.client.mode', 'Optional'),
  option('tls.client.mode', 'Required'),
  {
    path: 'tls.client.secretName',
    spec: { tls: { client: { mode: 'Required', secretName: 'zk-tls' } } },
  },
  ...(['Optional', 'Required'] as const).map((mode) => ({
    path: 'tls.client.clientAuth.mode',
    spec: { tls: { client: { mode: 'Required' as const, clientAuth: { mode, secretName: 'clients' } } } },
  })),
  {
    path: 'tls.client.clientAuth.secretName',
    spec: { tls: { client: { mode: 'Required', clientAuth: { secretName: 'other-clients' } } } },
  },
  option('tls.peer.issuer.name', 'company-ca'),
  {
    path: 'tls.peer.issuer.kind',
    spec: { tls: { peer: { issuer: { name: 'all', kind: 'ClusterIssuer' } } } },
  },
  {
    path: 'tls.peer.issuer.group',
    spec: { tls: { peer: { issuer: { name: 'step', kind: 'StepIssuer', group: 'certmanager.step.sm' } } } },
  },
  {
    path: 'tls.client.issuer.name',
    spec: {
      tls: {
        client: {
          mode: 'Required',
          issuer: { name: 'company-ca' },
          hostnames: ['zk.example.com', '192.0.2.7', '2001:db8::7'],
        },
      },
    },
  },
  {
    path: 'tls.client.issuer.kind',
    spec: { tls: { client: { issuer: { name: 'all', kind: 'ClusterIssuer' } } } },
  },
  {
    path: 'tls.client.issuer.group',
    spec: { tls: { client: { issuer: { name: 'step', kind: 'StepIssuer', group: 'certmanager.step.sm' } } } },
  },
  option('superUser.secretName', 'zk-super-user'),
  option('services.client.type', 'LoadBalancer'),
  option('services.client.annotations', { 'external-dns.alpha.kubernetes.io/hostname': 'zk.example.com' }),
  option('services.client.ipFamilyPolicy', 'SingleStack'),
  option('services.external.enabled', true),
  {
    path: 'services.external.type',
    spec: { services: { external: { enabled: true, type: 'NodePort' } } },
  },
  {
    path: 'services.external.annotations',
    spec: { services: { external: { enabled: true, annotations: NUMBERED } } },
  },
  option('disruption.pdb', 'Disabled'),
  option('scheduling.spread', 'Required'),
  option('scheduling.spread', 'Disabled'),
  option('scheduling.zones', false),
  option('scheduling.priorityClassName', 'important'),
  option('scheduling.nodeSelector', { 'example.com/disk': 'nvme' }),
  option('scheduling.tolerations', [
    { operator: 'Exists', key: '', value: '' },
    { key: 'example.com/for', value: 'rookery', effect: 'NoExecute', tolerationSeconds: 0 },
  ]),
  option('networkPolicy.enabled', false),
  option('networkPolicy.clientFrom', [
    { namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' }, matchExpressions: [] } },
    { podSelector: { matchLabels: {}, matchExpressions: [{ key: 'tier', operator: 'Exists', values: [] }] } },
    { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
    { ipBlock: { cidr: 'fd00::/8', except: [] } },
  ]),
  option('resources.requests.cpu', '0.5'),
  option('resources.requests.memory', '256Mi'),
  option('resources.limits.cpu', 2),
  option('resources.limits.memory', '2048Mi'),
  option('podTemplate.metadata.labels', { 'example.com/team': 'platform' }),
  option('podTemplate.metadata.annotations', { 'sidecar.istio.io/inject': 'false' }),
];

/** Options for the operator itself: the members' objects are the same with either value. */
export const otherOptions: readonly Option[] = [
  option('allowEvenReplicas', true),
  // They have objects once they have places in the ensemble: read-replicas.test.ts.
  option('readReplicas', 2),
  option('nodeFailure.replaceAfter', '5m'),
  option('update.readyTimeout', '1m'),
  option('update.raiseFeatureLevel', false),
  option('update.proof.enabled', false),
  option('update.proof.checkpoints', 5),
  option('update.proof.timeout', '1h'),
  option('paused', true),
  option('tls.peer.mode', 'Auto'),
  option('tls.peer.secretName', 'authority'),
  option('tls.client.hostnames', ['zk.example.com']),
  option('tls.caOverlap', '1h'),
  option('storage.retention.whenDeleted', 'Delete'),
];
