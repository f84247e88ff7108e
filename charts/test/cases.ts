import type { Rendering } from './helm.ts';

const operator = { chart: 'rookery', release: 'rookery', namespace: 'rookery-system' } as const;
const cluster = { chart: 'coordination-cluster', release: 'demo', namespace: 'apps' } as const;

/** What the golden files hold: name of the file → what is rendered. */
export const cases: Readonly<Record<string, Rendering>> = {
  'rookery-defaults': operator,
  'rookery-namespaces': { ...operator, values: { namespaces: ['apps', 'rookery-system'] } },
  'rookery-everything': {
    ...operator,
    release: 'blue',
    values: {
      replicas: 3,
      image: {
        repository: 'registry.example.com:5000/rookery-operator',
        tag: '1.2.3-rc.1',
        pullPolicy: 'Always',
        pullSecrets: [{ name: 'registry' }],
      },
      serverImage: 'registry.example.com:5000/rookery-server',
      httpPort: 9090,
      logLevel: 'debug',
      resources: { limits: { memory: '512Mi' } },
      'serviceAccount.annotations': { 'example.com/role': 'operator' },
      'networkPolicy.apiServerPorts': [8443],
      'networkPolicy.metricsFrom': [
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
      ],
      serviceMonitor: { enabled: true, interval: '10s', labels: { release: 'prometheus' } },
      podAnnotations: { 'example.com/team': 'platform' },
      podLabels: { team: 'platform', 'app.kubernetes.io/name': 'not to be changed' },
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'dedicated', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      priorityClassName: 'system-cluster-critical',
    },
  },
  'rookery-monitoring': {
    ...operator,
    values: {
      'monitoring.podMonitor.enabled': true,
      'monitoring.rules.enabled': true,
      'monitoring.dashboard.enabled': true,
    },
  },
  'rookery-monitoring-namespaces': {
    ...operator,
    release: 'blue',
    values: {
      namespaces: ['apps', 'rookery-system'],
      'monitoring.podMonitor': { enabled: true, interval: '10s', labels: { release: 'prometheus' } },
      'serviceMonitor.enabled': true,
    },
  },
  'rookery-cert-manager': { ...operator, values: { 'certManager.enabled': true } },
  'rookery-nothing-extra': {
    ...operator,
    values: {
      'crds.install': false,
      'rbac.aggregateToUsers': false,
      'networkPolicy.enabled': false,
      serviceAccount: { create: false, name: 'made-elsewhere', annotations: {} },
    },
  },
  'cluster-defaults': cluster,
  'cluster-everything': {
    ...cluster,
    values: {
      name: 'orders',
      labels: { team: 'orders', 'app.kubernetes.io/name': 'not to be changed' },
      annotations: { 'example.com/owner': 'orders' },
      version: '1.2.3',
      replicas: 5,
      image: { repository: 'registry.example.com/rookery-server', pullSecrets: [{ name: 'registry' }] },
      storage: { size: '20Gi', storageClassName: 'fast', retention: { whenDeleted: 'Delete' } },
      config: {
        tickTime: '500ms',
        snapshotEvery: 5000,
        window: 'write',
        httpForPrograms: true,
        enforceQuotas: true,
        readOnlyMode: true,
      },
      'services.client.type': 'LoadBalancer',
      scheduling: { spread: 'Required', nodeSelector: { disk: 'nvme' } },
      networkPolicy: {
        clientFrom: [{ podSelector: { matchLabels: { app: 'orders' } } }],
      },
      resources: { requests: { cpu: 1, memory: '2Gi' }, limits: { memory: '2Gi' } },
    },
  },
};
