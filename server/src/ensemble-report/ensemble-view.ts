import type { Member } from '../member.ts';
import { asSessionId } from '../model/ids.ts';
import { type AnswersParts, answerMembers, answersOf } from './answers.ts';
import { askOf } from './ask.ts';
import { type ChangeResult, drain, endSession, handOver } from './changes.ts';
import { askAll } from './ensemble-round.ts';
import { pathWatchers } from './path-watchers.ts';
import { type SessionPagesParts, type SessionQuery, sessionDetail, sessionPage } from './session-pages.ts';
import type { EnsembleReport, SessionDetail, SessionList, Watchers } from './shapes.ts';
import { SharedAnswer } from './shared-answer.ts';
import { sortedSessions } from './sorted-sessions.ts';

/** What the window is shown of the whole ensemble, and may change in it, through one member. Nothing rejects but out of a bug. */
export interface EnsembleView {
  ensemble(): Promise<EnsembleReport>;
  /** Of sessions and watchers undefined: this member has not read its data yet. */
  sessions(query: SessionQuery): Promise<SessionList | undefined>;
  session(id: number): Promise<SessionDetail | 'no-session' | undefined>;
  watchers(path: string): Promise<Watchers | undefined>;
  endSession(id: number): Promise<ChangeResult>;
  handOver(to: number): Promise<ChangeResult>;
  drain(serverId: number, on: boolean): Promise<ChangeResult>;
}

/** Over a running member, which answers the others from now on. */
export function ensembleView(parts: AnswersParts): EnsembleView {
  const { member, view, scheduler, clock, bounds } = parts;
  const answers = answersOf(parts);
  member.answerQuestion = answerMembers(answers);
  const ask = askOf(member, answers);
  const changes = { member, ask, scheduler };
  const round = new SharedAnswer(scheduler, bounds.windowFreshMs, () => askAll(view, ask, clock));
  const sorted = sharedSessions(parts);
  const members = (): number[] => view.status().members.map(({ serverId }) => serverId);
  const pages = (): SessionPagesParts | undefined =>
    member.running && { running: member.running, members: members(), ask, scheduler, bounds };
  return {
    ensemble: () => round.get(),
    sessions: async (query) => {
      const from = pages();
      return from && sessionPage(from, await sorted(from.running), query);
    },
    session: async (id) => {
      const from = pages();
      return from && ((await sessionDetail(from, asSessionId(id))) ?? 'no-session');
    },
    watchers: async (path) => (member.running === undefined ? undefined : pathWatchers(members(), ask, path)),
    endSession: (id) => endSession(changes, asSessionId(id)),
    handOver: (to) => handOver(changes, to),
    drain: (serverId, on) => drain(changes, members(), serverId, on),
  };
}

/** The ids of all sessions: walked once for all who turn pages at about the same time, and anew where sessions came or went. */
function sharedSessions({
  scheduler,
  bounds,
}: AnswersParts): (running: NonNullable<Member['running']>) => Promise<Float64Array> {
  let of: { readonly table: object; readonly changes: number } | undefined;
  let shared: SharedAnswer<Float64Array> | undefined;
  return ({ machine: { sessions } }) => {
    if (shared === undefined || of?.table !== sessions || of.changes !== sessions.changes) {
      of = { table: sessions, changes: sessions.changes };
      shared = new SharedAnswer(scheduler, bounds.windowFreshMs, () => sortedSessions(sessions, scheduler));
    }
    return shared.get();
  };
}
