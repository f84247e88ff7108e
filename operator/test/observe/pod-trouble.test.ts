import { describe, expect, test } from 'vitest';
import type { ContainerStatus, Pod } from '../../src/observe/pod.ts';
import { podTrouble } from '../../src/observe/pod-trouble.ts';

const podWith = (status: Pod['status']): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'zk-0' },
  ...(status === undefined ? {} : { status }),
});
const container = (...containerStatuses: readonly ContainerStatus[]) => podWith({ containerStatuses });
const waiting = (reason: string, message?: string) =>
  container({ state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } });
const crashed = (message: string) =>
  container({
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
    lastState: { terminated: { exitCode: 2, message } },
  });

const NO_NODE = '0/3 nodes are available: 3 Insufficient cpu.';
const NOT_FOUND = 'failed to pull and unpack image "a/b:9": not found';

describe('what holds a pod up, in the words of Kubernetes', () => {
  test.each([
    ['nothing', podWith(undefined), ''],
    ['its container is on the way up', waiting('ContainerCreating'), ''],
    [
      'no node takes it',
      podWith({
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: NO_NODE }],
      }),
      'Unschedulable: 0/3 nodes are available: 3 Insufficient cpu',
    ],
    [
      'no node takes it, and nobody says why',
      podWith({ conditions: [{ type: 'PodScheduled', status: 'False' }] }),
      'Unschedulable',
    ],
    [
      'a Secret is missing',
      waiting('CreateContainerConfigError', 'secret "x" not found'),
      'CreateContainerConfigError: secret "x" not found',
    ],
    [
      'it ends, and logs why',
      crashed('{"msg":"begins"}\n{"level":"fatal","msg":"no room"}\n'),
      'CrashLoopBackOff: exit 2, no room',
    ],
    [
      'it ends, and says why',
      crashed('rookery-server: tickTimeMs: is no number\n'),
      'CrashLoopBackOff: exit 2, rookery-server: tickTimeMs: is no number',
    ],
    ['it ends without a word', crashed(''), 'CrashLoopBackOff: exit 2'],
  ])('%s', (_what, pod, trouble) => {
    expect(podTrouble(pod)).toBe(trouble);
  });

  test('an image that cannot be pulled is told in the same words, whichever of its two states it is in', () => {
    const trouble = `ImagePullBackOff: ${NOT_FOUND}`;
    expect(podTrouble(waiting('ErrImagePull', NOT_FOUND))).toBe(trouble);
    const backOff = `Back-off pulling image "a/b:9": ErrImagePull: ${NOT_FOUND}`;
    expect(podTrouble(waiting('ImagePullBackOff', backOff))).toBe(trouble);
  });

  test('how long it waits for the next start is left out: it would be a write of the status each time', () => {
    const later = crashed('no');
    const { state, ...rest } = later.status!.containerStatuses![0]!;
    const longer = { ...state!.waiting!, message: 'back-off 5m0s restarting failed container' };
    expect(podTrouble(container({ ...rest, state: { waiting: longer } }))).toBe(podTrouble(later));
  });

  test('a long message is cut, and one of several lines is one line', () => {
    const trouble = podTrouble(waiting('CreateContainerError', `a\n${'b'.repeat(1_000)}`));
    expect(trouble).toMatch(/^CreateContainerError: a b+…$/);
    expect(trouble.length).toBeLessThan(350);
  });
});
