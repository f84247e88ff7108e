import type { Config } from '../../config/config.ts';

/** By which a caller may name a member, in lower case: where it listens for HTTP, and where members and clients find the members. */
export function ownNames({
  http,
  members,
}: {
  readonly http: Pick<Config['http'], 'host'>;
  readonly members: readonly Pick<Config['members'][number], 'host' | 'clientHost'>[];
}): ReadonlySet<string> {
  const hosts = members.flatMap(({ host, clientHost = host }) => [host, clientHost]);
  return new Set([http.host, ...hosts].map((host) => host.toLowerCase()));
}
