import { type HttpAddress, hostOf, httpText } from '../members-http/http-address.ts';
import { HttpFailure } from '../members-http/http-failure.ts';
import type { MemberAnswer } from './member-answer.ts';

/** More members than any ensemble has: an answer that names thousands is followed no further. */
const MAX_ASKED = 128;

/** Where a member is looked for. */
export interface Seed {
  readonly http: HttpAddress;
  /** Who is expected there, where another member named it. */
  readonly serverId?: number;
  /** Where clients connect, for four-letter words; undefined: they are not tried. */
  readonly client?: { readonly host: string; readonly port: number };
}

export interface Asked {
  readonly seed: Seed;
  readonly outcome: MemberAnswer | HttpFailure;
}

/** How one member is asked. Rejects with HttpFailure. */
export type Ask = (seed: Seed) => Promise<MemberAnswer>;

/**
 * Asks all members at the same time, and those that their answers name besides: at the same port of HTTP, on hosts where nobody was asked yet, for
 * whoever says a host says its port, too. Never waits for who is late.
 */
export async function gather(seeds: readonly Seed[], ask: Ask, follow: boolean): Promise<readonly Asked[]> {
  const asked = new Set<string>();
  const answered = new Set<number>();
  const hosts = new Set(seeds.map(({ http }) => http.host));
  const found = new Map<string, Asked>();
  const askOne = async (seed: Seed): Promise<void> => {
    const key = keyOf(seed);
    if (asked.has(key) || asked.size >= MAX_ASKED) return;
    asked.add(key);
    const outcome = await ask(seed).catch((error: unknown) => {
      if (error instanceof HttpFailure) return error;
      throw error;
    });
    found.set(key, { seed, outcome });
    if (outcome instanceof HttpFailure) return;
    if (outcome.self.serverId !== undefined) answered.add(outcome.self.serverId);
    if (follow) await Promise.all(othersOf(outcome, seed).filter(isNew).map(askOne));
  };
  const isNew = ({ serverId, http: { host } }: Seed): boolean =>
    !hosts.has(host) && (serverId === undefined || !answered.has(serverId));
  await Promise.all(seeds.map(askOne));
  // In the order in which they were asked, whoever answers first.
  return [...asked].map((key) => found.get(key)!);
}

/** Members on one machine differ by their ports of clients alone, where nobody says where their HTTP is. */
function keyOf({ http, client }: Seed): string {
  return client === undefined ? httpText(http) : `${httpText(http)} ${client.host}:${client.port}`;
}

function othersOf({ members, self }: MemberAnswer, { http }: Seed): Seed[] {
  return members.slice(0, MAX_ASKED).flatMap(({ serverId, address, clientAddress }) => {
    if (serverId === self.serverId) return [];
    const host = [clientAddress, address].map((each) => hostOf(each ?? '')).find(isNamed);
    return host === undefined ? [] : [{ http: { ...http, host }, serverId }];
  });
}

/** Whether it leads anywhere: some members say that they listen everywhere. */
function isNamed(host: string): boolean {
  return host !== '' && host !== '0.0.0.0' && host !== '::';
}
