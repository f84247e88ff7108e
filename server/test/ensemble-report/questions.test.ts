import { describe, expect, test } from 'vitest';
import { readAnswer, readQuestion, type Subject } from '../../src/ensemble-report/questions.ts';

const REPORT = {
  version: '1.0.0',
  nowMs: 1,
  uptimeMs: 2,
  ready: true,
  status: { serverId: 1, role: 'leader', term: 3 },
  metrics: { connections: 1 },
  durations: [
    { of: 'request', operation: 'getData', bounds: [1], counts: [1, 0], count: 1, sumMs: 1, maxMs: 1 },
    { of: 'commit', bounds: [1], counts: [1, 0], count: 1, sumMs: 1, maxMs: 1 },
  ],
  leaderChanges: [{ atMs: 1, term: 1, leader: null, leaderlessMs: 0 }],
  limits: [{ name: 'heap', what: 'memory', used: 1, most: 2, unit: 'bytes' }],
};

/** Of each subject a question and an answer as they are. */
const GOOD: Readonly<Record<Subject, readonly [question: object, answer: object]>> = {
  report: [{}, { report: REPORT, lags: [[2, 5]] }],
  sessionsFound: [{ find: '10.0' }, { ids: [1, 2], isCut: false }],
  sessions: [
    { ids: [1, 2] },
    {
      rows: [
        {
          id: 1,
          connection: { address: '10.0.0.1:5', isSecure: false, connectedAtMs: 1, watches: 0 },
          remainingMs: null,
        },
        { id: 2, connection: null, remainingMs: 4_000 },
      ],
      isCut: false,
    },
  ],
  watchedPaths: [{ id: 1 }, { paths: ['/a'] }],
  watchers: [
    { path: '/a' },
    { total: 1, rows: [{ session: 1, address: null, kind: 'recursive', at: '/' }], isCut: false },
  ],
  endSession: [{ id: 1 }, { outcome: 'ended' }],
  handOver: [{ to: 2 }, { refusal: { code: 'not-voter', message: 'it is a learner' } }],
  drain: [{ on: true }, { draining: true }],
};

const subjects = Object.keys(GOOD) as readonly Subject[];
/** What JSON can stand where something else is expected. */
const WRONG: readonly unknown[] = [null, -1, 1.5, 'x', [], [1], {}, { id: 'x' }];

/** The same value, with one of its parts, however deep, replaced or left out. */
function* broken(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const [key, part] of Object.entries(value)) {
    const withPart = (other: unknown): unknown =>
      isList ? value.with(Number(key), other) : { ...value, [key]: other };
    for (const other of WRONG) yield withPart(other);
    for (const other of broken(part)) yield withPart(other);
    if (!isList) yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  }
}

describe('what members ask each other, and answer', () => {
  test.each(subjects)('%s is understood as it is meant', (subject) => {
    const [question, answer] = GOOD[subject];
    expect(readQuestion(JSON.stringify({ ...question, ask: subject }))).toEqual({
      ...question,
      ask: subject,
    });
    expect(readAnswer(subject, JSON.stringify(answer))).toEqual(answer);
  });

  test('is none where it is no JSON, or asks what nobody knows', () => {
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '1',
      '"report"',
      '{}',
      '{"ask":"__proto__"}',
      '{"ask":"toString"}',
    ])
      expect(readQuestion(text), text).toBeUndefined();
    for (const subject of subjects)
      for (const text of ['', '{', 'null', '[]', '{}'])
        expect(readAnswer(subject, text), text).toBeUndefined();
  });

  test.each(subjects)('%s with any part that is not as it should be is refused or harmless', (subject) => {
    const [question, answer] = GOOD[subject];
    let refused = 0;
    for (const bad of broken(answer)) if (readAnswer(subject, JSON.stringify(bad)) === undefined) refused++;
    expect(refused).toBeGreaterThan(3);
    const wrong = [...broken(question)];
    const taken = wrong.filter((bad) => readQuestion(JSON.stringify({ ...(bad as object), ask: subject })));
    // A text may be any text, a number any whole one, a list of numbers any such list.
    expect(wrong.length === 0 || taken.length < wrong.length / 2).toBe(true);
  });
});
