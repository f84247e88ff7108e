import type { Change } from '@rookery/client';
import { ProgramsRefusal } from '../../errors/error-codes.ts';
import type { ChangeTaker } from './change-taker.ts';
import { answerOf } from './errors.ts';
import { eventsText, eventText, HEARTBEAT } from './event-text.ts';

/** Changes that are told together. */
const MOST_TOGETHER = 256;

export interface EventSource {
  /** What is told at first. */
  readonly first: string;
  readonly taker: ChangeTaker<Change>;
  readonly heartbeatMs: number;
  /** Up to which write all changes are with the taker by now; 0 where that cannot be said. */
  readonly wholeUpTo: () => Promise<number>;
}

/** The text of a watch, for as long as it lasts: the next piece is made once the one before is taken. */
export async function* eventStream({
  first,
  taker,
  heartbeatMs,
  wholeUpTo,
}: EventSource): AsyncGenerator<string, void> {
  yield first;
  try {
    for (let isOver = false; !isOver; ) {
      const taken = await taker.within(heartbeatMs);
      if (taken === 'nothing') {
        yield HEARTBEAT;
        continue;
      }
      const changes: Change[] = [];
      isOver = await gather(taker, taken, changes);
      const wholeZxid = isOver || changes.length >= MOST_TOGETHER ? 0 : await wholeUpTo();
      // The rest of a write that was there in part has come meanwhile.
      if (wholeZxid > 0) isOver = await gather(taker, await taker.now(), changes);
      if (changes.length > 0) yield eventsText(changes, wholeZxid);
    }
    yield eventText('closed', { code: 'CLOSED', message: 'the watch is over: begin again', retry: 'safe' });
  } catch (error) {
    const answer = error instanceof Error ? answerOf(error) : undefined;
    const unknown = {
      code: ProgramsRefusal.internal,
      message: 'the watch is over: begin again',
      retry: 'safe',
    };
    yield eventText('closed', answer?.body ?? unknown);
  }
}

/** Takes what is there, `taken` first. Whether that was all that there will be. */
async function gather(
  taker: ChangeTaker<Change>,
  taken: Awaited<ReturnType<ChangeTaker<Change>['now']>>,
  changes: Change[],
): Promise<boolean> {
  for (let more = taken; more !== 'nothing'; more = await taker.now()) {
    if (more.done === true) return true;
    changes.push(more.value);
    if (changes.length >= MOST_TOGETHER) return false;
  }
  return false;
}
