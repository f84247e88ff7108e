/** PURE: what a node's programs are told. Every node has a /run and a /var of its own, so the usual paths do. */
import type { Certificate } from './certificates.ts';
import { FOLDER_INSIDE } from './machine.ts';
import { CLUSTER_DOMAIN, controlPlane, type NodeAddresses, POD_RANGES } from './topology.ts';

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';
export const PAUSE_IMAGE = 'rookery.test/pause:1';

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** `native` copies what `overlayfs` lays over each other: slower, but it works in a folder that is an overlay already. */
export type Snapshotter = 'overlayfs' | 'native';

export function containerdToml(snapshotter: Snapshotter): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Inside of a container, the real machine may forbid to protect a process from running out of memory.
  restrict_oom_score_adj = true
  disable_tcp_service = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${FOLDER_INSIDE}/etc/cni"
`;
}

/** Each pod has a cable of its own to the node, which routes: so that traffic between pods of one node passes kube-proxy's rules, too. */
export function podNetwork({ podRange }: NodeAddresses): string {
  const ranges = [[{ subnet: podRange }]];
  return json({
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      { type: 'ptp', ipam: { type: 'host-local', ranges, routes: [{ dst: '0.0.0.0/0' }] } },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
}

export interface KubeletFiles {
  readonly serving: Certificate;
  readonly clientAuthorityFile: string;
  readonly cgroupRoot: string;
}

export function kubeletConfiguration({ serving, clientAuthorityFile, cgroupRoot }: KubeletFiles): string {
  return json({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: clientAuthorityFile },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: serving.certificateFile,
    tlsPrivateKeyFile: serving.keyFile,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot,
    failCgroupV1: false,
    failSwapOn: false,
    // Lets kubelet go on where it may not tune the kernel or protect itself from running out of memory.
    featureGates: { KubeletInUserNamespace: true },
    clusterDNS: [controlPlane.address],
    clusterDomain: CLUSTER_DOMAIN,
    resolvConf: '',
    // Three nodes share one real disk and one memory: kubelet is not to clear either.
    evictionHard: {
      'memory.available': '50Mi',
      'nodefs.available': '1%',
      'nodefs.inodesFree': '1%',
      'imagefs.available': '1%',
    },
    imageGCHighThresholdPercent: 100,
    imageMinimumGCAge: '24h',
    // Sooner than a real cluster's minute: tests wait for what changes here.
    syncFrequency: '10s',
    nodeStatusUpdateFrequency: '5s',
  });
}

export function kubeProxyConfiguration({ name }: NodeAddresses, kubeconfigFile: string): string {
  return json({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clusterCIDR: POD_RANGES,
    hostnameOverride: name,
    clientConnection: { kubeconfig: kubeconfigFile },
    // The table of connections belongs to the real machine.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  });
}
