import type { Member } from '../member.ts';
import { UnansweredQuestion } from '../replica/peers/member-questions.ts';
import type { Answers } from './answers.ts';
import { type AnswerTo, type Questions, readAnswer, type Subject } from './questions.ts';

/** What came of asking a member; `why` there is no answer is for people. */
export type Heard<A> =
  | { readonly ok: true; readonly answer: A }
  | { readonly ok: false; readonly why: string };

/** Asks any member, this one included. Settles within `Bounds.questionMs`, or `patienceMs`. Never rejects. */
export type Ask = <S extends Subject>(
  serverId: number,
  subject: S,
  question: Questions[S]['question'],
  patienceMs?: number,
) => Promise<Heard<AnswerTo<S>>>;

export function askOf(member: Member, answers: Answers): Ask {
  return async (serverId, subject, question, patienceMs) => {
    if (serverId === member.config.serverId) return ownAnswer(answers, subject, question, serverId);
    const why = whyNot(member, serverId);
    const { running } = member;
    if (why !== undefined || running === undefined)
      return { ok: false, why: why ?? 'this member is starting' };
    const text = JSON.stringify({ ...question, ask: subject });
    const told = await running.questions.ask(serverId, text, patienceMs);
    if (!told.ok) return told;
    const answer = readAnswer(subject, told.answer);
    return answer === undefined
      ? { ok: false, why: `member ${serverId} gave an answer that this version does not understand` }
      : { ok: true, answer };
  };
}

async function ownAnswer<S extends Subject>(
  answers: Answers,
  subject: S,
  question: Questions[S]['question'],
  self: number,
): Promise<Heard<AnswerTo<S>>> {
  try {
    return { ok: true, answer: await answers[subject](question, self) };
  } catch (error) {
    if (error instanceof UnansweredQuestion) return { ok: false, why: error.message };
    throw error;
  }
}

/** Why this member cannot ask the other one now. */
function whyNot({ config, links, running }: Member, serverId: number): string | undefined {
  if (running === undefined) return 'this member is starting, and asks nobody yet';
  const hello = links.helloOf(serverId);
  if (hello === undefined) return `member ${serverId} is not connected to member ${config.serverId}`;
  return hello.running ? undefined : `member ${serverId} is starting: it has not read its data yet`;
}
