import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aclAnswers, digestOf, SUPER_PROOF } from './acl-scenario.ts';
import { TestEnsemble } from './ensemble.ts';

let ensemble: TestEnsemble;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(1, { superDigest: digestOf(SUPER_PROOF) });
});

afterAll(async () => {
  await ensemble.stop();
});

test('access lists and auth requests come to what they come to in Apache ZooKeeper 3.9.5', async () => {
  const answers = await aclAnswers(ensemble.leader.port, '/acl');
  expect(answers).toBe(readFileSync(new URL('acl-answers.txt', import.meta.url), 'utf8'));
});
