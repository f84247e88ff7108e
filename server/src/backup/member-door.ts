import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BackupFault } from '../backup-format/backup-fault.ts';
import type { Place } from '../backup-format/manifest.ts';

/** Nothing comes for so long: a member that takes its first snapshot is silent while it does. */
const PATIENCE_MS = 120_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** Where a member is asked, and as whom. */
export interface MemberDoor {
  /** Of its HTTP port. */
  readonly url: string;
  readonly token?: string | undefined;
  /** PEM, of whoever signed what it shows. */
  readonly ca?: string | undefined;
}

export interface BackupQuestion {
  readonly after?: Place;
  readonly withSnapshot: boolean;
}

/** A member refuses, in its own words. */
export class MemberRefusal extends BackupFault {
  /** Of BackupRefusal, where the member said one. */
  readonly refusal: string;

  constructor(url: string, status: number, refusal: string, message: string) {
    super('member', `${url} refuses (${status}): ${message}`);
    this.refusal = refusal;
  }
}

export function readDoor(url: string, tokenFile: string | undefined, caFile: string | undefined): MemberDoor {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new BackupFault('member', `cannot read ${path}: ${(error as Error).message}`);
    }
  };
  const token = tokenFile === undefined ? process.env.ROOKERY_HTTP_TOKEN : read(tokenFile).trim();
  if (!URL.canParse(url)) throw new BackupFault('member', `${url} is no address: http://host:port`);
  return { url, token, ca: caFile === undefined ? undefined : read(caFile) };
}

/** The stream of a backup. Throws BackupFault `member`, also in the middle of it. */
export async function askMember(
  door: MemberDoor,
  { after, withSnapshot }: BackupQuestion,
): Promise<AsyncIterable<Uint8Array>> {
  const url = new URL('/admin/backup', door.url);
  if (after !== undefined) {
    url.searchParams.set('after', String(after.index));
    url.searchParams.set('term', String(after.term));
  }
  if (withSnapshot) url.searchParams.set('snapshot', 'true');
  const answer = await asked(door, url);
  if (answer.statusCode === 200) return pieces(door, answer);
  const { code, message } = await errorOf(answer);
  throw new MemberRefusal(door.url, answer.statusCode ?? 0, code, message);
}

function asked(door: MemberDoor, url: URL): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = door.token === undefined ? {} : { authorization: `Bearer ${door.token}` };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(unreachable(door, error));
    const sent = request(url, { headers, ...(door.ca === undefined ? {} : { ca: door.ca }) }, resolve);
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error('it says nothing')));
    sent.once('error', fail).end();
  });
}

async function* pieces(door: MemberDoor, answer: IncomingMessage): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of answer) yield piece as Buffer;
  } catch (error) {
    throw new BackupFault('member', `the backup of ${door.url} broke off: ${(error as Error).message}`);
  }
}

async function errorOf(answer: IncomingMessage): Promise<{ code: string; message: string }> {
  let text = '';
  for await (const piece of answer) if (text.length < MAX_ANSWER_BYTES) text += String(piece);
  try {
    const { code, message, help } = JSON.parse(text) as Record<string, unknown>;
    return { code: String(code), message: `${message}; ${help}` };
  } catch {
    return { code: '', message: 'it says no more' };
  }
}

function unreachable({ url }: MemberDoor, error: Error): BackupFault {
  const code = (error as { code?: unknown }).code;
  return new BackupFault('member', `cannot reach ${url}: ${error.message || String(code)}`, { cause: error });
}
