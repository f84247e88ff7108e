/** PURE: what the proof of the cluster runs on it: three members, each alone, as strict as Kubernetes can be about pods. */

export const NAMESPACE = 'kube-proof';
export const name = 'alone';
export const REPLICAS = 3;
export const CLIENT_PORT = 2181;
export const FS_GROUP = 65532;

export const pods: readonly string[] = Array.from({ length: REPLICAS }, (_, ordinal) => `${name}-${ordinal}`);
export const headless = `${name}.${NAMESPACE}.svc.cluster.local`;
export const clientService = `${name}-client`;

const labels = { app: name };
const ports = [{ name: 'client', port: CLIENT_PORT }];

function service(serviceName: string, spec: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: serviceName, namespace: NAMESPACE },
    spec: { selector: labels, ports, ...spec },
  };
}

function statefulSet(image: string, token: string): object {
  const container = {
    name: 'member',
    image,
    env: [
      { name: 'ROOKERY_CLIENT_HOST', value: '0.0.0.0' },
      { name: 'ROOKERY_HTTP_HOST', value: '0.0.0.0' },
      { name: 'ROOKERY_HTTP_TOKEN', value: token },
    ],
    ports: [
      { name: 'client', containerPort: CLIENT_PORT },
      { name: 'http', containerPort: 8080 },
    ],
    readinessProbe: { httpGet: { path: '/health/ready', port: 'http' }, periodSeconds: 1 },
    livenessProbe: { httpGet: { path: '/health/live', port: 'http' } },
    resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  const apart = { topologyKey: 'topology.kubernetes.io/zone', labelSelector: { matchLabels: labels } };
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: REPLICAS,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } },
          securityContext: {
            runAsNonRoot: true,
            fsGroup: FS_GROUP,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [container],
        },
      },
      volumeClaimTemplates: [claim],
    },
  };
}

/** `token` is what the member's HTTP asks of callers of its admin paths. */
export function objects(image: string, token: string): object {
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: restricted } },
      service(name, { clusterIP: 'None' }),
      service(clientService, {}),
      statefulSet(image, token),
    ],
  };
}
