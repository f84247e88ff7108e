import { hostOf } from '../members-http/http-address.ts';
import { HttpFailure } from '../members-http/http-failure.ts';
import type { Answered } from './answered.ts';
import type { Asked } from './gather.ts';
import type { Standing } from './member-answer.ts';

/** A place where nobody answered. */
export interface Failed {
  readonly at: string;
  readonly host: string;
  /** Server id of whom another member named there. */
  readonly expected: number | undefined;
  readonly why: string;
}

/** Where nobody answered, but for members that answered elsewhere. */
export function failedOf(asked: readonly Asked[], answered: readonly Answered[]): Failed[] {
  const known = new Set(answered.map(({ answer }) => answer.self.serverId));
  return asked.flatMap(({ seed, outcome }) => {
    if (!(outcome instanceof HttpFailure)) return [];
    if (seed.serverId !== undefined && known.has(seed.serverId)) return [];
    return [{ at: outcome.at, host: seed.http.host, expected: seed.serverId, why: outcome.message }];
  });
}

/**
 * Which failure is whose, by the server ids of members that did not answer: of whom it was expected there, of whom the host is, or of the only one that
 * is missing. The others may be of any of them.
 */
export function attribute(
  missing: readonly Standing[],
  failed: readonly Failed[],
): { readonly its: ReadonlyMap<number, Failed>; readonly left: readonly Failed[] } {
  const its = new Map<number, Failed>();
  const left = new Set(failed);
  const give = ({ serverId }: Standing, failure: Failed | undefined): void => {
    if (failure === undefined || its.has(serverId)) return;
    left.delete(failure);
    its.set(serverId, failure);
  };
  for (const standing of missing)
    give(
      standing,
      failed.find(({ expected }) => expected === standing.serverId),
    );
  for (const standing of missing) {
    const own = [...left].filter(({ host }) => isHostOf(standing, host));
    const [first] = own;
    const others = missing.filter((each) => first !== undefined && isHostOf(each, first.host));
    if (own.length === 1 && others.length === 1) give(standing, first);
  }
  const [lost] = missing.filter(({ serverId }) => !its.has(serverId));
  if (missing.length - its.size === 1 && left.size === 1) give(lost!, [...left][0]);
  return { its, left: [...left].filter(({ expected }) => expected === undefined) };
}

function isHostOf({ address, clientAddress = '' }: Standing, host: string): boolean {
  return hostOf(address) === host || hostOf(clientAddress) === host;
}
