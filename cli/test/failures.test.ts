import { CoordinationError, type CoordinationErrorCode } from '@rookery/client';
import { describe, expect, test } from 'vitest';
import { explain, NotFound, Refusal, UsageError } from '../src/failures.ts';

const failure = (code: CoordinationErrorCode, operation = 'get', retry: 'safe' | 'in-doubt' | 'no' = 'no') =>
  new CoordinationError(code, `${operation} /a: it\n failed`, { operation, path: '/a', retry });

describe('an error is one line and an exit code', () => {
  test.each([
    [failure('NO_NODE'), 1, 'get /a: it failed; see what there is: rookery ls PARENT'],
    [failure('NO_AUTH'), 4, /prove who you are by --user/],
    [failure('SERVER_ERROR'), 4, 'get /a: it failed'],
    [failure('DEADLINE_EXCEEDED', 'get', 'safe'), 3, /try again, with a longer --timeout/],
    [failure('CONNECTION_LOST', 'set', 'in-doubt'), 3, /it may have been done: look before you try again/],
    [failure('DEADLINE_EXCEEDED', 'connect', 'safe'), 3, /is --server \(or ROOKERY_SERVER\) right\?/],
    [new UsageError('so\nso'), 2, 'so so'],
    [new Refusal('no'), 4, 'no'],
    [new NotFound('/a'), 1, /^\/a: there is no such node/],
    [new RangeError('bad argument'), 2, 'bad argument'],
    [new TypeError('oops'), 5, /^a bug of this command, please report it: TypeError: oops at /],
    ['oops', 5, /oops$/],
  ] as const)('%s', (error, exitCode, line) => {
    const explained = explain(error);
    expect(explained.exitCode).toBe(exitCode);
    expect(explained.line).toMatch(line);
    expect(explained.line).not.toContain('\n');
  });
});
