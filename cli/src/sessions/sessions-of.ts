import type { Fields } from '../members-http/fields.ts';

/** What one member tells of sessions, by commands of ZooKeeper's AdminServer. */
export interface ToldOfSessions {
  readonly serverId: number | undefined;
  readonly connections: Fields;
  readonly dump?: Fields | undefined;
  readonly watches?: Fields | undefined;
}

export interface Session {
  readonly id: bigint;
  readonly timeoutMs: number | undefined;
  /** Of the client; undefined: it is not connected, or to a member that did not tell. */
  readonly address: string | undefined;
  readonly isSecure: boolean | undefined;
  /** Server id of the member that it is connected to. */
  readonly member: number | undefined;
  /** Paths. */
  readonly ephemerals: readonly string[];
  readonly watches: readonly string[];
}

/** The sessions that all of these know together, by their ids. */
export function sessionsOf(told: readonly ToldOfSessions[]): readonly Session[] {
  const ephemerals = pathsOf(told.map(({ dump }) => dump?.fields('session_id_to_ephemeral_paths')));
  const watches = pathsOf(told.map(({ watches }) => watches?.fields('session_id_to_watched_paths')));
  const connected = new Map(told.flatMap(connectionsOf).map((each) => [each.id, each]));
  const expiring = told.flatMap(({ dump }) => {
    const due = dump?.fields('expiry_time_to_session_ids');
    return due === undefined ? [] : due.names.flatMap((at) => due.integers(at).map(unsigned));
  });
  const ids = new Set([...connected.keys(), ...expiring, ...ephemerals.keys(), ...watches.keys()]);
  return [...ids]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((id) => ({
      ...(connected.get(id) ?? NOT_CONNECTED),
      id,
      ephemerals: [...(ephemerals.get(id) ?? [])].sort(),
      watches: [...(watches.get(id) ?? [])].sort(),
    }));
}

const NOT_CONNECTED = { timeoutMs: undefined, address: undefined, isSecure: undefined, member: undefined };

type Connected = Omit<Session, 'ephemerals' | 'watches'>;

function connectionsOf({ serverId, connections }: ToldOfSessions): Connected[] {
  const of = (list: readonly Fields[], isSecure: boolean): Connected[] =>
    list.flatMap((connection) => {
      const id = unsigned(connection.integer('session_id') ?? 0n);
      // It has asked for none yet.
      if (id === 0n) return [];
      return [
        {
          id,
          timeoutMs: connection.number('session_timeout'),
          address: connection.text('remote_socket_address'),
          isSecure,
          member: serverId,
        },
      ];
    });
  return [...of(connections.list('connections'), false), ...of(connections.list('secure_connections'), true)];
}

/** Each member tells of the ephemeral nodes of all sessions, and of the watches of its own. */
function pathsOf(told: readonly (Fields | undefined)[]): ReadonlyMap<bigint, ReadonlySet<string>> {
  const paths = new Map<bigint, Set<string>>();
  for (const bySession of told) {
    for (const name of bySession?.names ?? []) {
      const id = idOf(name);
      if (id === undefined) continue;
      const known = paths.get(id) ?? new Set();
      for (const path of bySession?.texts(name) ?? []) known.add(path);
      paths.set(id, known);
    }
  }
  return paths;
}

/** As a name of JSON: decimal, or hexadecimal behind 0x. */
function idOf(text: string): bigint | undefined {
  return /^(-?\d+|0x[0-9a-f]+)$/i.test(text) ? unsigned(BigInt(text)) : undefined;
}

/** Java has negative ones. */
function unsigned(id: bigint): bigint {
  return BigInt.asUintN(64, id);
}
