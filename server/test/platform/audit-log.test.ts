import { expect, test } from 'vitest';
import { AuditLog } from '../../src/platform/audit-log.ts';
import type { AuditEvent } from '../../src/ports/audit-sink.ts';

const EVENT: AuditEvent = {
  session: '0x7',
  user: ['ip:10.0.0.1', 'digest:bob'],
  ip: '10.0.0.1',
  operation: 'create',
  znode: '/a\n"b"',
  znode_type: 'persistent',
  result: 'success',
};

test('a line is JSON under the names of ZooKeeper, with time and member, whatever a path holds', () => {
  const lines: string[] = [];
  new AuditLog(2, { write: (line) => lines.push(line) > 0 }, () => {}).record(EVENT);
  expect(lines).toHaveLength(1);
  expect(lines[0]!.split('\n')).toHaveLength(2);
  expect(JSON.parse(lines[0]!)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    member: 2,
    msg: 'audit',
    ...EVENT,
  });
});

test('lines that cannot be taken are counted, and the next one that can is preceded by one that says how many', () => {
  const lines: string[] = [];
  const heard: number[] = [];
  let hasRoom = true;
  const sink = { write: (line: string) => hasRoom && lines.push(line) > 0 };
  const audit = new AuditLog(1, sink, (lost) => heard.push(lost));
  audit.record(EVENT);
  hasRoom = false;
  for (let i = 0; i < 3; i++) audit.record(EVENT);
  hasRoom = true;
  audit.record(EVENT);
  audit.record(EVENT);
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(said.map(({ operation }) => operation)).toEqual(['create', 'auditLinesLost', 'create', 'create']);
  expect(said[1]).toMatchObject({ lost: 3, result: 'failure' });
  expect([audit.lost, heard]).toEqual([3, [1, 2, 3]]);
});
