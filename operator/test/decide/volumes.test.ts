import { describe, expect, test } from 'vitest';
import { expandVolumes, volumeSize, volumesBehind } from '../../src/decide/volumes.ts';
import type { Observed, VolumeClaim } from '../../src/model/observed.ts';
import { claimOf, clusterOf, observedOf, statefulSetOf } from './observed-world.ts';

const sized = (...sizes: readonly string[]): VolumeClaim[] =>
  sizes.map((requested, ordinal) => claimOf(ordinal, {}, { requested }));

/** Of a cluster whose StatefulSet was made with 10Gi. */
function asked(size: string, volumeClaims: readonly VolumeClaim[], more: Partial<Observed> = {}): Observed {
  return observedOf(clusterOf({ storage: { size } }), { volumeClaims, ...more });
}

function next(observed: Observed): string | undefined {
  const step = expandVolumes(observed);
  switch (step?.kind) {
    case 'expandVolume':
      return `${step.claim.metadata.name} to ${step.size}`;
    case 'delete':
      return `${step.object.kind} ${step.why}`;
    default:
      return step?.kind;
  }
}

describe('towards volumes as large as the spec says', () => {
  const made = statefulSetOf(clusterOf({ storage: { size: '20Gi' } }));
  test.each<[string, Observed, string | undefined]>([
    ['all are', asked('10Gi', sized('10Gi', '10Gi', '10Gi')), undefined],
    ['all are, in another unit', asked('10240Mi', sized('10Gi', '10Gi', '10Gi')), undefined],
    ['one after the other asks for more', asked('20Gi', sized('20Gi', '10Gi', '10Gi')), 'data-zk-1 to 20Gi'],
    ['then the claim template', asked('20Gi', sized('20Gi', '20Gi', '20Gi')), 'StatefulSet claimTemplate'],
    ['and that is all', asked('20Gi', sized('20Gi', '20Gi', '20Gi'), { statefulSet: made }), undefined],
    [
      'volumes that were kept, and are smaller than those of the StatefulSet made over them',
      asked('20Gi', sized('20Gi', '10Gi', '20Gi'), { statefulSet: made }),
      'data-zk-1 to 20Gi',
    ],
    [
      'an expansion that was taken back: what has more keeps it',
      asked('10Gi', sized('20Gi', '10Gi', '10Gi'), { statefulSet: made }),
      'StatefulSet claimTemplate',
    ],
    [
      'a claim without a volume waits for one',
      asked('20Gi', [claimOf(0, {}, { phase: 'Pending' })]),
      undefined,
    ],
    ['one that is going is left alone', asked('20Gi', [claimOf(0, { deletionTimestamp: 'now' })]), undefined],
    ['that of a member that was taken out, too', asked('20Gi', [claimOf(7)]), undefined],
    ['a size that cannot be read is large enough', asked('10Gi', sized('10e9', '10Gi', '10Gi')), undefined],
    ['nobody knows of any claim', asked('20Gi', []), undefined],
  ])('%s', (_title, observed, step) => {
    expect(next(observed)).toBe(step);
  });
});

test('says what is not as large yet, in words of Kubernetes where it has any', () => {
  const waiting = claimOf(1, {}, { requested: '20Gi', capacity: '10Gi' });
  const conditions = [{ type: 'FileSystemResizePending', status: 'True', message: 'waits for the pod' }];
  const told = { ...waiting, status: { ...waiting.status, conditions } };
  expect(volumesBehind(asked('20Gi', [claimOf(0, {}, { requested: '20Gi' }), told]))).toEqual([
    'data-zk-1 has 10Gi of 20Gi (FileSystemResizePending: waits for the pod)',
  ]);
});

test('knows the smallest of them', () => {
  expect(volumeSize(asked('20Gi', sized('20Gi', '10240Mi', '20Gi')))).toBe('10240Mi');
  expect(volumeSize(asked('20Gi', []))).toBeUndefined();
});
