/** The control groups under which each node's pods are: /rookery-kube-CLUSTER/NODE in every hierarchy of this machine. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterFolder } from '../folders.ts';

/** Control groups are all that clusters of different caches would share: each has a group of its own, and none takes another's away. */
const ROOT = `rookery-kube-${createHash('sha256').update(clusterFolder).digest('hex').slice(0, 8)}`;
const END_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** As kubelet's cgroupRoot takes it. */
export function cgroupOf(node: string): string {
  return `/${ROOT}/${node}`;
}

interface Hierarchy {
  readonly mountPoint: string;
  readonly version: 1 | 2;
}

function hierarchies(): readonly Hierarchy[] {
  const mounts = readFileSync('/proc/mounts', 'utf8').trim().split('\n');
  return mounts
    .map((line) => line.split(' '))
    .filter(([, mountPoint = '']) => mountPoint.startsWith('/sys/fs/cgroup'))
    .flatMap(([, mountPoint = '', type = '']): Hierarchy[] => {
      if (type === 'cgroup') return [{ mountPoint, version: 1 }];
      return type === 'cgroup2' ? [{ mountPoint, version: 2 }] : [];
    });
}

export function createCgroup(node: string): void {
  for (const { mountPoint, version } of hierarchies()) {
    let parent = mountPoint;
    for (const name of [ROOT, node]) {
      const folder = join(parent, name);
      // A group of version 2 has the controllers that its parent passes on, one of version 1 only the processors that it is told.
      if (version === 2) passControllersOn(parent);
      mkdirSync(folder, { recursive: true });
      if (version === 1 && existsSync(join(folder, 'cpuset.cpus'))) copyProcessors(parent, folder);
      parent = folder;
    }
  }
}

function passControllersOn(folder: string): void {
  const controllers = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ');
  const wanted = controllers.filter((name) => name !== '').map((name) => `+${name}`);
  if (wanted.length > 0) writeFileSync(join(folder, 'cgroup.subtree_control'), wanted.join(' '));
}

function copyProcessors(from: string, to: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    writeFileSync(join(to, file), readFileSync(join(from, file), 'utf8'));
  }
}

/** Removes the groups of all nodes, once their processes have ended. */
export async function removeCgroups(): Promise<void> {
  const deadline = Date.now() + END_TIMEOUT_MS;
  for (const { mountPoint } of hierarchies()) {
    const folder = join(mountPoint, ROOT);
    while (existsSync(folder)) {
      try {
        removeTree(folder);
      } catch (error) {
        // The kernel lets go of a group a moment after its last process.
        if (Date.now() > deadline) throw error;
        await sleep(POLL_MS);
      }
    }
  }
}

/** Leaves first: a group that has groups cannot be removed, and its files cannot be removed at all. */
function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  rmdirSync(folder);
}
