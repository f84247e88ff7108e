import type { Draft } from '../draft.ts';
import { type Given, isObject, isUnset, take, textOf, type Values, valueAt } from '../table.ts';

const NODE_KEY = 'kubernetes.io/hostname';
const ZONE_KEYS = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const NODE_FORM =
  'spec.scheduling.nodeSelector says which nodes; only what one value of each label says can be written with it';
const WITH_OTHERS = 'members are spread from one another; that they are near other pods cannot be said';
const MAX_TOLERATIONS = 32;
const TOLERATION_FIELDS = ['key', 'operator', 'value', 'effect', 'tolerationSeconds'];

export const nodeSelector = take(({ key, value, draft }) => {
  if (!isObject(value)) return draft.leave(key, 'it has to be an object');
  draft.add(key, 'scheduling.nodeSelector', withoutNulls(value));
});

export const priorityClassName = take(({ key, value, draft }) => {
  draft.take(key, 'scheduling.priorityClassName', value);
});

export const tolerations = take(({ key, value, draft }) => {
  if (!Array.isArray(value)) return draft.leave(key, 'it has to be a list');
  const good: Values[] = [];
  value.forEach((each: unknown, index) => {
    const at = `${key}[${index}]`;
    const problem = isObject(each) ? tolerationProblem(each) : 'it has to be an object';
    if (problem !== undefined) draft.leave(at, problem);
    else good.push(withoutNulls(each as Values));
  });
  if (good.length > MAX_TOLERATIONS)
    draft.leave(key, `there may be ${MAX_TOLERATIONS}: those behind the first ones are left out`);
  if (good.length > 0) draft.take(key, 'scheduling.tolerations', good.slice(0, MAX_TOLERATIONS));
});

function tolerationProblem(toleration: Values): string | undefined {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  const other = Object.keys(toleration).find((name) => !TOLERATION_FIELDS.includes(name));
  if (other !== undefined) return `${other} is no field of a toleration`;
  if (isUnset(key) && operator !== 'Exists') return 'it has neither a key nor the operator Exists';
  if (operator === 'Exists' && !isUnset(value)) return 'with the operator Exists there is no value';
  if (!isUnset(tolerationSeconds) && effect !== 'NoExecute')
    return 'tolerationSeconds need the effect NoExecute';
  return undefined;
}

/** `soft`, `hard`, or nothing, as charts have it; what stands in `affinity` counts before it. */
export const antiAffinityPreset = take(({ key, value, values, draft }) => {
  if (!isUnset(valueAt(values, 'affinity'))) draft.notNeeded(key, 'affinity counts before it');
  else if (value === 'hard') draft.take(key, 'scheduling.spread', 'Required');
  else if (value === 'soft') draft.take(key, 'scheduling.spread', 'Preferred');
  else draft.leave(key, `${JSON.stringify(value)} is neither soft nor hard`);
});

/** Over which nodes, by one label: the three keys mean something together. */
export const nodeAffinityPreset = take(({ key, value, values, draft }) => {
  if (!isUnset(valueAt(values, 'affinity'))) return draft.notNeeded(key, 'affinity counts before it');
  const preset: Values = isObject(value) ? value : {};
  const allowed = Array.isArray(preset.values) ? preset.values : [];
  if (isUnset(preset.type)) draft.notNeeded(key, 'without a type it does nothing');
  else if (preset.type === 'hard' && allowed.length === 1 && !isUnset(preset.key))
    draft.add(key, 'scheduling.nodeSelector', { [textOf(preset.key)]: allowed[0] });
  else draft.leave(key, NODE_FORM);
});

export const affinity = take(({ key, value, draft }) => {
  if (!isObject(value)) return draft.leave(key, 'it has to be an object');
  for (const [name, part] of Object.entries(value)) {
    const at = `${key}.${name}`;
    if (isUnset(part)) continue;
    if (name === 'podAntiAffinity') takeAntiAffinity(at, part, draft);
    else if (name === 'nodeAffinity') takeNodeAffinity(at, part, draft);
    else if (name === 'podAffinity') draft.leave(at, WITH_OTHERS);
    else draft.leave(at, 'it is no field of an affinity');
  }
});

export const podAntiAffinity = take(({ key, value, draft }) => takeAntiAffinity(key, value, draft));
export const nodeAffinity = take(({ key, value, draft }) => takeNodeAffinity(key, value, draft));

/** Whom the terms select is not looked at: in the objects of an ensemble they mean its own pods. */
function takeAntiAffinity(key: string, value: unknown, draft: Draft): void {
  if (!isObject(value)) return draft.leave(key, 'it has to be an object');
  for (const [name, terms] of Object.entries(value)) {
    if (isUnset(terms)) continue;
    const at = `${key}.${name}`;
    const isRequired = name === 'requiredDuringSchedulingIgnoredDuringExecution';
    if (!isRequired && name !== 'preferredDuringSchedulingIgnoredDuringExecution') {
      draft.leave(at, 'it is no field of an affinity');
      continue;
    }
    (Array.isArray(terms) ? terms : [terms]).forEach((term: unknown, index) => {
      const topology = valueAt(
        isObject(term) ? term : {},
        isRequired ? 'topologyKey' : 'podAffinityTerm.topologyKey',
      );
      takeSpread({ key: `${at}[${index}]`, draft }, textOf(topology), isRequired);
    });
  }
}

function takeSpread(
  { key, draft }: Pick<Given, 'key' | 'draft'>,
  topology: string,
  isRequired: boolean,
): void {
  if (topology === NODE_KEY) {
    if (isRequired) draft.take(key, 'scheduling.spread', 'Required');
    else if (draft.at('scheduling.spread') === 'Required')
      draft.notNeeded(key, 'they have to be on nodes of their own');
    else draft.take(key, 'scheduling.spread', 'Preferred');
  } else if (ZONE_KEYS.includes(topology)) {
    const why = isRequired
      ? 'where there are too few zones two members are in one, and none is left pending'
      : undefined;
    draft.take(key, 'scheduling.zones', true, why);
  } else draft.leave(key, `members are spread over nodes and zones, not by ${JSON.stringify(topology)}`);
}

export const topologySpread = take(({ key, value, draft }) => {
  if (!Array.isArray(value)) return draft.leave(key, 'it has to be a list');
  value.forEach((constraint: unknown, index) => {
    const { topologyKey, maxSkew, whenUnsatisfiable }: Values = isObject(constraint) ? constraint : {};
    const at = `${key}[${index}]`;
    // Required spread over nodes means two members on none: only a constraint with the skew of 1 may come near that.
    const isRequired = whenUnsatisfiable === 'DoNotSchedule';
    if (maxSkew !== undefined && maxSkew !== 1)
      draft.leave(at, 'members are spread as evenly as can be: a skew of 1');
    else takeSpread({ key: at, draft }, textOf(topologyKey), isRequired);
  });
});

function takeNodeAffinity(key: string, value: unknown, draft: Draft): void {
  if (!isObject(value)) return draft.leave(key, 'it has to be an object');
  for (const [name, part] of Object.entries(value)) {
    if (isUnset(part)) continue;
    const at = `${key}.${name}`;
    const labels = name === 'requiredDuringSchedulingIgnoredDuringExecution' ? labelsOf(part) : undefined;
    if (labels === undefined) draft.leave(at, NODE_FORM);
    else draft.add(at, 'scheduling.nodeSelector', labels);
  }
}

/** The labels that a node must have, where the terms say no more than that. */
function labelsOf(selector: unknown): Record<string, unknown> | undefined {
  const terms = isObject(selector) ? selector.nodeSelectorTerms : undefined;
  if (!Array.isArray(terms) || terms.length !== 1 || !isObject(terms[0])) return undefined;
  const { matchExpressions, ...others }: Values = terms[0];
  if (Object.keys(others).length > 0 || !Array.isArray(matchExpressions)) return undefined;
  const labels: Record<string, unknown> = {};
  for (const expression of matchExpressions as readonly unknown[]) {
    if (!isObject(expression)) return undefined;
    const { key, operator, values } = expression;
    const isOne = operator === 'In' && Array.isArray(values) && values.length === 1;
    if (!isOne || typeof key !== 'string' || Object.hasOwn(labels, key)) return undefined;
    labels[key] = values[0];
  }
  return labels;
}

function withoutNulls(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}
