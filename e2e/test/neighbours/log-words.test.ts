import { expect, test } from 'vitest';
import { complaintsIn } from '../../neighbours/log-words.ts';

const words = {
  complaint: /ERROR|expired/,
  tolerated: [{ words: /ERROR .*Connection refused/, because: 'a member is away' }],
};

test("a program's logs are judged line by line: what is tolerated is no complaint", () => {
  const logs = new Map([
    ['one', 'INFO all well\nERROR zk: Connection refused\nWARN session 0x1 expired'],
    ['two', `ERROR ${'x'.repeat(1_000)}`],
  ]);
  const complaints = complaintsIn(logs, words);
  expect(complaints.map(({ log }) => log)).toEqual(['one', 'two']);
  expect(complaints[0]!.line).toBe('WARN session 0x1 expired');
  expect(complaints[1]!.line.length).toBeLessThan(400);
});
