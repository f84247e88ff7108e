import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { ComplaintLog } from '../../src/ports/rate-limited-log.ts';

let nowMs: number;
let log: KeptLog;
let complaints: ComplaintLog;

beforeEach(() => {
  nowMs = 0;
  log = new KeptLog();
  complaints = new ComplaintLog(log, { monotonicMs: () => nowMs, wallMs: () => 0 });
});

describe('what strangers can cause at will', () => {
  test('is logged once, and not a thousand times', () => {
    for (let i = 0; i < 1_000; i++) complaints.say('input', 'bad input', { i });
    expect(log.lines).toEqual([{ level: 'warn', message: 'bad input', fields: { i: 0 } }]);
  });

  test('is logged again after a minute, with how often it came meanwhile', () => {
    for (let i = 0; i < 10; i++) complaints.say('input', 'bad input', { i });
    nowMs = 59_999;
    complaints.say('input', 'bad input', {});
    nowMs = 60_000;
    complaints.say('input', 'bad input', { i: 11 });
    nowMs = 120_000;
    complaints.say('input', 'bad input', { i: 12 });
    expect(log.lines.map(({ fields }) => fields)).toEqual([{ i: 0 }, { i: 11, suppressed: 10 }, { i: 12 }]);
  });

  test('is told apart by subject', () => {
    complaints.say('a', 'first', {});
    complaints.say('b', 'second', {});
    expect(log.lines.map(({ message }) => message)).toEqual(['first', 'second']);
  });

  test('cannot make the log remember more and more subjects', () => {
    for (let i = 0; i < 10_000; i++) complaints.say(`operation ${i}`, 'unknown', {});
    expect(log.lines).toHaveLength(100);
  });
});
