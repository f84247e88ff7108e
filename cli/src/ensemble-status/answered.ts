import { type HttpAddress, hostAndPort, httpText } from '../members-http/http-address.ts';
import { HttpFailure } from '../members-http/http-failure.ts';
import type { Asked } from './gather.ts';
import type { MemberAnswer } from './member-answer.ts';

/** A member that answered. */
export interface Answered {
  /** Where, as people are told it. */
  readonly at: string;
  /** Where it answers HTTP; undefined: it answered four-letter words alone. */
  readonly http: HttpAddress | undefined;
  readonly answer: MemberAnswer;
}

/**
 * One answer of each member of the cluster: by another name of its host it may have been asked twice. Whoever was asked first says which cluster is
 * meant: on the host of one of its members there may be those of others, too.
 */
export function answeredOf(asked: readonly Asked[]): {
  readonly answered: readonly Answered[];
  /** Of other clusters. */
  readonly foreign: readonly Answered[];
} {
  const all = asked.flatMap(({ seed, outcome }): Answered[] => {
    if (outcome instanceof HttpFailure) return [];
    const { http, client } = seed;
    if (outcome.by === 'words' && client !== undefined)
      return [{ at: hostAndPort(client.host, client.port), http: undefined, answer: outcome }];
    return [{ at: httpText(http), http, answer: outcome }];
  });
  const meant = all.map(clusterOf).find((id) => id !== '') ?? '';
  const isMeant = (each: Answered): boolean => clusterOf(each) === '' || clusterOf(each) === meant;
  const known = new Set<number>();
  const isFirst = ({ answer: { self } }: Answered): boolean => {
    const { serverId } = self;
    if (serverId === undefined) return true;
    const isNew = !known.has(serverId);
    known.add(serverId);
    return isNew;
  };
  return {
    answered: all.filter(isMeant).filter(isFirst),
    foreign: all.filter((each) => !isMeant(each)),
  };
}

/** Empty where it does not say. */
function clusterOf({ answer }: Answered): string {
  return answer.self.clusterId ?? '';
}
