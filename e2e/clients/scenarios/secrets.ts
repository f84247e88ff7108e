import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Program } from '../program.ts';
import type { Scenario } from '../scenario.ts';

const script = fileURLToPath(new URL('../python/proofs.py', import.meta.url));
const TIMEOUT_MS = 120_000;

const BOB = 'bob:password-of-bob';
const SUPER = 'super:may-do-everything';

function hashOf(proof: string): string {
  return createHash('sha1').update(proof).digest('base64');
}

/** Apache ZooKeeper's audit log shows the hash of a password in each access list that it tells of. */
export const secrets: Scenario = {
  name: 'secrets',
  proves:
    'passwords that kazoo proves itself by, and their hashes, stand in no log, answer, argument or audit log',
  against: ['rookery'],
  needs: ['python'],
  run: async (context) => {
    for (const [name, proof] of [
      ['bob', BOB],
      ['super', SUPER],
    ] as const) {
      context.secret(`the password of ${name}`, proof.split(':')[1]!);
      context.secret(`the hash of the password of ${name}`, hashOf(proof));
    }
    const ensemble = await context.startEnsemble({
      configLines: [
        'audit.enable=true',
        `DigestAuthenticationProvider.superDigest=${SUPER.split(':')[0]}:${hashOf(SUPER)}`,
      ],
    });
    const environment = { HOSTS: connectString(ensemble.endpoints), BOB, SUPER };
    const output = await new Program(context.python(), [script], environment).success(TIMEOUT_MS);
    const count = Number(/^proved (\d+) times$/m.exec(output)?.[1] ?? 0);
    if (count === 0) throw new Error(`nothing was proved:\n${output}`);
    return `${count} proofs, right and wrong`;
  },
};
