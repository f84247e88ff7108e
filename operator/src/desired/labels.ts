import { CLUSTER_LABEL } from '../model/cluster-names.ts';
import { versionOf } from './blueprint.ts';

const NAME_LABEL = 'app.kubernetes.io/name';
const COMPONENT_LABEL = 'app.kubernetes.io/component';
const PRODUCT = 'rookery';
const MAX_LABEL_LENGTH = 63;

/** The operator's own pods, in whatever namespace they run. The chart gives them these. */
export const OPERATOR_LABELS = { [NAME_LABEL]: PRODUCT, [COMPONENT_LABEL]: 'operator' } as const;

/** What selects the members' pods. Selectors of StatefulSets never change, so these never may. */
export function selectorLabels(cluster: string): Readonly<Record<string, string>> {
  return {
    [NAME_LABEL]: PRODUCT,
    'app.kubernetes.io/instance': cluster,
    [COMPONENT_LABEL]: 'server',
    [CLUSTER_LABEL]: cluster,
  };
}

/** What selects the pod that a version is proved in: none of the members' Services does. */
export function proverLabels(cluster: string): Readonly<Record<string, string>> {
  return { ...selectorLabels(cluster), [COMPONENT_LABEL]: 'proof' };
}

/** What selects the read replicas' pods, and not those of the members. */
export function readReplicaLabels(cluster: string): Readonly<Record<string, string>> {
  return { ...selectorLabels(cluster), [COMPONENT_LABEL]: 'read-replica' };
}

/** Of what cannot be changed once it is there: no version. */
export function lastingLabels(cluster: string): Readonly<Record<string, string>> {
  return { ...selectorLabels(cluster), 'app.kubernetes.io/managed-by': 'rookery-operator' };
}

/** Of all objects. `image`: what the members run. */
export function objectLabels(cluster: string, image: string): Readonly<Record<string, string>> {
  const version = versionLabel(image);
  return {
    ...lastingLabels(cluster),
    ...(version === '' ? {} : { 'app.kubernetes.io/version': version }),
  };
}

/** The version, as far as a label can hold it: it may be a character longer, and end in a hyphen. */
function versionLabel(image: string): string {
  return versionOf(image)
    .slice(0, MAX_LABEL_LENGTH)
    .replace(/[^A-Za-z0-9]+$/, '');
}
