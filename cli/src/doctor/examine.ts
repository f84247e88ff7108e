import type { Context } from '../context.ts';
import { commandAt } from '../ensemble-status/ask-member.ts';
import { type Look, look, type Reached, reachedOf } from '../ensemble-status/look.ts';
import type { Fields } from '../members-http/fields.ts';
import { HttpFailure } from '../members-http/http-failure.ts';
import type { HttpReply } from '../members-http/members-http.ts';
import { parsePrometheusText } from '../members-http/prometheus-text.ts';
import type { ClockReading, Examined, MemberDetails } from './examined.ts';

/** The header has whole seconds: on average it is behind by half of one. */
const HALF_SECOND_MS = 500;

/** Gathers what the checks look at. */
export async function examine(context: Context): Promise<{ looked: Look; examined: Examined }> {
  const looked = await look(context);
  const details = await Promise.all(reachedOf(looked).map((each) => detailsOf(context, each)));
  return { looked, examined: { status: looked.status, details, nowMs: context.nowMs() } };
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
