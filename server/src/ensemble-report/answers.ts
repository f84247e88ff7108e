import type { MemberView } from '../admin/member-status.ts';
import { outcomeOf } from '../admin/outcome.ts';
import type { Bounds } from '../bounds/bounds.ts';
import type { Member } from '../member.ts';
import { asSessionId } from '../model/ids.ts';
import type { Logger } from '../ports/logger.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { type AnswerQuestion, UnansweredQuestion } from '../replica/peers/member-questions.ts';
import { memberReport, type ReportParts } from './member-report.ts';
import { sessionRows, sessionsFound, watchedPaths } from './own-sessions.ts';
import { watchersOf } from './own-watchers.ts';
import { type AnswerTo, type EndAnswer, type Questions, readQuestion, type Subject } from './questions.ts';

export interface AnswersParts extends ReportParts {
  readonly view: MemberView;
  readonly bounds: Bounds;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** What this member answers, by what it is asked; `from`: the server id of who asks, which may be its own. Each may reject with UnansweredQuestion. */
export type Answers = {
  readonly [S in Subject]: (question: Questions[S]['question'], from: number) => Promise<AnswerTo<S>>;
};

/** So long an end of a session that was proposed is waited for. */
const END_MS = 2_000;

export function answersOf(parts: AnswersParts): Answers {
  const { member, view, bounds, scheduler, log } = parts;
  return {
    report: async () => memberReport(parts),
    sessionsFound: ({ find }) => sessionsFound(member, find, bounds, scheduler),
    sessions: async ({ ids }) => sessionRows(member, ids, bounds),
    watchedPaths: async ({ id }) => watchedPaths(member, id, bounds),
    watchers: async ({ path }) => watchersOf(member, path, bounds),
    endSession: ({ id }, from) => {
      log.info({ session: id, from }, 'a member asks for the end of a session, for somebody at its window');
      return endSession(member, id, scheduler);
    },
    handOver: async ({ to }, from) => {
      log.info({ to, from }, 'a member asks for another leader, for somebody at its window');
      const result = await view.transferLeadership(to);
      return { refusal: result.ok ? null : { code: result.code, message: result.message } };
    },
    drain: async ({ on }, from) => {
      const message = on
        ? 'about to stop, as somebody says at the window of a member: not ready any more, and leadership goes to another member'
        : 'not about to stop any more, as somebody says at the window of a member: this member takes part again';
      log.info({ from }, message);
      if (on) await view.drain();
      else view.undrain();
      return { draining: on };
    },
  };
}

/** The same for other members, which ask by JSON. */
export function answerMembers(answers: Answers): AnswerQuestion {
  return async (text, from) => {
    const question = readQuestion(text);
    if (question === undefined)
      throw new UnansweredQuestion('it does not know what it is asked: it runs another version');
    return JSON.stringify(await answers[question.ask](question as never, from));
  };
}

/** As the leader. A session that its client attaches anew meanwhile is ended under its new attachment. */
async function endSession(
  { running, clients }: Member,
  number: number,
  scheduler: Scheduler,
): Promise<EndAnswer> {
  if (running?.replica.leading !== true) return { outcome: 'not-leader' };
  const { replica, machine } = running;
  const id = asSessionId(number);
  if (machine.sessions.get(id) === undefined) return { outcome: 'no-session' };
  let proposed = -1;
  const outcome = await outcomeOf(scheduler, END_MS, () => {
    const session = machine.sessions.get(id);
    if (session === undefined) return 'ended' as const;
    if (!replica.leading) return 'unknown' as const;
    if (session.attachIndex !== proposed) clients.sessions.end(session);
    proposed = session.attachIndex;
    return undefined;
  });
  return { outcome: outcome ?? 'unknown' };
}
