import { defaulted, object, section } from '../schema/builder.ts';
import { annotations, labels } from './labels.ts';

export const podTemplate = section(
  object("Additions to the members' pods.", {
    metadata: section(
      object('Additions to their metadata.', {
        labels: defaulted(labels('Further labels.'), {}),
        annotations: defaulted(annotations('Further annotations.'), {}),
      }),
    ),
  }),
);
