import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../endpoint.ts';
import { fourLetterWord } from '../systems/four-letter-word.ts';
import type { Place } from './secret-search.ts';

/** All of ZooKeeper’s; two of them reset what is counted, and are the last to be asked. */
const WORDS = 'conf cons dirs dump envi gtmk isro mntr ruok srvr stat stmk wchc wchp wchs crst srst'.split(
  ' ',
);

export interface ShownMember {
  /** For people. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Its HTTP, with a `/` at the end; undefined: it has none. */
  readonly url?: string;
  /** For /admin. */
  readonly token?: string;
}

interface Call {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** All that a member tells whoever asks: every four-letter word, and every answer of its HTTP, refusals and errors among them. */
export async function memberPlaces({ name, endpoint, url, token }: ShownMember): Promise<Place[]> {
  const places: Place[] = [];
  for (const word of WORDS) {
    const content = (await fourLetterWord(endpoint, word)) ?? '';
    places.push({ name: `the answer of ${name} to ${word}`, content });
  }
  if (url === undefined) return places;
  for (const call of callsWith(token)) {
    const { path, method = 'GET', headers = {}, body } = call;
    const response = await fetch(new URL(path, url), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
    });
    const head = [...response.headers].map(([key, value]) => `${key}: ${value}`).join('\n');
    const content = `${response.status}\n${head}\n\n${await response.text()}`;
    places.push({ name: `the answer of ${name} to ${method} /${path} (${response.status})`, content });
  }
  return places;
}

function callsWith(token: string | undefined): Call[] {
  const right: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const json = { ...right, 'content-type': 'application/json' };
  return [
    { path: '' },
    { path: 'health/live' },
    { path: 'health/ready' },
    { path: 'metrics' },
    { path: 'nothing-is-here' },
    { path: 'admin/members' },
    { path: 'admin/members', headers: right },
    { path: 'admin/members', headers: { authorization: 'Bearer of-something-else' } },
    { path: 'admin/nothing-is-here', headers: right },
    { path: 'admin/leadership', method: 'POST', headers: json, body: '{"to":"nobody"}' },
    { path: 'admin/leadership', method: 'POST', headers: json, body: '{"to":' },
    { path: 'admin/drain', method: 'DELETE', headers: right },
  ];
}

/** Every file below a folder whose name is fit: logs, for instance. */
export function filePlaces(folder: string, isFit: (path: string) => boolean): Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isFit(join(entry.parentPath, entry.name)))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { name: `the file ${path}`, content: readFileSync(path) };
    });
}
