import { TransferRefusal } from '../errors/error-codes.ts';
import {
  type Check,
  isListOf,
  isNumber,
  isShaped,
  isText,
  isTruth,
  isWhole,
  isWord,
  orAbsent,
  orNull,
  readJson,
} from './checked-json.ts';
import type { DurationCounts, LeaderChange, LimitUse, MemberReport, Watcher } from './shapes.ts';

/** What members ask each other, and how each is answered. Sessions go by their numbers. */
export interface Questions {
  /** How it is. */
  readonly report: { readonly question: object; readonly answer: ReportAnswer };
  /** Sessions of clients that are connected to it and whose address contains a text (in lower case). */
  readonly sessionsFound: { readonly question: { readonly find: string }; readonly answer: FoundAnswer };
  /** What it knows of these sessions. */
  readonly sessions: {
    readonly question: { readonly ids: readonly number[] };
    readonly answer: SessionsAnswer;
  };
  /** What this session watches there. */
  readonly watchedPaths: { readonly question: { readonly id: number }; readonly answer: PathsAnswer };
  /** Who watches this path there. */
  readonly watchers: { readonly question: { readonly path: string }; readonly answer: WatchersAnswer };
  /** Of the leader: to end a session. */
  readonly endSession: { readonly question: { readonly id: number }; readonly answer: EndAnswer };
  /** Of the leader: to hand over to this server id. */
  readonly handOver: { readonly question: { readonly to: number }; readonly answer: HandOverAnswer };
  /** That it is about to stop, or stays after all. */
  readonly drain: { readonly question: { readonly on: boolean }; readonly answer: DrainAnswer };
}

export type Subject = keyof Questions;
export type QuestionOf<S extends Subject> = { readonly ask: S } & Questions[S]['question'];
export type Question = { [S in Subject]: QuestionOf<S> }[Subject];
export type AnswerTo<S extends Subject> = Questions[S]['answer'];

export interface ReportAnswer {
  readonly report: MemberReport;
  /** Of the leader: how many entries each member, by its server id, is known to miss. */
  readonly lags: readonly (readonly [serverId: number, entries: number])[];
}

export interface FoundAnswer {
  readonly ids: readonly number[];
  /** There are more. */
  readonly isCut: boolean;
}

export interface SessionRow {
  readonly id: number;
  /** null where its client is connected to another member, or to none. */
  readonly connection: ConnectionRow | null;
  /** null where another member watches over the sessions. */
  readonly remainingMs: number | null;
}

export interface ConnectionRow {
  readonly address: string;
  readonly isSecure: boolean;
  readonly connectedAtMs: number;
  /** One of the member's own doors is at the other end; a member that does not say has none. */
  readonly isOwn?: boolean;
  readonly watches: number;
}

export interface SessionsAnswer {
  readonly rows: readonly SessionRow[];
  readonly isCut: boolean;
}

export interface PathsAnswer {
  readonly paths: readonly string[];
}

export type WatcherRow = Omit<Watcher, 'session' | 'member' | 'isOwn'> & {
  readonly session: number;
  /** As of a connection. */
  readonly isOwn?: boolean;
};

export interface WatchersAnswer {
  readonly total: number;
  readonly rows: readonly WatcherRow[];
  readonly isCut: boolean;
}

export interface EndAnswer {
  /** `unknown`: it was proposed, and whether it will be carried out is not known. */
  readonly outcome: 'ended' | 'no-session' | 'not-leader' | 'unknown';
}

export interface HandOverAnswer {
  /** null: the other one leads. */
  readonly refusal: { readonly code: TransferRefusal; readonly message: string } | null;
}

export interface DrainAnswer {
  readonly draining: boolean;
}

const isPair: Check<readonly [number, number]> = (value): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((each) => isWhole(each));

const isDuration: Check<DurationCounts> = isShaped<DurationCounts>({
  of: isText,
  operation: orAbsent(isText) as Check<string>,
  bounds: isListOf(isNumber),
  counts: isListOf(isNumber),
  count: isNumber,
  sumMs: isNumber,
  maxMs: isNumber,
});

const isLeaderChange: Check<LeaderChange> = isShaped<LeaderChange>({
  atMs: isNumber,
  term: isNumber,
  leader: orNull(isWhole),
  leaderlessMs: isNumber,
});

const isLimit: Check<LimitUse> = isShaped<LimitUse>({
  name: isText,
  what: isText,
  used: isNumber,
  most: isNumber,
  unit: isWord(['count', 'bytes']),
});

const isNumbers: Check<Readonly<Record<string, number>>> = (
  value,
): value is Readonly<Record<string, number>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((each) => isNumber(each));

/** Of the status, what this member itself looks at; the rest is passed on as it is. */
const isStatus = isShaped<{ serverId: number; role: string; term: number }>({
  serverId: isWhole,
  role: isText,
  term: isWhole,
}) as Check<unknown> as Check<MemberReport['status']>;

const isReport: Check<MemberReport> = isShaped<MemberReport>({
  version: isText,
  nowMs: isNumber,
  uptimeMs: isNumber,
  ready: isTruth,
  status: isStatus,
  metrics: isNumbers,
  durations: isListOf(isDuration),
  leaderChanges: isListOf(isLeaderChange),
  limits: isListOf(isLimit),
});

const isConnection: Check<ConnectionRow> = isShaped<ConnectionRow>({
  address: isText,
  isSecure: isTruth,
  connectedAtMs: isNumber,
  isOwn: orAbsent(isTruth) as Check<boolean>,
  watches: isWhole,
});

/** By subject: whether a question, and an answer, are such. */
const CHECKS: {
  readonly [S in Subject]: {
    readonly question: Check<Questions[S]['question']>;
    readonly answer: Check<Questions[S]['answer']>;
  };
} = {
  report: {
    question: isShaped<object>({}),
    answer: isShaped<ReportAnswer>({ report: isReport, lags: isListOf(isPair) }),
  },
  sessionsFound: {
    question: isShaped<{ find: string }>({ find: isText }),
    answer: isShaped<FoundAnswer>({ ids: isListOf(isWhole), isCut: isTruth }),
  },
  sessions: {
    question: isShaped<{ ids: readonly number[] }>({ ids: isListOf(isWhole) }),
    answer: isShaped<SessionsAnswer>({
      rows: isListOf(
        isShaped<SessionRow>({
          id: isWhole,
          connection: orNull(isConnection),
          remainingMs: orNull(isNumber),
        }),
      ),
      isCut: isTruth,
    }),
  },
  watchedPaths: {
    question: isShaped<{ id: number }>({ id: isWhole }),
    answer: isShaped<PathsAnswer>({ paths: isListOf(isText) }),
  },
  watchers: {
    question: isShaped<{ path: string }>({ path: isText }),
    answer: isShaped<WatchersAnswer>({
      total: isWhole,
      rows: isListOf(
        isShaped<WatcherRow>({
          session: isWhole,
          address: orNull(isText),
          isOwn: orAbsent(isTruth) as Check<boolean>,
          kind: isWord(['data', 'children', 'persistent', 'recursive']),
          at: isText,
        }),
      ),
      isCut: isTruth,
    }),
  },
  endSession: {
    question: isShaped<{ id: number }>({ id: isWhole }),
    answer: isShaped<EndAnswer>({ outcome: isWord(['ended', 'no-session', 'not-leader', 'unknown']) }),
  },
  handOver: {
    question: isShaped<{ to: number }>({ to: isWhole }),
    answer: isShaped<HandOverAnswer>({
      refusal: orNull(
        isShaped<{ code: TransferRefusal; message: string }>({
          code: isWord(Object.values(TransferRefusal)),
          message: isText,
        }),
      ),
    }),
  },
  drain: {
    question: isShaped<{ on: boolean }>({ on: isTruth }),
    answer: isShaped<DrainAnswer>({ draining: isTruth }),
  },
};

const isQuestion: Check<Question> = (value): value is Question => {
  if (typeof value !== 'object' || value === null || !('ask' in value)) return false;
  const { ask } = value;
  return isWord(Object.keys(CHECKS) as readonly Subject[])(ask) && CHECKS[ask].question(value);
};

/** undefined where it is none that this version knows. */
export function readQuestion(text: string): Question | undefined {
  return readJson(text, isQuestion);
}

/** undefined where it is none to that question, as this version knows it. */
export function readAnswer<S extends Subject>(subject: S, text: string): AnswerTo<S> | undefined {
  return readJson(text, CHECKS[subject].answer);
}
