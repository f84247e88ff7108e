import type { Self } from '../ensemble-status/member-answer.ts';
import type { Histogram } from '../live-figures/histogram.ts';
import { selfOf } from './admin-members.ts';
import type { Fields } from './fields.ts';

/** How near a limit is. Of the disk, `used` is what has to stay free and `most` what is. */
export interface LimitUse {
  /** The setting, such as `limits.connections`, or what it is of, such as `heap`. */
  readonly name: string;
  /** In words, such as "connections of clients". */
  readonly what: string;
  readonly used: number;
  readonly most: number;
  readonly isBytes: boolean;
}

export interface LeaderChange {
  readonly atMs: number;
  readonly term: number;
  /** Server id; undefined: nobody leads from then on. */
  readonly leader: number | undefined;
  readonly leaderlessMs: number;
}

/** What one member told whom the window of any of them asked: those, too, whose HTTP is not reached from here. */
export interface MemberReport {
  readonly serverId: number;
  readonly self: Self;
  /** What time it is there. */
  readonly nowMs: number;
  readonly limits: readonly LimitUse[];
  /** Since it started, by what took so long, as in `logSync`. Of those that have no operation. */
  readonly durations: ReadonlyMap<string, Histogram>;
  /** The last ones that it saw. */
  readonly leaderChanges: readonly LeaderChange[];
  /** Of a member that proves a version: the index of the log from which on its state is not the others'. */
  readonly differsAt: number | undefined;
}

/** What GET /window/ensemble tells of the members that answered; of members of older releases nobody knows it. */
export function windowEnsemble(answer: Fields): readonly MemberReport[] {
  return answer.list('members').flatMap((entry) => reportOf(entry.fields('report')));
}

function reportOf(report: Fields): MemberReport[] {
  const status = report.fields('status');
  const serverId = status.number('serverId');
  if (serverId === undefined) return [];
  const told = { version: report.text('version'), ready: report.truth('ready'), lagEntries: undefined };
  return [
    {
      serverId,
      self: selfOf(status, report.fields('metrics'), told),
      nowMs: report.number('nowMs') ?? 0,
      limits: report.list('limits').flatMap(limitOf),
      durations: new Map(report.list('durations').flatMap(durationOf)),
      leaderChanges: report.list('leaderChanges').flatMap(leaderChangeOf),
      differsAt: status.fields('differs').number('index'),
    },
  ];
}

function limitOf(limit: Fields): LimitUse[] {
  const name = limit.text('name');
  const used = limit.number('used');
  const most = limit.number('most');
  if (name === undefined || used === undefined || most === undefined) return [];
  return [{ name, what: limit.text('what') ?? name, used, most, isBytes: limit.text('unit') === 'bytes' }];
}

function durationOf(duration: Fields): (readonly [string, Histogram])[] {
  const of = duration.text('of');
  if (of === undefined || duration.text('operation') !== undefined) return [];
  const bounds = duration.numberList('bounds');
  let upTo = 0;
  const buckets = duration.numberList('counts').map((count, at) => {
    upTo += count;
    return { most: (bounds[at] ?? Number.POSITIVE_INFINITY) / 1_000, upTo };
  });
  const sum = (duration.number('sumMs') ?? 0) / 1_000;
  return [[of, { buckets, count: duration.number('count') ?? upTo, sum }]];
}

function leaderChangeOf(change: Fields): LeaderChange[] {
  const atMs = change.number('atMs');
  const term = change.number('term');
  if (atMs === undefined || term === undefined) return [];
  return [{ atMs, term, leader: change.number('leader'), leaderlessMs: change.number('leaderlessMs') ?? 0 }];
}
