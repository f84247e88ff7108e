import { object, section } from '../schema/builder.ts';
import { secretName } from './secret-name.ts';

export const superUser = section(
  object('A user of the scheme digest whom no access list holds back. Absent: there is none.', {
    secretName: secretName(
      "A Secret of the same namespace whose key digest holds USER:BASE64 of the SHA-1 of USER:PASSWORD, as ZooKeeper's superDigest. Members take on what it comes to hold without a restart.",
    ),
  }),
);
