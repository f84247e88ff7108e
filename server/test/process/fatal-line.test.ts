import { describe, expect, test } from 'vitest';
import { StorageErrorCode } from '../../src/errors/error-codes.ts';
import { fatalLine, isLackOfSockets } from '../../src/fatal-line.ts';
import { MemberError } from '../../src/identity-check.ts';
import { FOR_CLIENTS, FOR_HTTP, FOR_MEMBERS, ListenError } from '../../src/listen/listen-error.ts';
import { DivergenceError } from '../../src/replica/divergence.ts';
import { JOIN_ANEW, UnusableData } from '../../src/replica/unusable-data.ts';
import {
  diskFailed,
  diskFull,
  StorageError,
  StorageInvariantViolation,
} from '../../src/storage/storage-error.ts';
import { sourcesOf } from '../architecture/sources.ts';

function coded(code: string, message: string, syscall = ''): Error {
  return Object.assign(new Error(message), { code, syscall });
}

const inUse = coded('EADDRINUSE', 'listen EADDRINUSE: address already in use');
const at = { host: '::1', port: 2181 };

/** What ends a member, and what its last line says has happened and is to be done. */
const LINES: readonly (readonly [name: string, error: unknown, happened: RegExp, todo: RegExp])[] = [
  [
    'a port for clients in use',
    new ListenError(FOR_CLIENTS, at, 'EADDRINUSE', inUse),
    /port 2181 is in use/,
    /another client\.port/,
  ],
  [
    'a port for members in use',
    new ListenError(FOR_MEMBERS, at, 'EADDRINUSE', inUse),
    /\[::1\]:2181/,
    /peerPort.*server\.N/,
  ],
  [
    'a port for HTTP in use',
    new ListenError(FOR_HTTP, at, 'EADDRINUSE', inUse),
    /for HTTP/,
    /http\.port \(admin\.serverPort/,
  ],
  [
    'a port for root alone',
    new ListenError(FOR_CLIENTS, { host: '::', port: 80 }, 'EACCES', coded('EACCES', 'listen EACCES')),
    /port 80/,
    /1024 or more/,
  ],
  [
    'an address that is none',
    new ListenError(FOR_HTTP, at, 'EINVAL', coded('EINVAL', 'bind EINVAL ::1')),
    /bind EINVAL/,
    /Correct http\.host/,
  ],
  [
    'data of another member',
    new MemberError('wrong-server-id', 'the data belong to member 1: correct myid'),
    /belong to member 1/,
    /correct myid/,
  ],
  [
    'a tree that differs',
    new DivergenceError({ index: 7, own: 'a', theirs: 'b' }),
    /differs.*log index 7/,
    /empty it.*joins as a new member/,
  ],
  [
    'a folder in use',
    new StorageError(StorageErrorCode.locked, 'the data folder is in use by another process: stop it first'),
    /in use/,
    /stop it first/,
  ],
  [
    'a full disk',
    diskFull('a log segment', 'log', coded('ENOSPC', 'no space left')),
    /no room on the disk for a log segment/,
    /make room/,
  ],
  [
    'a disk that fails',
    diskFailed('appending to the log', 'log-1', coded('EIO', 'i/o error')),
    /appending to the log failed \(log-1\)/,
    /check (it|the disk)/,
  ],
  [
    'a folder of another user',
    diskFailed('opening the data folder', '', coded('EACCES', "permission denied, mkdir '/data'")),
    /permission denied, mkdir '\/data'/,
    /right to read and write/,
  ],
  [
    'a disk mounted read-only',
    diskFailed('opening the data folder', '', coded('EROFS', 'read-only file system')),
    /read-only/,
    /mount it for writing/,
  ],
  [
    'a file system without locks',
    diskFailed('opening the data folder', '', coded('ENOLCK', 'lock cannot be locked')),
    /cannot be locked/,
    /use a local one/,
  ],
  [
    'no descriptor for a file',
    diskFailed('beginning a log segment', 'log', coded('EMFILE', 'too many open files')),
    /too many open files/,
    /ulimit -n/,
  ],
  [
    'no descriptor in the machine',
    coded('ENFILE', 'file table overflow', 'open'),
    /file table overflow/,
    /fs\.file-max/,
  ],
  [
    'no memory',
    coded('ERR_MEMORY_ALLOCATION_FAILED', 'Failed to allocate memory'),
    /allocate/,
    /more memory/,
  ],
  [
    'a bug',
    new TypeError('x is not a function'),
    /program itself \(TypeError: x is not a function\)/,
    /start the member again, and report this/,
  ],
  [
    'a broken contract',
    new StorageInvariantViolation('a Write came while another is under way'),
    /a Write came/,
    /report this/,
  ],
  ['something thrown that is no error', 'oops', /oops/, /report this/],
];

/** Errors that are thrown for a person to read: each has to say by itself what to do. */
describe('what tells of data that this version cannot use', () => {
  test('says what to do in the places that throw it', () => {
    const thrown = sourcesOf('server/src').flatMap(
      ({ text }) => text.match(/new UnusableData\(\s*`[^`]*`/g) ?? [],
    );
    expect(thrown.length).toBeGreaterThan(0);
    for (const text of thrown) expect(text).toMatch(/\$\{JOIN_ANEW\}|run the version that wrote it/);
    expect(fatalLine(new UnusableData(`the snapshot at 7 cannot be read: ${JOIN_ANEW}`))).toBe(
      'this member cannot go on: the snapshot at 7 cannot be read: keep a copy of the data folder, empty it, and start the member again; it joins as a new member',
    );
  });
});

describe('the line that a member ends with', () => {
  test.each(LINES)('%s: says what happened and what to do', (_name, error, happened, todo) => {
    const line = fatalLine(error);
    expect(line).toMatch(/^this member cannot go on: /);
    expect(line).toMatch(happened);
    expect(line).toMatch(todo);
    expect(line).not.toContain('\n');
  });

  test.each(Object.values(StorageErrorCode))('each error of storage has one: %s', (code) => {
    const line = fatalLine(new StorageError(code, 'what happened'));
    expect(line).toContain('what happened');
    expect(line).not.toContain('program itself');
  });
});

describe('an error that nobody caught', () => {
  test.each(['accept', 'connect', 'socket'])('is no end where there was no descriptor for %s', (syscall) => {
    expect(isLackOfSockets(coded('EMFILE', 'too many open files', syscall))).toBe(true);
  });

  test('is one where it was a file, or another error', () => {
    expect(isLackOfSockets(coded('EMFILE', 'too many open files', 'open'))).toBe(false);
    expect(isLackOfSockets(coded('ECONNRESET', 'reset', 'read'))).toBe(false);
    expect(isLackOfSockets(new TypeError('x is not a function'))).toBe(false);
  });
});
