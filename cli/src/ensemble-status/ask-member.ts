import type { ConnectionOptions } from 'node:tls';
import { askWord } from '../four-letter-words/ask-word.ts';
import { serverWord } from '../four-letter-words/server-word.ts';
import { adminMembers } from '../members-http/admin-members.ts';
import { commandsAnswer, STATUS_COMMANDS } from '../members-http/admin-server.ts';
import type { Fields } from '../members-http/fields.ts';
import { type HttpAddress, httpText } from '../members-http/http-address.ts';
import { HttpFailure } from '../members-http/http-failure.ts';
import { answerOf } from '../members-http/json-reply.ts';
import type { MembersHttp } from '../members-http/members-http.ts';
import type { Ask, Seed } from './gather.ts';
import type { MemberAnswer } from './member-answer.ts';

/**
 * Asks a member for /admin/members; where it does not have that, or does not tell it without the token, for the commands of ZooKeeper's AdminServer;
 * and at the same time for `srvr` at the port of clients, which counts where HTTP answers nothing.
 */
export function askMember(http: MembersHttp, clientTls: ConnectionOptions | undefined): Ask {
  return async (seed) => {
    const byHttp = askHttp(http, seed.http);
    if (seed.client === undefined) return byHttp;
    const byWord = askServer(http, seed, clientTls);
    // Whichever is not needed may fail.
    byWord.catch(() => {});
    try {
      return await byHttp;
    } catch (error) {
      const answer = await byWord.catch(() => undefined);
      if (answer === undefined || !(error instanceof HttpFailure)) throw error;
      return { ...answer, httpFailure: error };
    }
  };
}

async function askServer(
  { timeoutMs }: MembersHttp,
  { client }: Seed,
  tls: ConnectionOptions | undefined,
): Promise<MemberAnswer> {
  const { host, port } = client!;
  const answer = serverWord(await askWord({ host, port, tls }, 'srvr', timeoutMs));
  if (answer === undefined) throw new HttpFailure(`${host}:${port}`, 'it does not answer srvr');
  return answer;
}

async function askHttp(http: MembersHttp, address: HttpAddress): Promise<MemberAnswer> {
  const beganMs = performance.now();
  const reply = await http.get(address, '/admin/members');
  const body = answerOf(reply);
  const own = body === undefined ? undefined : adminMembers(body);
  if (own !== undefined) return own;
  if (reply.status === 401 && http.hasAuthorization)
    throw new HttpFailure(httpText(address), 'the token is not the right one');
  const leftMs = Math.max(1, http.timeoutMs - (performance.now() - beganMs));
  const answers = await Promise.all(
    STATUS_COMMANDS.map(async (name) => [name, await commandAt(http, address, name, leftMs)] as const),
  );
  const told = Object.fromEntries(answers.filter(([, answer]) => answer !== undefined));
  const answer = commandsAnswer(told, reply.status === 401);
  if (answer !== undefined) return answer;
  throw new HttpFailure(
    httpText(address),
    `something else answers there (${reply.status} to GET /admin/members): is --admin right?`,
  );
}

/** What a command of ZooKeeper's AdminServer tells; undefined: it tells nothing, or not to this caller. */
export async function commandAt(
  http: MembersHttp,
  address: HttpAddress,
  name: string,
  timeoutMs = http.timeoutMs,
): Promise<Fields | undefined> {
  return answerOf(await http.get(address, `/commands/${name}`, timeoutMs));
}
