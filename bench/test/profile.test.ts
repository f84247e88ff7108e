import { expect, test } from 'vitest';
import { selfTimes } from '../src/profile.ts';

function node(id: number, functionName: string, url = '', lineNumber = -1) {
  return { id, callFrame: { functionName, url, lineNumber } };
}

test('self times add up per function and leave idle time out', () => {
  const times = selfTimes({
    nodes: [
      node(1, '(idle)'),
      node(2, 'apply', 'file:///a/src/tree/apply.ts', 9),
      node(3, 'apply', 'file:///a/src/tree/apply.ts', 9),
      node(4, '(garbage collector)'),
    ],
    samples: [1, 2, 3, 4, 2],
    timeDeltas: [900, 300, 200, 250, 250],
  });
  expect(times).toEqual([
    { name: 'apply', where: 'src/tree/apply.ts:10', ms: 0.75, share: 0.75 },
    { name: '(garbage collector)', where: '', ms: 0.25, share: 0.25 },
  ]);
});
