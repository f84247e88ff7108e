import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { look, type Reached, reachedOf, reachedOrFail } from '../ensemble-status/look.ts';
import { ExitCode } from '../exit-codes.ts';
import { figuresOf, type MemberFigures } from '../live-figures/figures.ts';
import { figuresJson, figuresLines } from '../live-figures/figures-text.ts';
import { type MemberSample, sampleOf } from '../live-figures/member-sample.ts';
import { httpText } from '../members-http/http-address.ts';
import { HttpFailure } from '../members-http/http-failure.ts';
import { parsePrometheusText, type Samples } from '../members-http/prometheus-text.ts';

export interface TopOptions {
  /** Milliseconds. */
  readonly every: number;
  readonly count?: number;
}

const HOME = '\u001b[H\u001b[J';

/** What the members do, interval by interval. Ctrl-C is its proper end. */
export async function top(context: Context, options: TopOptions): Promise<ExitCode> {
  try {
    await showIntervals(context, options);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  return ExitCode.ok;
}

async function showIntervals(
  context: Context,
  { every, count = Number.POSITIVE_INFINITY }: TopOptions,
): Promise<void> {
  let before = await samplesOf(context, reachedOrFail(await look(context)));
  for (let shown = 0; shown < count; shown++) {
    await wait(every, undefined, { signal: context.signal });
    const now = await samplesOf(context, reachedOf(await look(context)));
    context.signal.throwIfAborted();
    await show(context, figuresBetween(before, now), shown);
    before = now;
  }
}

async function show(context: Context, figures: readonly MemberFigures[], shown: number): Promise<void> {
  const { out, json, isTerminal } = context;
  const nowMs = context.nowMs();
  if (json) {
    await context.jsonLine({ at: new Date(nowMs).toISOString(), members: figures.map(figuresJson) });
  } else {
    if (isTerminal) await out.text(HOME);
    else if (shown > 0) await out.line('');
    for (const line of figuresLines(figures, context.colours, nowMs)) await out.line(line);
  }
  await out.flush();
}

/** Of those that answered both times. */
function figuresBetween(before: readonly MemberSample[], now: readonly MemberSample[]): MemberFigures[] {
  return now.flatMap((sample) => {
    const earlier = before.find(({ serverId, at }) => serverId === sample.serverId && at === sample.at);
    return earlier === undefined ? [] : [figuresOf(earlier, sample)];
  });
}

function samplesOf(context: Context, reached: readonly Reached[]): Promise<MemberSample[]> {
  return Promise.all(
    reached.map(async ({ address, answer }) => {
      const samples = await metricsAt(context, address);
      return sampleOf(answer, httpText(address), samples, context.nowMs());
    }),
  );
}

/** undefined: it has none there, or does not answer now. */
async function metricsAt(context: Context, address: Reached['address']): Promise<Samples | undefined> {
  try {
    const { status, text } = await context.http.get(address, '/metrics');
    return status === 200 ? parsePrometheusText(text) : undefined;
  } catch (error) {
    if (error instanceof HttpFailure) return undefined;
    throw error;
  }
}
