import type { Identities } from '@rookery/protocol';
import type { Bounds } from '../bounds/bounds.ts';
import type { RunningReplica } from '../member-parts.ts';
import { asSessionId, type SessionId } from '../model/ids.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { Session } from '../session/session.ts';
import type { Ask } from './ask.ts';
import { inPieces } from './in-pieces.ts';
import { MAX_PATHS } from './own-sessions.ts';
import type { ConnectionRow } from './questions.ts';
import { RowBudget } from './row-budget.ts';
import type { SessionDetail, SessionEntry, SessionList } from './shapes.ts';

export interface SessionQuery {
  readonly offset: number;
  readonly limit: number;
  /** In an id, an address or an identity, case aside; empty: all. */
  readonly find: string;
}

export interface SessionPagesParts {
  readonly running: RunningReplica;
  /** Server ids of all members. */
  readonly members: readonly number[];
  readonly ask: Ask;
  readonly scheduler: Scheduler;
  readonly bounds: Pick<Bounds, 'toldBytes'>;
}

/** @param sorted the ids of all sessions, ascending */
export async function sessionPage(
  parts: SessionPagesParts,
  sorted: Float64Array,
  query: SessionQuery,
): Promise<SessionList> {
  const { offset, limit } = query;
  const page =
    query.find === ''
      ? { ids: [...sorted.subarray(offset, offset + limit)], total: sorted.length, silent: [], isCut: false }
      : await matching(parts, sorted, query);
  const { entries, silent } = await describe(parts, page.ids, page.silent);
  return {
    total: page.total,
    sessions: entries,
    silent: [...new Set([...page.silent, ...silent])].sort((a, b) => a - b),
    isCut: page.isCut,
  };
}

/** undefined where there is no such session. */
export async function sessionDetail(
  parts: SessionPagesParts,
  id: SessionId,
): Promise<SessionDetail | undefined> {
  const { running, ask, bounds } = parts;
  const [{ entries }, ephemeralPaths] = [
    await describe(parts, [id], []),
    new RowBudget<string>(bounds.toldBytes, MAX_PATHS),
  ];
  const [entry] = entries;
  if (entry === undefined) return undefined;
  const { tree } = running.machine;
  const slots = tree.ephemeralSlots(id);
  for (let slot = slots.next(); slot.done !== true; slot = slots.next())
    if (!ephemeralPaths.take(tree.path(slot.value))) break;
  const watched = entry.member === null ? undefined : await ask(entry.member, 'watchedPaths', { id });
  return {
    ...entry,
    ephemeralPaths: ephemeralPaths.taken,
    watchedPaths: watched?.ok === true ? watched.answer.paths : [],
  };
}

interface Matching {
  /** Of the page. */
  readonly ids: readonly number[];
  readonly total: number;
  readonly silent: readonly number[];
  readonly isCut: boolean;
}

/** Every member tells whose address it is; ids and identities are known to each. */
async function matching(
  { running, members, ask, scheduler }: SessionPagesParts,
  sorted: Float64Array,
  { offset, limit, find }: SessionQuery,
): Promise<Matching> {
  const wanted = find.toLowerCase();
  const told = await Promise.all(members.map((serverId) => ask(serverId, 'sessionsFound', { find: wanted })));
  const silent = members.filter((_, at) => told[at]?.ok !== true);
  const answers = told.flatMap((each) => (each.ok ? [each.answer] : []));
  const found = new Set(answers.flatMap(({ ids }) => ids));
  const { sessions } = running.machine;
  const isKnown = identityMatch(wanted);
  const ids: number[] = [];
  let total = 0;
  await inPieces(sorted, scheduler, (id) => {
    const session = sessions.get(asSessionId(id));
    if (session === undefined) return true;
    if (!found.has(id) && !textOf(id).includes(wanted) && !isKnown(session.identities)) return true;
    if (total >= offset && ids.length < limit) ids.push(id);
    total++;
    return true;
  });
  return { ids, total, silent, isCut: answers.some(({ isCut }) => isCut) };
}

/** Sessions share their lists of identities: each list is looked at once. */
function identityMatch(wanted: string): (list: Identities) => boolean {
  const known = new Map<Identities, boolean>();
  return (list) => {
    const found = known.get(list);
    if (found !== undefined) return found;
    const isMet = shown(list).some(({ scheme, id }) => `${scheme}:${id}`.toLowerCase().includes(wanted));
    known.set(list, isMet);
    return isMet;
  };
}

/** What all members know of these sessions, one question each; those that have ended meanwhile are left out. */
async function describe(
  { running, members, ask }: SessionPagesParts,
  ids: readonly number[],
  knownSilent: readonly number[],
): Promise<{ readonly entries: SessionEntry[]; readonly silent: readonly number[] }> {
  const asked = members.filter((serverId) => !knownSilent.includes(serverId));
  const told = await Promise.all(asked.map((serverId) => ask(serverId, 'sessions', { ids })));
  const connections = new Map<number, ConnectionRow & { readonly member: number }>();
  const remaining = new Map<number, number>();
  const silent: number[] = [];
  for (const [at, each] of told.entries()) {
    const member = asked[at]!;
    if (!each.ok || each.answer.isCut) silent.push(member);
    if (!each.ok) continue;
    for (const { id, connection, remainingMs } of each.answer.rows) {
      if (remainingMs !== null) remaining.set(id, remainingMs);
      // One that has just moved may still be told of by the member that it left.
      if (connection !== null && connection.connectedAtMs >= (connections.get(id)?.connectedAtMs ?? 0))
        connections.set(id, { ...connection, member });
    }
  }
  const { sessions, tree } = running.machine;
  const entries = ids.flatMap((number): SessionEntry[] => {
    const id = asSessionId(number);
    const session = sessions.get(id);
    if (session === undefined) return [];
    const ephemerals = tree.ephemeralCountOf(id);
    return [entryOf(session, ephemerals, connections.get(id), remaining.get(id) ?? null)];
  });
  return { entries, silent };
}

function entryOf(
  { id, timeoutMs, identities }: Session,
  ephemerals: number,
  connection: (ConnectionRow & { readonly member: number }) | undefined,
  remainingMs: number | null,
): SessionEntry {
  return {
    id: textOf(id),
    timeoutMs,
    remainingMs,
    identities: shown(identities),
    member: connection?.member ?? null,
    address: connection?.address ?? null,
    isSecure: connection?.isSecure ?? null,
    connectedAtMs: connection?.connectedAtMs ?? null,
    isOwn: connection?.isOwn ?? false,
    ephemerals,
    watches: connection?.watches ?? null,
  };
}

/** Of an id of `digest` the user alone: behind it stands a hash of the password. */
function shown(list: Identities): SessionEntry['identities'] {
  return list.map(({ scheme, id }) => ({ scheme, id: scheme === 'digest' ? id.split(':', 1).join() : id }));
}

export function textOf(session: number): string {
  return `0x${session.toString(16)}`;
}
