import { basename } from 'node:path';
import { JAVA, PROGRAM_CLASSPATH } from '../../../tools/kube/images/java.ts';
import { type Java, smallJava } from '../../neighbours/small-java.ts';

/** Whom the members are vouched for by, and what is shown to them: both in PEM. */
export const AUTHORITY = '/tls/authority/ca.crt';
export const CLIENT_PEM = '/tls/client/client.pem';
/** The key of the Secret that a program shows its certificate from. */
export const CLIENT_KEY = 'client.pem';
/** What a pod may write into goes with it. */
export const DATA_FOLDER = '/data';
const TEMPORARY_FOLDER = '/tmp';

/** A program of Java as the pods of a StatefulSet, which know one another by their names. */
export interface JavaPods {
  /** Of the StatefulSet, of its Service, and of the Secret with its certificate. */
  readonly name: string;
  readonly replicas: number;
  readonly firstOrdinal: number;
  readonly image: string;
  /** The ConfigMap with the authority of the members. */
  readonly authority: string;
  /** By their paths in the pods. */
  readonly files: Readonly<Record<string, string>>;
  /** Commands that come to an end before it starts. */
  readonly before: readonly (readonly string[])[];
  /** Its own command. `$(POD_NAME)` and `$(ORDINAL)` are put in by Kubernetes. */
  readonly command: readonly string[];
  /** It is ready once this one is open. */
  readonly port: number;
}

/** Commands of it, to be run in its pods. */
export function javaInPod(heap: string, flags: readonly string[]): Java {
  const java = smallJava({ classpath: PROGRAM_CLASSPATH, folder: TEMPORARY_FOLDER, heap, flags });
  return (main, ...args) => [JAVA, ...java(main, ...args).slice(1)];
}

/** To be applied. */
export function objectsOf(pods: JavaPods): readonly object[] {
  const { name, replicas, firstOrdinal, files, port } = pods;
  const labels = { app: name };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: Object.fromEntries(Object.entries(files).map(([path, text]) => [basename(path), text])),
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      // They look for one another while they start.
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: labels, ports: [{ port }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas,
        ordinals: { start: firstOrdinal },
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podOf(pods) },
      },
    },
  ];
}

function podOf({ name, image, authority, files, before, command, port }: JavaPods): object {
  const container = (of: string, [file, ...args]: readonly string[]): object => ({
    name: of,
    image,
    command: [file],
    args,
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      {
        name: 'ORDINAL',
        valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } },
      },
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    resources: { limits: { memory: '1Gi' }, requests: { memory: '256Mi', cpu: '50m' } },
    volumeMounts: [
      { name: 'temporary', mountPath: TEMPORARY_FOLDER },
      { name: 'data', mountPath: DATA_FOLDER },
      { name: 'authority', mountPath: '/tls/authority' },
      { name: 'client', mountPath: '/tls/client' },
      ...Object.keys(files).map((path) => ({ name: 'files', mountPath: path, subPath: basename(path) })),
    ],
  });
  return {
    automountServiceAccountToken: false,
    // A name such as SOLR_PORT, which Kubernetes makes of a Service, is one of the program's own.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    securityContext: { runAsNonRoot: true, fsGroup: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    initContainers: before.map((each, index) => container(`before-${index + 1}`, each)),
    containers: [
      {
        ...container(name, command),
        ports: [{ containerPort: port }],
        readinessProbe: { tcpSocket: { port }, periodSeconds: 2, timeoutSeconds: 5 },
      },
    ],
    volumes: [
      { name: 'temporary', emptyDir: {} },
      { name: 'data', emptyDir: {} },
      { name: 'authority', configMap: { name: authority } },
      { name: 'client', secret: { secretName: `${name}-client`, defaultMode: 0o440 } },
      { name: 'files', configMap: { name } },
    ],
  };
}
