import type { Bounds } from '../bounds/bounds.ts';
import { bareAddress, joinAddress } from '../config/addresses.ts';
import type { Member } from '../member.ts';
import { asSessionId } from '../model/ids.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { inPieces } from './in-pieces.ts';
import type { FoundAnswer, PathsAnswer, SessionRow, SessionsAnswer } from './questions.ts';
import { RowBudget } from './row-budget.ts';

/** Paths of one session that are told. */
export const MAX_PATHS = 1_000;

export type Addressed = { readonly remoteAddress: string; readonly remotePort: number };

export function clientAddress({ remoteAddress, remotePort }: Addressed): string {
  return joinAddress(bareAddress(remoteAddress), remotePort);
}

/** What this member knows of these sessions; nothing of those that are not connected to it and that it does not watch over. */
export function sessionRows(
  { clients }: Member,
  ids: readonly number[],
  { toldBytes }: Pick<Bounds, 'toldBytes'>,
): SessionsAnswer {
  const rows = new RowBudget<SessionRow>(toldBytes);
  for (const number of ids) {
    const id = asSessionId(number);
    const connection = clients.registry.ofSession(id);
    const remainingMs = clients.sessions.remainingOf(id);
    if (connection === undefined && remainingMs === undefined) continue;
    const row: SessionRow = {
      id,
      connection:
        connection === undefined
          ? null
          : {
              address: clientAddress(connection.socket),
              isSecure: connection.socket.isSecure === true,
              connectedAtMs: connection.connectedMs,
              isOwn: connection.client.isOwn,
              watches: clients.watches.pathCountOf(connection.client),
            },
      remainingMs: remainingMs === undefined ? null : Math.max(0, Math.round(remainingMs)),
    };
    if (!rows.take(row)) break;
  }
  return { rows: rows.taken, isCut: rows.isCut };
}

/** Sessions whose clients are connected to this member, from an address that contains `find`. */
export async function sessionsFound(
  { clients }: Member,
  find: string,
  { toldBytes }: Pick<Bounds, 'toldBytes'>,
  scheduler: Scheduler,
): Promise<FoundAnswer> {
  const ids = new RowBudget<number>(toldBytes);
  await inPieces(clients.registry, scheduler, ({ session, socket }) =>
    session === 0 || !clientAddress(socket).toLowerCase().includes(find) ? true : ids.take(session),
  );
  return { ids: ids.taken, isCut: ids.isCut };
}

/** What the session's client watches on this member. */
export function watchedPaths(
  { clients }: Member,
  id: number,
  { toldBytes }: Pick<Bounds, 'toldBytes'>,
): PathsAnswer {
  const paths = new RowBudget<string>(toldBytes, MAX_PATHS);
  const connection = clients.registry.ofSession(asSessionId(id));
  if (connection !== undefined) clients.watches.eachPathOf(connection.client, (path) => paths.take(path));
  return { paths: paths.taken };
}
