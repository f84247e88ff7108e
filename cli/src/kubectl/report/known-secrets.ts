import type { FoundCluster } from '../cluster/find-clusters.ts';
import { type Json, secretsNamedBy } from './kube-object.ts';
import { secretValues } from './secret-values.ts';

/** More than any cluster has. */
const MAX_SECRETS = 64;

export interface KnownSecrets {
  readonly values: readonly Buffer[];
  /** Names of the Secrets whose values are looked for. */
  readonly read: readonly string[];
  /** Those that could not be read, and why: what they hold is found by what stands before it alone. */
  readonly unread: readonly { readonly name: string; readonly why: string }[];
}

/**
 * The values of the Secrets that a cluster has to do with, so that they can be looked for. They are read where the caller may, and kept in this process
 * alone.
 *
 * @param objects of the cluster, which name them
 */
export async function knownSecrets({ kubectl, status }: FoundCluster, objects: Json): Promise<KnownSecrets> {
  const own = ['admin', 'authority', 'certificates'].map((suffix) => `${status.name}-${suffix}`);
  const names = [...secretsNamedBy(objects, new Set(own))].sort();
  const values: Buffer[] = [];
  const read: string[] = [];
  const unread: { name: string; why: string }[] = [];
  for (const name of names.slice(0, MAX_SECRETS)) {
    try {
      const data = (await kubectl.json(['get', 'secret', name])).fields('data');
      values.push(...secretValues(Object.fromEntries(data.names.map((key) => [key, data.text(key) ?? '']))));
      read.push(name);
    } catch (error) {
      unread.push({ name, why: (error as Error).message });
    }
  }
  for (const name of names.slice(MAX_SECRETS)) unread.push({ name, why: 'there are too many' });
  return { values, read, unread };
}
