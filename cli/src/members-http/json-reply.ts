import { Refusal } from '../failures.ts';
import { type Fields, parseJson } from './fields.ts';
import type { HttpReply } from './members-http.ts';

/** The object that a member answers; undefined where it answers something else, or with an error. */
export function answerOf({ status, text }: HttpReply): Fields | undefined {
  return status === 200 ? parseJson(text) : undefined;
}

/** What a member answered in place of what it was asked, as an error of this command. `what` says what was asked. */
export function refusalOf(what: string, { status, text }: HttpReply): Refusal {
  const body = parseJson(text);
  const message = body?.text('message') ?? body?.text('error') ?? `it answered ${status}`;
  const help = status === 401 ? TOKEN : (body?.text('help') ?? '');
  return new Refusal(`${what}: ${message}${help === '' ? '' : `; ${help}`}`);
}

export const TOKEN = 'set ROOKERY_ADMIN_TOKEN to the token of /admin, or say --admin-token-file FILE';
