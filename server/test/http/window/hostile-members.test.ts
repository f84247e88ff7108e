import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EnsembleReport, SessionList } from '../../../src/http/window/shapes.ts';
import { UnansweredQuestion } from '../../../src/replica/peers/member-questions.ts';
import { type TestMember, until } from '../../connections/ensemble.ts';
import { type Refused, ServedWindow } from './served-window.ts';

let served: ServedWindow;
let asked: TestMember;
let other: TestMember;
let answer: TestMember['member']['answerQuestion'];

/** Short, so that who does not answer is given up at once. */
const QUESTION_MS = 150;

beforeAll(async () => {
  served = await ServedWindow.start(3, { bounds: { questionMs: QUESTION_MS } });
  [asked, other] = served.ensemble.followers as [TestMember, TestMember];
  answer = other.member.answerQuestion;
});

afterAll(() => served.stop());

/** What is said of the other member by now. */
async function silenceOf(member: TestMember): Promise<string | undefined> {
  const { json } = await served.ask<EnsembleReport>(asked, '/ensemble');
  return json.members.find(({ standing }) => standing.serverId === member.serverId)?.silent;
}

test('a member that leaves questions out, gives up, lies or talks nonsense is silent and why is said; nobody falls over', async () => {
  const behaviours: readonly [TestMember['member']['answerQuestion'], RegExp][] = [
    // A build from before there were questions.
    [
      () => new Promise(() => {}),
      /did not answer within 0\.15 s: it is slow, or runs a version that cannot be asked/,
    ],
    [() => Promise.reject(new UnansweredQuestion('not today')), /^not today$/],
    [() => Promise.reject(new Error('a bug')), /its log says why/],
    [async () => '{"report":', /does not understand/],
    [async () => '[]', /does not understand/],
    [async () => '{"report":{"version":7},"lags":[]}', /does not understand/],
    [async () => '"'.padEnd(300_000, 'x'), /the answer is too long/],
  ];
  for (const [behaviour, why] of behaviours) {
    other.member.answerQuestion = behaviour;
    let said: string | undefined;
    await until(
      () => said !== undefined && why.test(said),
      () => `${why}: ${said}`,
      async () => {
        said = await silenceOf(other);
      },
    );
    const { status, json } = await served.ask<SessionList>(asked, '/sessions?find=127.0.0.1');
    expect([status, json.silent]).toEqual([200, [other.serverId]]);
    if (why === behaviours[0]![1]) continue;
    const drained = await served.post<Refused>(asked, '/drain', { serverId: other.serverId });
    expect([drained.status, drained.json.code]).toEqual([504, 'outcome-unknown']);
  }
  other.member.answerQuestion = answer;
  let said: string | undefined = '';
  await until(
    () => said === undefined,
    () => String(said),
    async () => {
      said = await silenceOf(other);
    },
  );
  await served.ensemble.settled();
});

test('a member that is asked nonsense says that it does not know it, and goes on', async () => {
  const { questions } = asked.member.running!;
  const texts = [
    '',
    '{',
    'null',
    '{"ask":"secrets"}',
    '{"ask":"sessions","ids":[-1]}',
    '{"ask":"__proto__"}',
  ];
  for (const text of texts)
    expect(await questions.ask(other.serverId, text)).toEqual({
      ok: false,
      why: 'it does not know what it is asked: it runs another version',
    });
  const known = await questions.ask(other.serverId, '{"ask":"watchers","path":"\\u0000/../"}');
  expect(known).toEqual({ ok: true, answer: '{"total":0,"rows":[],"isCut":false}' });
  expect(other.fatal).toBeUndefined();
  expect(await questions.ask(9, '{"ask":"report"}')).toMatchObject({ ok: false });
});
