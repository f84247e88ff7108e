import { decodeUtf8, encodeUtf8 } from '@rookery/protocol';
import type { Bounds } from '../bounds/bounds.ts';
import type { Member } from '../member.ts';
import { WatchMode } from '../watch/watch-mode.ts';
import { clientAddress } from './own-sessions.ts';
import type { WatcherRow, WatchersAnswer } from './questions.ts';
import { RowBudget } from './row-budget.ts';

/** Watchers of one path that are told, … */
const MAX_WATCHERS = 1_000;
/** … and watches that are looked at for them, in one go: a millisecond. */
const MAX_LOOKS = 10_000;

const KINDS: readonly (readonly [WatchMode, WatcherRow['kind']])[] = [
  [WatchMode.data, 'data'],
  [WatchMode.children, 'children'],
  [WatchMode.persistent, 'persistent'],
  [WatchMode.recursive, 'recursive'],
];

/** Clients of this member that would hear of a change of this path, or of its list of children; one row for each way in which they watch. */
export function watchersOf(
  { clients }: Member,
  path: string,
  { toldBytes }: Pick<Bounds, 'toldBytes'>,
): WatchersAnswer {
  const bytes = encodeUtf8(path);
  const rows = new RowBudget<WatcherRow>(toldBytes, MAX_WATCHERS);
  let total = 0;
  let looks = 0;
  clients.watches.eachHearer(bytes, (session, modes, end) => {
    const connection = modes === 0 ? undefined : clients.registry.ofSession(session);
    for (const [mode, kind] of KINDS) {
      if ((modes & mode) === 0) continue;
      total++;
      if (rows.isCut) continue;
      const address = connection === undefined ? null : clientAddress(connection.socket);
      const isOwn = connection?.client.isOwn === true;
      rows.take({ session, address, isOwn, kind, at: decodeUtf8(bytes, 0, end) });
    }
    return ++looks < MAX_LOOKS;
  });
  return { total, rows: rows.taken, isCut: looks >= MAX_LOOKS };
}
