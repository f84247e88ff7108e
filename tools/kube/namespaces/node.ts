/** One node: containerd, kubelet and kube-proxy on a machine of its own. */

import { statfsSync } from 'node:fs';
import { succeeds } from '../commands.ts';
import { authority, sign } from './certificates.ts';
import { cgroupOf, createCgroup } from './cgroups.ts';
import { type Daemon, type Machine, PROGRAMS_INSIDE, startDaemon } from './machine.ts';
import { ctr, loadImage } from './node-images.ts';
import {
  containerdToml,
  kubeletConfiguration,
  kubeProxyConfiguration,
  podNetwork,
  type Snapshotter,
} from './node-settings.ts';
import { copyInside, writeKubeconfig, writeSetting } from './settings.ts';
import type { NodeAddresses } from './topology.ts';
import { waitFor } from './wait.ts';

/** containerd, with the one image that every pod needs. */
export async function startContainerd(
  machine: Machine,
  node: NodeAddresses,
  pauseArchive: string,
): Promise<Daemon> {
  writeSetting(machine, 'cni/pods.conflist', podNetwork(node));
  const config = writeSetting(machine, 'containerd.toml', containerdToml(snapshotterFor(machine)));
  const containerd = startDaemon(machine, 'containerd', ['containerd', '--config', config]);
  await waitFor('containerd answers', () => succeeds(ctr(machine, 'version')), [containerd]);
  await loadImage(machine, pauseArchive);
  return containerd;
}

/** What makes the machine a node of the cluster. */
export async function startKubelet(machine: Machine, node: NodeAddresses): Promise<readonly Daemon[]> {
  createCgroup(node.name);
  const user = `system:node:${node.name}`;
  const kubeletKubeconfig = await writeKubeconfig(machine, user, 'system:nodes');
  const serving = await sign(`kubelet-${node.name}`, {
    name: user,
    organization: 'system:nodes',
    alternativeNames: [`DNS:${node.name}`, `IP:${node.address}`],
  });
  const kubeletConfig = writeSetting(
    machine,
    'kubelet.json',
    kubeletConfiguration({
      serving: copyInside(machine, 'kubelet', serving),
      clientAuthorityFile: copyInside(machine, 'authority', authority).certificateFile,
      cgroupRoot: cgroupOf(node.name),
    }),
  );
  const proxyKubeconfig = await writeKubeconfig(machine, 'system:kube-proxy');
  const proxyConfig = writeSetting(machine, 'kube-proxy.json', kubeProxyConfiguration(node, proxyKubeconfig));
  return [
    startDaemon(machine, 'kubelet', [
      `${PROGRAMS_INSIDE}/kubelet`,
      `--config=${kubeletConfig}`,
      `--kubeconfig=${kubeletKubeconfig}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.address}`,
      `--node-labels=topology.kubernetes.io/zone=${node.zone}`,
    ]),
    startDaemon(machine, 'kube-proxy', [`${PROGRAMS_INSIDE}/kube-proxy`, `--config=${proxyConfig}`]),
  ];
}

/** As the kernel numbers it. */
const OVERLAY_FILE_SYSTEM = 0x794c7630;

/** This machine may be a container itself. */
function snapshotterFor({ folder }: Machine): Snapshotter {
  return statfsSync(folder).type === OVERLAY_FILE_SYSTEM ? 'native' : 'overlayfs';
}
