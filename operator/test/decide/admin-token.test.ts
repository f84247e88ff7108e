import { describe, expect, test } from 'vitest';
import { describeAdminToken, nextAdminSecretStep } from '../../src/decide/admin-token.ts';
import { ROTATE_ADMIN_TOKEN_ANNOTATION } from '../../src/model/cluster-names.ts';
import type { AdminSecretFacts, Observed, ObservedPod, ProofSite } from '../../src/model/observed.ts';
import { answerOf, clusterOf, observedOf, podOf } from './observed-world.ts';

const SEEN = { uid: 'uid-admin', resourceVersion: '9' };

/** Three members that take these tokens, by their fingerprints. */
function podsThatTake(...tokens: (readonly string[] | undefined)[]): ObservedPod[] {
  return tokens.map((adminTokens, ordinal) =>
    podOf(
      ordinal,
      answerOf(ordinal + 1, ordinal === 0 ? 'leader' : 'follower', adminTokens && { adminTokens }),
    ),
  );
}

function observed(
  asked: string,
  secret: Partial<AdminSecretFacts> | undefined,
  more: Partial<Observed> = {},
): Observed {
  const annotations = asked === '' ? {} : { [ROTATE_ADMIN_TOKEN_ANNOTATION]: asked };
  const facts = { seen: SEEN, rotatedFor: '', rotatingFor: undefined, newestToken: 'new', ...secret };
  return observedOf(clusterOf({}, { metadata: { annotations } }), {
    pods: podsThatTake(['old'], ['old'], ['old']),
    ...(secret === undefined ? {} : { adminSecret: facts }),
    ...more,
  });
}

describe('another admin token', () => {
  test('is made once for each text of the annotation, and never without it', () => {
    expect(nextAdminSecretStep(observed('', {}))).toBeUndefined();
    expect(nextAdminSecretStep(observed('today', {}))).toEqual({
      kind: 'addAdminToken',
      seen: SEEN,
      rotatingFor: 'today',
    });
    expect(nextAdminSecretStep(observed('today', { rotatedFor: 'today' }))).toBeUndefined();
    expect(nextAdminSecretStep(observed('today', { rotatedFor: 'yesterday' }))).toMatchObject({
      rotatingFor: 'today',
    });
  });

  test('is not made in a Secret that is not the operator’s', () => {
    expect(nextAdminSecretStep(observed('today', undefined))).toBeUndefined();
  });

  test.each<[string, ObservedPod[], string]>([
    ['one that does not know it yet', podsThatTake(['old', 'new'], ['old'], ['old', 'new']), 'zk-1'],
    ['one of a version that does not tell', podsThatTake(['old', 'new'], ['old', 'new'], undefined), 'zk-2'],
    [
      'one that does not answer',
      [...podsThatTake(['old', 'new'], ['old', 'new']), podOf(2, 'it cannot be reached')],
      'zk-2',
    ],
    ['one that is away', podsThatTake(['old', 'new'], ['old', 'new']), 'zk-2'],
  ])('waits for %s before the former one goes', (_what, pods, who) => {
    const waiting = observed('today', { rotatingFor: 'today' }, { pods });
    expect(nextAdminSecretStep(waiting)).toBeUndefined();
    expect(describeAdminToken(waiting)).toBe(`${who} has to take the next admin token.`);
  });

  test('waits for who proves a version, too', () => {
    const pods = podsThatTake(['old', 'new'], ['old', 'new'], ['old', 'new']);
    const proof: ProofSite = {
      statefulSet: undefined,
      pod: podOf(254, answerOf(255, 'learner', { adminTokens: ['old'] }), { name: 'zk-proof-0' }),
      claim: undefined,
      podRefused: '',
    };
    const waiting = observed('today', { rotatingFor: 'today' }, { pods, proof });
    expect(nextAdminSecretStep(waiting)).toBeUndefined();
    expect(describeAdminToken(waiting)).toContain('zk-proof-0');
  });

  test('takes the place of the former one once all members take it, and is the one that was asked for when it began', () => {
    const pods = podsThatTake(['old', 'new'], ['old', 'new'], ['new']);
    expect(nextAdminSecretStep(observed('later', { rotatingFor: 'today' }, { pods }))).toEqual({
      kind: 'dropAdminToken',
      seen: SEEN,
      rotatedFor: 'today',
    });
  });
});
