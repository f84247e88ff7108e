import { ticksOf } from '../four-letter-words/dump.ts';
import type { CommandFacts } from './facts.ts';

/** Which sessions expire when, where this member decides it, in milliseconds since 1970; and whose ephemeral nodes are which. */
export function dump(facts: CommandFacts): Record<string, unknown> {
  const remaining = [...(facts.remainingOfSessions() ?? [])];
  const due = ticksOf(remaining, facts).map(([atMs, ids]) => [atMs, ids]);
  return {
    expiry_time_to_session_ids: Object.fromEntries(due),
    session_id_to_ephemeral_paths: Object.fromEntries(
      [...facts.ephemeralPaths()].map(({ session, paths }) => [session, paths]),
    ),
  };
}

/** The watched paths of each session. */
export function watches({ watches: facts }: CommandFacts): Record<string, unknown> {
  const some = [...facts.bySession()].filter(({ paths }) => paths.length > 0);
  return {
    session_id_to_watched_paths: Object.fromEntries(some.map(({ session, paths }) => [session, paths])),
  };
}

/** The sessions that watch each path. */
export function watchesByPath({ watches: facts }: CommandFacts): Record<string, unknown> {
  const byPath = new Map<string, number[]>();
  for (const { session, paths } of facts.bySession()) {
    for (const path of paths) {
      const sessions = byPath.get(path);
      if (sessions === undefined) byPath.set(path, [session]);
      else sessions.push(session);
    }
  }
  return { path_to_session_ids: Object.fromEntries(byPath) };
}
