/** The cluster's DNS: CoreDNS on the control plane's machine, as kubeadm sets it up, but that there are no names outside. */
import { type Daemon, type Machine, PROGRAMS_INSIDE, startDaemon } from './machine.ts';
import { writeKubeconfig, writeSetting } from './settings.ts';
import { CLUSTER_DOMAIN } from './topology.ts';

/** How long clients may keep a name. CoreDNS itself keeps nothing: a pod that goes is gone from the names at once. */
const TTL_SECONDS = 5;

function corefile(kubeconfigInside: string): string {
  const zones = `${CLUSTER_DOMAIN} in-addr.arpa ip6.arpa`;
  return `${zones} {
  errors
  health 127.0.0.1:8080
  ready 127.0.0.1:8181
  kubernetes ${zones} {
    kubeconfig ${kubeconfigInside}
    pods insecure
    ttl ${TTL_SECONDS}
  }
  loadbalance
}
. {
  errors
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`;
}

export async function startDns(machine: Machine): Promise<Daemon> {
  // A pod of CoreDNS has a role of its own; this one is no pod and may read everything.
  const config = corefile(await writeKubeconfig(machine, 'coredns', 'system:masters'));
  const conf = writeSetting(machine, 'Corefile', config);
  return startDaemon(machine, 'coredns', [`${PROGRAMS_INSIDE}/coredns`, '-conf', conf]);
}
