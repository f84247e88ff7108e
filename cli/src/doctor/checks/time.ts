import { secondsText } from '../../live-figures/figures-text.ts';
import { type Histogram, histogramsOf, quantile } from '../../live-figures/histogram.ts';
import { type Examined, type MemberDetails, nameOfMember } from '../examined.ts';
import { capital, type Finding, finding } from '../finding.ts';

/** Certificates, tickets of TLS and what people read in logs go wrong by more. */
const MAX_CLOCK_DIFFERENCE_MS = 1_000;
/** In seconds: of what is worth a look. */
const MAX_LOOP_DELAY_P99 = 0.1;
const MAX_SYNC_P99 = 0.1;
/** Fewer say nothing about the hundredth. */
const MIN_VALUES = 100;

/** Clocks that differ for sure, however long the answers took. */
export function clocks({ details }: Examined): Finding[] {
  const read = details.flatMap(({ clock, answer }) =>
    clock === undefined ? [] : [{ ...clock, id: answer.self.serverId }],
  );
  const ahead = read.sort((a, b) => a.offsetMs - b.offsetMs);
  const [first] = ahead;
  const last = ahead.at(-1);
  if (first === undefined || last === undefined) return [];
  const differenceMs = last.offsetMs - first.offsetMs;
  if (differenceMs - first.uncertaintyMs - last.uncertaintyMs <= MAX_CLOCK_DIFFERENCE_MS) return [];
  return [
    finding(
      'clocks',
      'wrong',
      [first.id, last.id],
      `The clock of member ${last.id} is some ${secondsText(differenceMs / 1000)} ahead of that of member ${first.id}.`,
      'Have the clocks of all machines be kept by NTP (timedatectl, chronyc tracking).',
    ),
  ];
}

/** Turns of the event loop that keep everything else waiting. */
export function eventLoopDelay(examined: Examined): Finding[] {
  const delays = p99s(examined, 'rookery_event_loop_delay_seconds', 'eventLoopDelay');
  return delays.flatMap(({ member, serverId, p99 }) => {
    if (p99 <= MAX_LOOP_DELAY_P99) return [];
    const what = `${capital(member)} kept everything waiting for ${secondsText(p99)} in one of a hundred turns of its event loop, since it started.`;
    const todo = 'See whether its processor is taken by others, or too small for what is asked: rookery top.';
    return [finding('event-loop-delay', 'wrong', [serverId], what, todo)];
  });
}

/** A disk that makes every write slow. */
export function slowSyncs(examined: Examined): Finding[] {
  const syncs = p99s(examined, 'rookery_log_sync_seconds', 'logSync', toldP99);
  return syncs.flatMap(({ member, serverId, p99 }) => {
    if (p99 <= MAX_SYNC_P99) return [];
    const what = `${capital(member)} waited for its disk for ${secondsText(p99)} in one of a hundred syncs of its log, since it started.`;
    const todo = 'Give its log a faster disk, or one that nobody else uses.';
    return [finding('slow-syncs', 'wrong', [serverId], what, todo)];
  });
}

interface Timed {
  readonly member: string;
  readonly serverId: number | undefined;
  /** In seconds: what one in a hundred took longer than. */
  readonly p99: number;
}

/** Of each member, by what it answers itself; of those that another one asked, by what they reported as `key`. */
function p99s(
  { details, reports }: Examined,
  metric: string,
  key: string,
  otherwise?: (member: MemberDetails) => number | undefined,
): readonly Timed[] {
  const own = details.map((each) => {
    const histogram = each.samples && histogramsOf(each.samples, metric).get('');
    const p99 = p99Of(histogram) ?? otherwise?.(each);
    return { member: nameOfMember(each), serverId: each.answer.self.serverId, p99 };
  });
  const answering = new Set(own.map(({ serverId }) => serverId));
  const reported = reports
    .filter(({ serverId }) => !answering.has(serverId))
    .map(({ serverId, durations }) => {
      return { member: `member ${serverId}`, serverId, p99: p99Of(durations.get(key)) };
    });
  return [...own, ...reported].flatMap(({ p99, ...of }) => (p99 === undefined ? [] : [{ ...of, p99 }]));
}

function p99Of(histogram: Histogram | undefined): number | undefined {
  return histogram === undefined || histogram.count < MIN_VALUES ? undefined : quantile(histogram, 0.99);
}

/** Of ZooKeeper. */
function toldP99({ answer: { metrics } }: MemberDetails): number | undefined {
  const { cnt_fsynctime: count = 0, p99_fsynctime: p99 } = metrics;
  return p99 === undefined || count < MIN_VALUES ? undefined : p99 / 1000;
}
