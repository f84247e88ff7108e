/** Where the files of the test's Kubernetes are: all of them outside of the repository. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '..', '..');

/** Kept from one start to the next: programs and downloads. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rookery', 'kube');

/** What belongs to the cluster that runs now: its state, keys, logs, images and volumes. Gone after kube-down. */
export const clusterFolder = join(cacheFolder, 'cluster');

/** How kubectl and clients reach the cluster that runs now, whichever provider started it. */
export const kubeconfigFile = join(clusterFolder, 'kubeconfig');
