/**
 * Gives claims of the cluster's storage class a folder on the node that the scheduler chose, as a `local` volume (of which kubelet
 * gives the group to pods with an fsGroup, so that those that are not root can write), and removes it after its claim.
 *
 *   node volume-provisioner.ts KUBECONFIG CLUSTER_FOLDER
 *
 * Level-based: a change of any claim or volume is a reason to look at all of them.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, connect } from './api.ts';
import {
  type Claim,
  claimsWithoutVolume,
  type List,
  type Volume,
  volumeFor,
  volumesToRemove,
} from './volumes.ts';

const CLAIMS = '/api/v1/persistentvolumeclaims';
const VOLUMES = '/api/v1/persistentvolumes';
const RETRY_MS = 500;
const CONFLICT = 409;
const NOT_FOUND = 404;

const [kubeconfigFile, clusterFolder] = process.argv.slice(2);
if (kubeconfigFile === undefined || clusterFolder === undefined) {
  throw new Error('usage: node volume-provisioner.ts KUBECONFIG CLUSTER_FOLDER');
}
const api = connect(kubeconfigFile);

let changes = 0;
let wake: () => void = () => {};

function changed(): void {
  changes += 1;
  wake();
}

async function watchForEver(path: string): Promise<never> {
  for (;;) {
    await api.watch(path, changed).catch(report);
    await sleep(RETRY_MS);
    changed();
  }
}

function report(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
}

/** The node's /var/lib/volumes, seen from outside. */
function folderOf(volume: Volume): string {
  const [term] = volume.spec.nodeAffinity.required.nodeSelectorTerms;
  return join(clusterFolder!, term.matchExpressions[0].values[0], volume.spec.local.path);
}

async function reconcile(): Promise<void> {
  const claims = ((await api.get(CLAIMS)) as List<Claim>).items;
  const volumes = ((await api.get(VOLUMES)) as List<Volume>).items;
  for (const claim of claimsWithoutVolume(claims, volumes)) {
    const volume = volumeFor(claim);
    // Root's alone: what a pod may do with it is for its fsGroup to say.
    mkdirSync(folderOf(volume), { recursive: true, mode: 0o750 });
    await api.post(VOLUMES, volume).catch(ignore(CONFLICT));
    console.log(`${volume.metadata.name} for ${claim.metadata.namespace}/${claim.metadata.name}`);
  }
  for (const volume of volumesToRemove(volumes)) {
    rmSync(folderOf(volume), { recursive: true, force: true });
    await api.delete(`${VOLUMES}/${volume.metadata.name}`).catch(ignore(NOT_FOUND));
    console.log(`${volume.metadata.name} removed`);
  }
}

/** For what somebody has done already. */
function ignore(code: number): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ApiError && error.code === code)) throw error;
  };
}

void watchForEver(CLAIMS);
void watchForEver(VOLUMES);
for (;;) {
  const seen = changes;
  try {
    await reconcile();
  } catch (error) {
    report(error);
    await sleep(RETRY_MS);
    continue;
  }
  if (changes === seen) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}
