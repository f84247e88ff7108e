import { expect, test } from 'vitest';
import { assemble } from '../../src/ensemble-status/assemble.ts';
import { type Look, whyUnreached } from '../../src/ensemble-status/look.ts';
import type { MemberAnswer } from '../../src/ensemble-status/member-answer.ts';
import { HttpFailure } from '../../src/members-http/http-failure.ts';
import { answer, seedOf } from './answers.ts';

function lookAt(...outcomes: readonly (MemberAnswer | HttpFailure)[]): Look {
  const asked = outcomes.map((outcome, at) => ({ seed: seedOf(`zk-${at + 1}`), outcome }));
  return { asked, status: assemble(asked) };
}

test('why HTTP was silent is told also of a member that answered four-letter words', () => {
  const late = new HttpFailure('zk-1:8080', 'no answer within 1000 ms', true);
  const told = whyUnreached(
    lookAt({ ...answer(1), by: 'words', httpFailure: late }, new HttpFailure('zk-2:8080', 'refused')),
  );
  expect(told).toMatch(
    /\(zk-1:8080: no answer within 1000 ms; zk-2:8080: refused\); wait longer by --timeout/,
  );
});

test('nobody is told to wait for what was refused', () => {
  expect(whyUnreached(lookAt(new HttpFailure('zk-1:8080', 'refused')))).toMatch(
    /\); say where it is by --admin/,
  );
});
