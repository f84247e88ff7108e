import { describe, expect, test } from 'vitest';
import type { LogConfig } from '../../src/config/config.ts';
import { createLog, type LogTarget, logSink } from '../../src/platform/log.ts';

function target(isTTY: boolean): LogTarget & { readonly lines: string[] } {
  const lines: string[] = [];
  return { isTTY, lines, write: (line: string) => lines.push(line) };
}

function logTo(to: LogTarget, config: LogConfig, serverId = 1) {
  return createLog(config, serverId, logSink(config, to));
}

describe('the log', () => {
  test('is JSON lines with time, level, member and the fields of the event', () => {
    const to = target(false);
    logTo(to, { level: 'info', pretty: 'auto' }, 2).info({ term: 3 }, 'became leader');
    expect(to.lines).toHaveLength(1);
    expect(JSON.parse(to.lines[0] ?? '')).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'info',
      member: 2,
      term: 3,
      msg: 'became leader',
    });
  });

  test('holds what is at or above its level', () => {
    const to = target(false);
    const log = logTo(to, { level: 'warn', pretty: false });
    log.debug({}, 'a');
    log.info({}, 'b');
    log.warn({}, 'c');
    log.error({ err: new Error('e') }, 'd');
    expect(to.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['c', 'd']);
    expect(to.lines[1]).toContain('Error: e');
    const silent = target(false);
    logTo(silent, { level: 'silent', pretty: false }).error({}, 'x');
    expect(silent.lines).toEqual([]);
  });

  test('is text for people on a terminal, or where that is asked for', () => {
    for (const [pretty, isTTY, isText] of [
      ['auto', true, true],
      ['auto', false, false],
      [true, false, true],
      [false, true, false],
    ] as const) {
      const to = target(isTTY);
      logTo(to, { level: 'info', pretty }, 2).info({ term: 3 }, 'became leader');
      expect(to.lines.join('').startsWith('{'), `${pretty} ${isTTY}`).toBe(!isText);
      expect(to.lines.join('')).toContain(isText ? '[2] became leader' : '"msg":"became leader"');
    }
  });
});
