import type { Ask } from './ask.ts';
import { textOf } from './session-pages.ts';
import type { Watchers } from './shapes.ts';

/** Who watches this path, on all members. */
export async function pathWatchers(members: readonly number[], ask: Ask, path: string): Promise<Watchers> {
  const told = await Promise.all(members.map((serverId) => ask(serverId, 'watchers', { path })));
  const heard = told.flatMap((each, at) => (each.ok ? [{ ...each.answer, member: members[at]! }] : []));
  return {
    total: heard.reduce((sum, { total }) => sum + total, 0),
    watchers: heard.flatMap(({ rows, member }) =>
      rows.map(({ session, isOwn = false, ...row }) => ({ ...row, session: textOf(session), member, isOwn })),
    ),
    silent: members.filter((_, at) => told[at]?.ok !== true),
    isCut: heard.some(({ isCut }) => isCut),
  };
}
