/** The control plane: etcd, the API server, the controllers and the scheduler on one machine, without pods. */
import { authority, serviceAccounts, sign } from './certificates.ts';
import { type Daemon, type Machine, PROGRAMS_INSIDE, startDaemon } from './machine.ts';
import { copyInside, writeKubeconfig } from './settings.ts';
import { CLUSTER_DOMAIN, controlPlane, KUBERNETES_SERVICE, POD_RANGES, SERVICE_RANGE } from './topology.ts';

/** Who calls extension API servers for users. Nobody else with a certificate of this authority may claim to be another user. */
const EXTENSION_CALLER = 'kube-apiserver-to-extensions';

/** etcd and the API server. */
export async function startApiServer(machine: Machine): Promise<readonly Daemon[]> {
  const serving = await sign('kube-apiserver', {
    name: 'kube-apiserver',
    alternativeNames: [
      'DNS:kubernetes',
      'DNS:kubernetes.default',
      'DNS:kubernetes.default.svc',
      `DNS:kubernetes.default.svc.${CLUSTER_DOMAIN}`,
      'DNS:localhost',
      'IP:127.0.0.1',
      `IP:${KUBERNETES_SERVICE}`,
      `IP:${controlPlane.address}`,
    ],
  });
  const toKubelets = await sign('kube-apiserver-to-kubelets', {
    name: 'kube-apiserver',
    organization: 'system:masters',
  });
  const toExtensions = await sign('kube-apiserver-to-extensions', { name: EXTENSION_CALLER });
  const files = {
    authority: copyInside(machine, 'authority', authority),
    serving: copyInside(machine, 'kube-apiserver', serving),
    toKubelets: copyInside(machine, 'kube-apiserver-to-kubelets', toKubelets),
    toExtensions: copyInside(machine, 'kube-apiserver-to-extensions', toExtensions),
    serviceAccounts: copyInside(machine, 'service-accounts', serviceAccounts),
  };
  return [
    startDaemon(machine, 'etcd', [
      `${PROGRAMS_INSIDE}/etcd`,
      '--name=etcd',
      '--data-dir=/var/lib/etcd',
      '--listen-client-urls=http://127.0.0.1:2379',
      '--advertise-client-urls=http://127.0.0.1:2379',
      '--listen-peer-urls=http://127.0.0.1:2380',
      // The cluster does not outlive the machine's next boot.
      '--unsafe-no-fsync',
    ]),
    startDaemon(machine, 'kube-apiserver', [
      `${PROGRAMS_INSIDE}/kube-apiserver`,
      '--etcd-servers=http://127.0.0.1:2379',
      `--advertise-address=${controlPlane.address}`,
      '--secure-port=6443',
      `--client-ca-file=${files.authority.certificateFile}`,
      `--tls-cert-file=${files.serving.certificateFile}`,
      `--tls-private-key-file=${files.serving.keyFile}`,
      `--kubelet-certificate-authority=${files.authority.certificateFile}`,
      `--kubelet-client-certificate=${files.toKubelets.certificateFile}`,
      `--kubelet-client-key=${files.toKubelets.keyFile}`,
      `--proxy-client-cert-file=${files.toExtensions.certificateFile}`,
      `--proxy-client-key-file=${files.toExtensions.keyFile}`,
      `--requestheader-client-ca-file=${files.authority.certificateFile}`,
      `--requestheader-allowed-names=${EXTENSION_CALLER}`,
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--kubelet-preferred-address-types=InternalIP',
      `--service-account-key-file=${files.serviceAccounts.certificateFile}`,
      `--service-account-signing-key-file=${files.serviceAccounts.keyFile}`,
      `--service-account-issuer=https://kubernetes.default.svc.${CLUSTER_DOMAIN}`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      '--authorization-mode=Node,RBAC',
      '--allow-privileged=true',
      // Webhooks are called at their pods: there is no kube-proxy on this machine.
      '--enable-aggregator-routing=true',
    ]),
  ];
}

/** What acts on the API's objects. To be started once the API server serves: these do not wait long for it. */
export async function startControllers(machine: Machine): Promise<readonly Daemon[]> {
  const controllers = await writeKubeconfig(machine, 'system:kube-controller-manager');
  const scheduler = await writeKubeconfig(machine, 'system:kube-scheduler');
  const authorityFiles = copyInside(machine, 'authority', authority);
  const tokens = copyInside(machine, 'service-accounts', serviceAccounts);
  return [
    startDaemon(machine, 'kube-controller-manager', [
      `${PROGRAMS_INSIDE}/kube-controller-manager`,
      `--kubeconfig=${controllers}`,
      `--authentication-kubeconfig=${controllers}`,
      `--authorization-kubeconfig=${controllers}`,
      `--cluster-cidr=${POD_RANGES}`,
      `--cluster-signing-cert-file=${authorityFiles.certificateFile}`,
      `--cluster-signing-key-file=${authorityFiles.keyFile}`,
      `--root-ca-file=${authorityFiles.certificateFile}`,
      `--service-account-private-key-file=${tokens.keyFile}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ]),
    startDaemon(machine, 'kube-scheduler', [
      `${PROGRAMS_INSIDE}/kube-scheduler`,
      `--kubeconfig=${scheduler}`,
      `--authentication-kubeconfig=${scheduler}`,
      `--authorization-kubeconfig=${scheduler}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ]),
  ];
}
