import { choice, defaulted, object, optional, rules, section, text } from '../schema/builder.ts';
import { MAX_OBJECT_NAME_LENGTH } from './names.ts';
import { volumeBytes } from './quantity.ts';

/** Two log segments of 64 MiB and a snapshot are kept free; below this a member would soon refuse writes. */
const MIN_SIZE = '1Gi';

export const storage = section(
  object(
    'The volume of each member.',
    {
      size: defaulted(
        volumeBytes('How much each member asks for. May grow, never shrink.', MIN_SIZE),
        '10Gi',
      ),
      storageClassName: optional(
        text(
          'The StorageClass of the volumes; cannot be changed later. Absent: the default class of this Kubernetes. "": volumes that were made beforehand.',
          { maxLength: MAX_OBJECT_NAME_LENGTH },
        ),
      ),
      retention: section(
        object('What becomes of the volumes.', {
          whenDeleted: defaulted(
            choice(
              'When the CoordinationCluster is deleted: Retain keeps the volumes and all data, Delete deletes them with it.',
              ['Retain', 'Delete'],
            ),
            'Retain',
          ),
        }),
      ),
    },
    rules({
      // On the parent: a rule on the field itself would not run when the field comes or goes.
      rule: 'has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)',
      fieldPath: '.storageClassName',
      message:
        'the StorageClass of a cluster cannot be changed: leave it as it was, or make a new CoordinationCluster with the other class',
    }),
  ),
);
