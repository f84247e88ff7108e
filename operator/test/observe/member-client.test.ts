import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualTime } from '../../../kube/test/manual-time.ts';
import { until } from '../../../kube/test/until.ts';
import { readMemberAnswer } from '../../src/observe/member-answer.ts';
import { MEMBER_TIMEOUT_MS, memberClient } from '../../src/observe/member-client.ts';
import { answerOf } from '../decide/observed-world.ts';
import { FakeMember } from '../reconcile/fake-members.ts';

const started: FakeMember[] = [];
afterEach(() => Promise.all(started.splice(0).map((member) => member.stop())));

async function startMember(): Promise<FakeMember> {
  const member = await new FakeMember().start();
  started.push(member);
  member.answer = answerOf(2, 'follower');
  member.tokens = ['secret'];
  return member;
}

async function ask(member: FakeMember, token = 'secret', time = new ManualTime()) {
  const report = await memberClient(time, () => member.address)(
    '10.0.0.1',
    token,
    new AbortController().signal,
  );
  return report.kind === 'answer' ? report.answer : report.why;
}

describe('asking a member', () => {
  test('brings what it says to who has the token', async () => {
    const adminTokens = [createHash('sha256').update('secret').digest('hex').slice(0, 16)];
    expect(await ask(await startMember())).toEqual(answerOf(2, 'follower', { adminTokens }));
  });

  test.each([
    ['another token', { tokens: ['other'] }, 'it has another admin token'],
    ['an error', { raw: { status: 503, text: '{}' } }, 'it answers with HTTP status 503'],
    [
      'something else than a member',
      { raw: { status: 200, text: '<html>' } },
      'its answer is not that of a member',
    ],
    ['too much', { raw: { status: 200, text: ' '.repeat(300_000) } }, 'its answer is not that of a member'],
  ])('with %s is a silence that says so', async (_what, spoil, why) => {
    const member = await startMember();
    Object.assign(member, spoil);
    expect(await ask(member)).toContain(why);
  });

  test('does not carry the token to where an answer points', async () => {
    const [member, thief] = [await startMember(), await startMember()];
    member.raw = { status: 302, text: '', location: `http://${thief.address}/admin/members` };
    expect(await ask(member)).toBe('it cannot be reached on its HTTP port');
    expect(thief.asked).toBe(0);
  });

  test('ends when its time is over', async () => {
    const member = await startMember();
    member.hangs = true;
    const time = new ManualTime();
    const asking = ask(member, 'secret', time);
    await until(() => member.asked === 1, 'the request');
    time.advance(MEMBER_TIMEOUT_MS);
    expect(await asking).toBe(`it has not answered within ${MEMBER_TIMEOUT_MS} ms`);
    expect(time.delays).toEqual([]);
  });

  test('finds nobody where nobody listens', async () => {
    const member = await new FakeMember().start();
    const { address } = member;
    await member.stop();
    const report = await memberClient(new ManualTime(), () => address)(
      '10.0.0.1',
      's',
      new AbortController().signal,
    );
    expect(report).toEqual({ kind: 'silent', why: 'it cannot be reached on its HTTP port' });
  });
});

describe('the answer of a member', () => {
  const whole = {
    version: '1.0.0',
    self: { ...answerOf(1, 'leader'), members: undefined },
    members: answerOf(1, 'leader').members,
  };
  const self = (more: object) => ({ ...whole, self: { ...whole.self, ...more } });

  test('tells of who proves a version beside the members, and of checkpoints', () => {
    const prover = { ...answerOf(1, 'leader').members[1]!, serverId: 255, role: 'learner' };
    const checkpoints = [{ index: 7, digest: 'd7' }];
    const differs = { index: 7, own: 'a', theirs: 'b' };
    const said = self({ commitIndex: 9, checkpoints, differs });
    const { members } = answerOf(1, 'leader');
    const answer = readMemberAnswer(JSON.stringify({ ...said, members: [...members, prover] }));
    expect(answer).toMatchObject({ prover, commitIndex: 9, checkpoints, differs, members });
    expect(readMemberAnswer(JSON.stringify(self({ checkpoints: 'none' })))?.checkpoints).toBeUndefined();
  });

  test('may have fields that are not known yet', () => {
    expect(readMemberAnswer(JSON.stringify({ ...self({ newField: 1 }), more: [] }))).toMatchObject({
      serverId: 1,
      role: 'leader',
    });
  });

  test.each([
    ['nothing', null],
    ['a list', []],
    ['no members', { ...whole, members: undefined }],
    ['a member that is none', { ...whole, members: [{ serverId: 1 }] }],
    ['a role that nobody knows', self({ role: 'king' })],
    ['a negative id', self({ raftId: -1 })],
    ['a broken term', self({ term: 1.5 })],
    ['a cluster id that is no text', self({ clusterId: 7 })],
    ['a leader that is no server id', self({ leader: 'zk-0' })],
  ])('with %s is none', (_what, answer) => {
    expect(readMemberAnswer(JSON.stringify(answer))).toBeUndefined();
  });
});
