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

test('only the last part counts when so asked, and a native function is told by its caller', () => {
  const times = selfTimes(
    {
      nodes: [
        { ...node(1, 'start', 'file:///a/src/start.ts', 0) },
        { ...node(2, 'send', 'file:///a/src/net/send.ts', 4), children: [3] },
        node(3, 'writeBuffer'),
        { ...node(4, 'append', 'file:///a/src/disk/append.ts', 7), children: [5] },
        node(5, 'writeBuffer'),
      ],
      samples: [1, 1, 3, 5, 5],
      timeDeltas: [1000, 1000, 500, 500, 1000],
    },
    1.9,
  );
  expect(times).toEqual([
    { name: 'writeBuffer', where: 'from append', ms: 1.5, share: 0.75 },
    { name: 'writeBuffer', where: 'from send', ms: 0.5, share: 0.25 },
  ]);
});
