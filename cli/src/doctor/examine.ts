import type { Context } from '../context.ts';
import { commandAt } from '../ensemble-status/ask-member.ts';
import { type Look, look, type Reached, reachedOf } from '../ensemble-status/look.ts';
import type { Fields } from '../members-http/fields.ts';
import { HttpFailure } from '../members-http/http-failure.ts';
import { answerOf } from '../members-http/json-reply.ts';
import type { HttpReply } from '../members-http/members-http.ts';
import { parsePrometheusText } from '../members-http/prometheus-text.ts';
import { type MemberReport, windowEnsemble } from '../members-http/window-ensemble.ts';
import type { ClockReading, Examined, MemberDetails } from './examined.ts';
import { withReports } from './with-reports.ts';

/** The header has whole seconds: on average it is behind by half of one. */
const HALF_SECOND_MS = 500;
/** Members have two seconds to answer each other. */
const WINDOW_TIMEOUT_MS = 3_000;

/** Gathers what the checks look at. */
export async function examine(context: Context): Promise<{ looked: Look; examined: Examined }> {
  const looked = await look(context);
  const reached = reachedOf(looked);
  const [details, reports] = await Promise.all([
    Promise.all(reached.map((each) => detailsOf(context, each))),
    reportsOf(context, reached),
  ]);
  const status = withReports(looked.status, reports);
  return { looked, examined: { status, details, reports, nowMs: context.nowMs() } };
}

/** By the window of the first member that has one: it asks all others over the links between members. */
async function reportsOf({ http }: Context, reached: readonly Reached[]): Promise<readonly MemberReport[]> {
  const timeoutMs = Math.max(http.timeoutMs, WINDOW_TIMEOUT_MS);
  for (const { address, answer } of reached) {
    if (answer.by !== 'admin') continue;
    const reply = await ifAnswered(http.get(address, '/window/ensemble', timeoutMs));
    const told = reply && answerOf(reply);
    if (told !== undefined) return windowEnsemble(told);
  }
  return [];
}

async function detailsOf({ http }: Context, { address, answer }: Reached): Promise<MemberDetails> {
  const [metrics, properties] = await Promise.all([
    ifAnswered(http.get(address, '/metrics')),
    ifAnswered(commandAt(http, address, 'system_properties')),
  ]);
  return {
    http: address,
    answer,
    samples: metrics?.status === 200 ? parsePrometheusText(metrics.text) : undefined,
    properties: properties && textsOf(properties),
    clock: metrics && clockOf(metrics),
  };
}

/** undefined: it did not answer that in time. */
async function ifAnswered<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof HttpFailure) return undefined;
    throw error;
  }
}

function textsOf(properties: Fields): Record<string, string> {
  const pairs = properties.names.flatMap((name) => {
    const value = properties.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

/** undefined: it did not say what time it is. */
export function clockOf({
  headers,
  sentMs,
  receivedMs,
}: Pick<HttpReply, 'headers' | 'sentMs' | 'receivedMs'>): ClockReading | undefined {
  const dateMs = Date.parse(headers.date ?? '');
  if (Number.isNaN(dateMs)) return undefined;
  return {
    offsetMs: dateMs + HALF_SECOND_MS - (sentMs + receivedMs) / 2,
    uncertaintyMs: HALF_SECOND_MS + (receivedMs - sentMs) / 2,
  };
}
