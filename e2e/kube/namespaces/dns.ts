/** The cluster's DNS: CoreDNS on the control plane's machine, with what kubeadm gives it but for other people's names. */
import { type Daemon, type Machine, programsInside, startDaemon } from './machine.ts';
import { writeKubeconfig, writeSetting } from './settings.ts';
import { clusterDomain } from './topology.ts';

/** Nothing is cached, so that a pod that goes is gone from the names at once; seconds. */
const TTL_SECONDS = 5;

function corefile(kubeconfigInside: string): string {
  return `.:53 {
  errors
  health 127.0.0.1:8080
  ready 127.0.0.1:8181
  kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfigInside}
    pods insecure
    ttl ${TTL_SECONDS}
  }
  loadbalance
}
`;
}

export async function startDns(machine: Machine): Promise<Daemon> {
  // A pod of CoreDNS has a role of its own; this one is no pod and may read everything.
  const config = corefile(await writeKubeconfig(machine, 'coredns', 'system:masters'));
  const conf = writeSetting(machine, 'Corefile', config);
  return startDaemon(machine, 'coredns', [`${programsInside}/coredns`, '-conf', conf]);
}
