import {
  choice,
  defaulted,
  integer,
  list,
  object,
  optional,
  rules,
  section,
  text,
  truth,
} from '../schema/builder.ts';
import { nodeLabels } from './labels.ts';
import { MAX_OBJECT_NAME_LENGTH } from './names.ts';

const toleration = object(
  'A taint that is put up with.',
  {
    key: optional(text('The key of the taint; absent, with Exists: every taint.', { maxLength: 317 })),
    operator: optional(choice('Absent: Equal.', ['Equal', 'Exists'])),
    value: optional(text('The value of the taint, with Equal.', { maxLength: 63 })),
    effect: optional(
      choice('The effect of the taint; absent: every effect.', [
        'NoSchedule',
        'PreferNoSchedule',
        'NoExecute',
      ]),
    ),
    tolerationSeconds: optional(
      integer('With NoExecute: how long, in seconds; absent: for ever.', { format: 'int64' }),
    ),
  },
  rules(
    {
      rule: "(has(self.key) && self.key != '') || (has(self.operator) && self.operator == 'Exists')",
      message: 'write a key, or the operator Exists to put up with every taint',
    },
    {
      rule: "!has(self.operator) || self.operator != 'Exists' || !has(self.value) || self.value == ''",
      message: 'leave out the value with the operator Exists',
    },
    {
      rule: "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
      message: 'write the effect NoExecute with tolerationSeconds, or leave them out',
    },
  ),
);

export const scheduling = section(
  object('Where the members run.', {
    spread: defaulted(
      choice(
        'Over nodes: Preferred puts two members on one node where there is no other; Required leaves a member pending instead; Disabled does not care.',
        ['Preferred', 'Required', 'Disabled'],
      ),
      'Preferred',
    ),
    zones: defaulted(truth('Also spreads over zones, where the nodes name theirs.'), true),
    priorityClassName: optional(
      text('The PriorityClass of the pods. Absent: the default of this Kubernetes.', {
        minLength: 1,
        maxLength: MAX_OBJECT_NAME_LENGTH,
      }),
    ),
    nodeSelector: defaulted(nodeLabels('Labels that a node must have.'), {}),
    tolerations: defaulted(
      list('Taints of nodes that the pods put up with.', toleration, {
        maxItems: 32,
        'x-kubernetes-list-type': 'atomic',
      }),
      [],
    ),
  }),
);
