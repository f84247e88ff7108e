import { expect, test } from 'vitest';
import { Line, type LineOwner } from '../../src/client/line.ts';
import { Outstanding, Waiting } from '../../src/client/outstanding.ts';
import { OpCode } from '../../src/model/op-codes.ts';

/** A line whose owner writes down what it is asked for. */
function lineOf(): {
  line: Line;
  said: string[];
  owed: (xid: number, op: number, waiting: Waiting) => Outstanding;
} {
  const said: string[] = [];
  const owed = (xid: number, op: number, waiting: Waiting): Outstanding =>
    new Outstanding({} as never, waiting, xid, op, new Uint8Array(4), 0);
  const owner: LineOwner = {
    isOpen: true,
    answer: ({ xid }) => said.push(`answer ${xid}`),
    propose: (xid, op) => {
      said.push(`propose ${xid}`);
      return owed(xid, op, Waiting.apply);
    },
  };
  return { line: new Line(owner), said, owed };
}

test('a write between two syncs is proposed when the first is answered, though the second was reached before', () => {
  const { line, said, owed } = lineOf();
  const first = owed(1, OpCode.sync, Waiting.barrier);
  const second = owed(3, OpCode.sync, Waiting.barrier);
  line.push(first);
  line.push(owed(2, OpCode.setData, Waiting.turn));
  line.push(second);
  line.push(owed(4, OpCode.getData, Waiting.turn));
  line.push(owed(5, OpCode.setData, Waiting.turn));
  second.isReached = true;
  line.reached(second);
  expect(said).toEqual([]);
  first.isReached = true;
  line.reached(first);
  expect(said).toEqual(['answer 1', 'propose 2']);
  line.firstApplied();
  expect(said).toEqual(['answer 1', 'propose 2', 'answer 3', 'answer 4', 'propose 5']);
  expect(line.length).toBe(1);
});
