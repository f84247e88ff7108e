/**
 * Writes `acl-answers.txt` from an Apache ZooKeeper 3.9.5 that listens on 127.0.0.1 at the given port, started with
 * -Dzookeeper.DigestAuthenticationProvider.superDigest= and what this prints without a port, and -Dfile.encoding=UTF-8.
 */
import { writeFileSync } from 'node:fs';
import { aclAnswers, digestOf, SUPER_PROOF } from './acl-scenario.ts';

const port = Number(process.argv[2]);
if (Number.isInteger(port)) {
  const answers = await aclAnswers(port, `/acl-${Date.now()}`);
  writeFileSync(new URL('acl-answers.txt', import.meta.url), answers);
} else process.stdout.write(`${digestOf(SUPER_PROOF)}\n`);
