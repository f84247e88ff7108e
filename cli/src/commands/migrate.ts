import type { Context } from '../context.ts';
import { seedsOf } from '../ensemble-status/seeds.ts';
import { ExitCode } from '../exit-codes.ts';
import { Refusal } from '../failures.ts';
import type { Fields } from '../members-http/fields.ts';
import { answerOf, refusalOf } from '../members-http/json-reply.ts';

/** Members are stopped meanwhile, one after the other, by hand where no command does it. */
const CUT_TIMEOUT_MS = 15 * 60_000;
const CALL_OFF_TIMEOUT_MS = 10_000;

/** How far a `rookery-server migrate-zookeeper` is; exit 1 while it does not hold what the ensemble holds. */
export async function migration(context: Context): Promise<ExitCode> {
  const http = await where(context);
  const reply = await context.http.get(http, '/migration');
  const answer = answerOf(reply);
  if (answer === undefined) throw refusalOf('it does not say how far it is', reply);
  return await tell(context, answer, reply.text);
}

/** Has it take over; ends when the former ensemble is fenced. */
export async function cut(context: Context): Promise<ExitCode> {
  const http = await where(context);
  context.progress.show('the former members are stopped, one after the other');
  const reply = await context.http.post(http, '/migration/cut', undefined, CUT_TIMEOUT_MS);
  const answer = answerOf(reply);
  if (answer === undefined) throw refusalOf('it has not taken over', reply);
  return await tell(context, answer, reply.text);
}

/** Has it go, and leave nothing behind. */
export async function callOff(context: Context): Promise<ExitCode> {
  const http = await where(context);
  const reply = await context.http.post(http, '/migration/call-off', undefined, CALL_OFF_TIMEOUT_MS);
  const answer = answerOf(reply);
  if (answer === undefined) throw refusalOf('it is not called off', reply);
  return await tell(context, answer, reply.text);
}

async function where(context: Context) {
  const [seed, ...more] = await seedsOf(context.settings, context.env);
  if (seed?.http === undefined || more.length > 0)
    throw new Refusal('one process migrates: say where its HTTP is by --admin HOST:PORT');
  return seed.http;
}

async function tell(context: Context, status: Fields, text: string): Promise<ExitCode> {
  if (context.json) await context.out.line(text.trim());
  else await context.out.line(told(status));
  const isBehind = status.text('phase') === 'connecting' || status.truth('isExact') === false;
  return isBehind ? ExitCode.no : ExitCode.ok;
}

function told(status: Fields): string {
  const phase = status.text('phase') ?? 'unknown';
  const leader = status.text('leader');
  const lag = status.number('lag');
  const problem = status.text('problem');
  const rows = [
    `${phase}${leader === undefined ? '' : ` ${leader}`}`,
    `zxid ${status.text('zxid') ?? '?'}${lag === undefined ? '' : lag === 0 ? ', in step' : `, ${lag} transactions behind`}`,
    `${status.number('nodes') ?? 0} nodes, ${status.number('sessions') ?? 0} sessions; ${status.number('digestsCompared') ?? 0} digests of ${status.number('transactions') ?? 0} transactions compared`,
  ];
  return [...rows, ...(problem === undefined ? [] : [problem])].join('\n');
}
