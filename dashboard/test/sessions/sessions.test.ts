import { describe, expect, test } from 'vitest';
import {
  clientText,
  endingText,
  identityText,
  listPath,
  offsetOf,
  pageAt,
  timeLeft,
} from '../../sessions/sessions.js';

describe('the time that a session has left', () => {
  test.each([
    [{ remainingMs: 15_000, timeoutMs: 30_000 }, 0.5, '15 s'],
    [{ remainingMs: 29_999, timeoutMs: 30_000 }, 29_999 / 30_000, '29 s'],
    [{ remainingMs: 400, timeoutMs: 30_000 }, 400 / 30_000, '< 1 s'],
    [{ remainingMs: -5, timeoutMs: 30_000 }, 0, 'expires now'],
    [{ remainingMs: 40_000, timeoutMs: 30_000 }, 1, '40 s'],
    [{ remainingMs: null, timeoutMs: 30_000 }, undefined, '–'],
  ])('%o', (session, share, text) => {
    expect(timeLeft(session)).toEqual({ share, text });
  });
});

describe('the pages of a list', () => {
  test.each([
    [0, 0, 'none', undefined, undefined],
    [7, 0, '1–7 of 7', undefined, undefined],
    [100, 0, '1–100 of 100', undefined, undefined],
    [10_000, 0, '1–100 of 10,000', undefined, 100],
    [10_000, 300, '301–400 of 10,000', 200, 400],
    [250, 200, '201–250 of 250', 100, undefined],
    // They ended meanwhile.
    [150, 900, '101–150 of 150', 0, undefined],
    [150, 50, '51–150 of 150', 0, undefined],
  ])('%i from %i', (total, offset, told, previous, next) => {
    expect(pageAt(total, offset)).toEqual({ told, previous, next });
  });

  test('begin where the address says, if that is a number', () => {
    expect(['200', null, '-3', 'x', '1e99', '1.5'].map(offsetOf)).toEqual([200, 0, 0, 0, 0, 0]);
  });

  test('are asked for by what is looked for, whatever it is', () => {
    expect(listPath('', 0)).toBe('/window/sessions?offset=0&limit=100');
    expect(new URL(listPath('a&limit=9', 5), 'http://h').searchParams.getAll('limit')).toEqual(['100']);
  });
});

test('a session’s client and identities', () => {
  const isOwn = false;
  expect(clientText({ address: null, isSecure: null, isOwn })).toBe('not connected');
  expect(clientText({ address: '10.0.0.1:5', isSecure: true, isOwn })).toBe('10.0.0.1:5 · TLS');
  expect(clientText({ address: '10.0.0.1:5', isSecure: false, isOwn })).toBe('10.0.0.1:5');
  expect(clientText({ address: '10.0.0.1:5', isSecure: false, isOwn: true })).toBe(
    '10.0.0.1:5 · over HTTP: a window such as this one, or /v1',
  );
  expect(identityText({ identities: [] })).toBe('anyone');
  expect(
    identityText({
      identities: [
        { scheme: 'ip', id: '10.0.0.1' },
        { scheme: 'sasl', id: 'bob' },
      ],
    }),
  ).toBe('ip:10.0.0.1, sasl:bob');
});

test('who ends a session is told what goes with it', () => {
  const session = { id: '0x1a', address: '10.0.0.1:5', ephemerals: 3 };
  expect(endingText(session)).toMatch(
    /^Session 0x1a ends at once\. Its client, 10\.0\.0\.1:5, .* Its 3 ephemeral nodes are deleted/,
  );
  expect(endingText({ ...session, ephemerals: 1 })).toContain('Its ephemeral node is deleted');
  expect(endingText({ ...session, address: null, ephemerals: 0 })).toMatch(
    /No client is connected.*no ephemeral nodes\.$/,
  );
});
