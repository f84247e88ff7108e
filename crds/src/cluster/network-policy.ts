import { defaulted, list, object, optional, rules, section, text, truth } from '../schema/builder.ts';
import { labelSelector } from './labels.ts';

const MAX_CIDR_LENGTH = 49;

const ipBlock = object('A range of addresses.', {
  cidr: text('The range, such as 10.0.0.0/8.', { minLength: 1, maxLength: MAX_CIDR_LENGTH }),
  except: optional(
    list(
      'Ranges within it that are not meant.',
      text('A range, such as 10.1.0.0/16.', { minLength: 1, maxLength: MAX_CIDR_LENGTH }),
      { maxItems: 32, 'x-kubernetes-list-type': 'atomic' },
    ),
  ),
});

/** As NetworkPolicy has it. One without any part would mean everybody, which an empty list says more clearly. */
const peer = object(
  'Who may connect: pods, namespaces or addresses.',
  {
    podSelector: optional(
      labelSelector('Pods by their labels; in this namespace, or in those of namespaceSelector.'),
    ),
    namespaceSelector: optional(labelSelector('Namespaces by their labels; {} is all of them.')),
    ipBlock: optional(ipBlock),
  },
  rules({
    rule: 'has(self.ipBlock) != (has(self.podSelector) || has(self.namespaceSelector))',
    message: 'write podSelector, namespaceSelector or both, or else ipBlock alone',
  }),
);

export const networkPolicy = section(
  object('Who may connect to the members.', {
    enabled: defaulted(
      truth(
        'Makes a NetworkPolicy: only members reach the port between members, only the operator and monitoring the admin port.',
      ),
      true,
    ),
    clientFrom: defaulted(
      list('Who may reach the client port. Empty: everybody.', peer, {
        maxItems: 32,
        'x-kubernetes-list-type': 'atomic',
      }),
      [],
    ),
  }),
);
