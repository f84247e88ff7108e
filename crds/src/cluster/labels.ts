import { choice, list, map, object, optional, rules, text } from '../schema/builder.ts';

/** A prefix of a DNS name, a slash and a name. */
const MAX_KEY_LENGTH = 317;
const MAX_VALUE_LENGTH = 63;
const MAX_ENTRIES = 64;
const MAX_ANNOTATION_LENGTH = 16_384;

const labelValue = text('The value of the label.', { maxLength: MAX_VALUE_LENGTH });

/** Labels that selectors and the operator itself go by; a pod that claimed others would be lost to its Service. */
const OWN_PREFIXES = [
  'app.kubernetes.io/',
  'rookery.dev/',
  'apps.kubernetes.io/',
  'statefulset.kubernetes.io/',
];
const notOwn = rules({
  rule: `self.all(key, ${OWN_PREFIXES.map((prefix) => `!key.startsWith('${prefix}')`).join(' && ')})`,
  message: `leave out keys that begin with ${OWN_PREFIXES.join(', ')}: the operator and Kubernetes set those`,
});

export function labels(description: string) {
  return map(description, labelValue, MAX_ENTRIES, notOwn);
}

export function annotations(description: string) {
  return map(
    description,
    text('The value of the annotation.', { maxLength: MAX_ANNOTATION_LENGTH }),
    MAX_ENTRIES,
    notOwn,
  );
}

export function nodeLabels(description: string) {
  return map(description, labelValue, MAX_ENTRIES);
}

const expression = object(
  'One condition.',
  {
    key: text('The key of the label.', { minLength: 1, maxLength: MAX_KEY_LENGTH }),
    operator: choice('How the label is compared with the values.', ['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: optional(
      list('With In and NotIn: the values.', labelValue, {
        maxItems: 64,
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
  },
  rules({
    rule: "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
    message: 'write values with the operators In and NotIn, and none with Exists and DoesNotExist',
  }),
);

/** As in every API of Kubernetes: all conditions have to hold; one without conditions selects everything. */
export function labelSelector(description: string) {
  return object(
    description,
    {
      matchLabels: optional(map('Labels that must have these values.', labelValue, MAX_ENTRIES)),
      matchExpressions: optional(
        list('Conditions that must hold.', expression, { maxItems: 16, 'x-kubernetes-list-type': 'atomic' }),
      ),
    },
    { 'x-kubernetes-map-type': 'atomic' },
  );
}
