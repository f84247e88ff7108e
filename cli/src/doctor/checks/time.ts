import { secondsText } from '../../live-figures/figures-text.ts';
import { histogramsOf, quantile } from '../../live-figures/histogram.ts';
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
export function eventLoopDelay({ details }: Examined): Finding[] {
  return details.flatMap((member) => {
    const p99 = p99Of(member, 'rookery_event_loop_delay_seconds');
    if (p99 === undefined || p99 <= MAX_LOOP_DELAY_P99) return [];
    const what = `${capital(nameOfMember(member))} kept everything waiting for ${secondsText(p99)} in one of a hundred turns of its event loop, since it started.`;
    const todo = 'See whether its processor is taken by others, or too small for what is asked: rookery top.';
    return [finding('event-loop-delay', 'wrong', [member.answer.self.serverId], what, todo)];
  });
}

/** A disk that makes every write slow. */
export function slowSyncs({ details }: Examined): Finding[] {
  return details.flatMap((member) => {
    const p99 = p99Of(member, 'rookery_log_sync_seconds') ?? toldP99(member);
    if (p99 === undefined || p99 <= MAX_SYNC_P99) return [];
    const what = `${capital(nameOfMember(member))} waited for its disk for ${secondsText(p99)} in one of a hundred syncs of its log, since it started.`;
    const todo = 'Give its log a faster disk, or one that nobody else uses.';
    return [finding('slow-syncs', 'wrong', [member.answer.self.serverId], what, todo)];
  });
}

function p99Of({ samples }: MemberDetails, name: string): number | undefined {
  const histogram = samples && histogramsOf(samples, name).get('');
  return histogram === undefined || histogram.count < MIN_VALUES ? undefined : quantile(histogram, 0.99);
}

/** Of ZooKeeper. */
function toldP99({ answer: { metrics } }: MemberDetails): number | undefined {
  const { cnt_fsynctime: count = 0, p99_fsynctime: p99 } = metrics;
  return p99 === undefined || count < MIN_VALUES ? undefined : p99 / 1000;
}
