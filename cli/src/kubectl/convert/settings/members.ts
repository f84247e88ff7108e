import { MAX_READ_REPLICAS, MAX_REPLICAS } from '@rookery/crds';
import { type Given, take } from '../table.ts';

/** A whole number that may be written as a text; NaN: it is none. */
export function wholeNumber(value: unknown): number {
  if (typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value)) return Number(value);
  return Number.isSafeInteger(value) ? (value as number) : Number.NaN;
}

/** Voting members. What the spec cannot say as it stands is said in the way that serves as many clients. */
export function takeReplicas({ key, value, draft }: Given): void {
  const wanted = wholeNumber(value);
  if (!(wanted >= 0)) {
    draft.leave(key, `${JSON.stringify(value)} is no number of members: there are 3 without it`);
  } else if (wanted === 0) {
    draft.take(key, 'hibernated', true, 'no member runs; spec.replicas is 3 for when it wakes up');
  } else if (wanted > MAX_REPLICAS) {
    const rest = Math.min(MAX_READ_REPLICAS, wanted - MAX_REPLICAS);
    draft.complete('readReplicas', rest);
    draft.take(
      key,
      'replicas',
      MAX_REPLICAS,
      `no more of them vote: ${rest} more are spec.readReplicas, which serve reads`,
    );
  } else if (wanted % 2 === 0) {
    draft.complete('allowEvenReplicas', true);
    draft.take(
      key,
      'replicas',
      wanted,
      `by spec.allowEvenReplicas: it survives no more losses than ${wanted - 1}`,
    );
  } else {
    draft.take(key, 'replicas', wanted, wanted === 1 ? '3 survive the loss of one' : undefined);
  }
}

export const replicas = take(takeReplicas);

/** Secrets that images are pulled with: charts name them by text or as an object. */
export const pullSecrets = take(({ key, value, draft }) => {
  const named = (Array.isArray(value) ? value : []).map((each: unknown) =>
    typeof each === 'object' && each !== null && 'name' in each ? each.name : each,
  );
  const before = (draft.at('image.pullSecrets') ?? []) as readonly { readonly name: unknown }[];
  const names = new Set([...before.map(({ name }) => name), ...named]);
  if (names.size === 0) return draft.leave(key, 'it has to be a list of names of Secrets');
  const why = "for a registry that has Rookery's image: name that by spec.image.repository";
  draft.take(
    key,
    'image.pullSecrets',
    [...names].map((name) => ({ name })),
    why,
  );
});

export const pullPolicy = take(({ key, value, draft }) => {
  draft.take(key, 'image.pullPolicy', value);
});

const labelsTo = (field: string, under: boolean, why?: string) =>
  take(({ key, value, draft }) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return draft.leave(key, 'it has to be an object');
    const entries = Object.entries(value).filter(([, text]) => text !== null && text !== undefined);
    const isOwn = ([name]: [string, unknown]) => OWN_PREFIX.test(name);
    for (const [name] of entries.filter(isOwn))
      draft.leave(
        `${key}.${name}`,
        'the operator and Kubernetes set labels and annotations with this prefix',
      );
    const others = entries.filter((entry) => !isOwn(entry));
    if (others.length === 0) return;
    draft.add(key, field, Object.fromEntries(others), { under, ...(why === undefined ? {} : { why }) });
  });

/** Which CoordinationClusters may not set, as their schema says. */
const OWN_PREFIX = /^(?:app\.kubernetes\.io|rookery\.dev|apps\.kubernetes\.io|statefulset\.kubernetes\.io)\//;

const PODS_ALONE = 'on the pods; other objects have the labels of the operator alone';
export const podLabels = labelsTo('podTemplate.metadata.labels', false);
export const podAnnotations = labelsTo('podTemplate.metadata.annotations', false);
export const commonLabels = labelsTo('podTemplate.metadata.labels', true, PODS_ALONE);
export const commonAnnotations = labelsTo('podTemplate.metadata.annotations', true, PODS_ALONE);
export const serviceAnnotations = labelsTo('services.client.annotations', false);
