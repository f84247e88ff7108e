/**
 * The wires: a bridge on the control plane's machine, a cable from it to each node, and a route to each node's pods everywhere. All
 * of it is inside the machines' own network namespaces and ends with them.
 */
import { runScript } from '../commands.ts';
import { enter, type Machine } from './machine.ts';
import { controlPlane, type NodeAddresses, nodes } from './topology.ts';

export async function connectControlPlane(machine: Machine): Promise<void> {
  await runScript(
    `
    ip link set lo up
    ip link add bridge0 type bridge
    ip address add ${controlPlane.address}/24 dev bridge0
    ip link set bridge0 up
    # Programs that look for the machine's address look for the default route.
    ip route add default dev bridge0
    ${nodes.map((node) => `ip route add ${node.podRange} via ${node.address} dev bridge0 onlink`).join('\n')}
    `,
    enter(machine, ['net']),
  );
}

export async function connectNode(control: Machine, machine: Machine, node: NodeAddresses): Promise<void> {
  await runScript(
    `
    ip link add ${node.name} type veth peer name eth0 netns ${machine.pid}
    ip link set ${node.name} master bridge0 up
    `,
    enter(control, ['net']),
  );
  const others = nodes.filter((other) => other !== node);
  await runScript(
    `
    ip link set lo up
    ip address add ${node.address}/24 dev eth0
    ip link set eth0 up
    ip route add default via ${controlPlane.address}
    ${others.map((other) => `ip route add ${other.podRange} via ${other.address} onlink dev eth0`).join('\n')}
    echo 1 > /proc/sys/net/ipv4/ip_forward
    `,
    enter(machine),
  );
}
