import { describe, expect, test } from 'vitest';
import { imageToKeep } from '../../src/desired/image-to-keep.ts';
import type { ObservedPod, StatefulSet } from '../../src/model/observed.ts';
import { answerOf, clusterOf, podOf, statefulSetOf } from '../decide/observed-world.ts';

const FORMER = 'example/server:1.0.0';
const WANTED = 'example/server:1.1.0';
const CLUSTER = clusterOf({ version: '1.1.0' }, { status: { clusterId: 'c1' } });
const SET = statefulSetOf(clusterOf());

const serving = podOf(0, answerOf(1, 'leader'));
const starting = (ordinal: number): ObservedPod => podOf(ordinal, 'its pod does not run');
const stuck = (ordinal: number): ObservedPod =>
  podOf(ordinal, 'its pod does not run', { trouble: 'ImagePullBackOff' });

function kept(pods: readonly ObservedPod[], statefulSet: StatefulSet = SET): string | undefined {
  return imageToKeep({ cluster: CLUSTER, statefulSet, pods }, WANTED);
}

describe('while another image is to be proved, the members keep theirs', () => {
  test.each<[string, readonly ObservedPod[]]>([
    ['where they serve', [serving, podOf(1, answerOf(2, 'follower'))]],
    ['where they come up, all at once', [0, 1, 2].map(starting)],
    ['where one of them answers and the others cannot start', [serving, stuck(1), stuck(2)]],
    ['where all their pods were deleted', []],
  ])('%s', (_where, pods) => {
    expect(kept(pods)).toBe(FORMER);
  });

  test('but not where none of them can start: there is nobody to prove it by, and nothing else would ever come up', () => {
    expect(kept([0, 1, 2].map(stuck))).toBeUndefined();
  });

  test('and not where they wake up: all of them come with what the spec says by then', () => {
    expect(kept([], { ...SET, spec: { ...SET.spec, replicas: 0 } })).toBeUndefined();
  });
});
