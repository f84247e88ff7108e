import { object, optional, section, text } from '../schema/builder.ts';
import { MAX_OBJECT_NAME_LENGTH } from './names.ts';

export const superUser = section(
  object('A user of the scheme digest whom no access list holds back. Absent: there is none.', {
    secretName: optional(
      text(
        "A Secret of the same namespace whose key digest holds USER:BASE64 of the SHA-1 of USER:PASSWORD, as ZooKeeper's superDigest. Members take on what it comes to hold without a restart.",
        { minLength: 1, maxLength: MAX_OBJECT_NAME_LENGTH },
      ),
    ),
  }),
);
