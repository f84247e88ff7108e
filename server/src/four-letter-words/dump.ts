import { addressOf } from './connections.ts';
import type { WordFacts } from './facts.ts';
import { javaDate, javaHex } from './java-text.ts';

/** `dump`: the sessions, when they expire where this member decides it; their ephemeral nodes; the connections. */
export function dump(facts: WordFacts): string {
  return `SessionTracker dump:\n${sessions(facts)}ephemeral nodes dump:\n${ephemerals(facts)}Connections dump:\n${connections(facts)}`;
}

function sessions(facts: WordFacts): string {
  const remaining = facts.remainingOfSessions();
  if (remaining !== undefined) {
    const due = [...remaining].map(([id, ms]) => [`0x${javaHex(id)}`, ms] as const);
    return sets('Session', due, facts);
  }
  let count = 0;
  let lines = '';
  for (const { id, timeoutMs } of facts.sessionTimeouts()) {
    count++;
    lines += `0x${javaHex(id)}\t${timeoutMs}ms\n`;
  }
  return `Global Sessions(${count}):\n${lines}`;
}

function ephemerals(facts: WordFacts): string {
  let count = 0;
  let lines = '';
  for (const { session, paths } of facts.ephemeralPaths()) {
    count++;
    lines += `0x${javaHex(session)}:\n${paths.map((path) => `\t${path}\n`).join('')}`;
  }
  return `Sessions with Ephemerals (${count}):\n${lines}`;
}

function connections(facts: WordFacts): string {
  const due = facts
    .connections()
    .map(
      (connection) =>
        [
          `ip: ${addressOf(connection)} sessionId: 0x${javaHex(connection.session)}`,
          connection.remainingMs,
        ] as const,
    );
  return sets('Connections', due, facts);
}

function sets(
  kind: string,
  items: readonly (readonly [text: string, remainingMs: number])[],
  facts: WordFacts,
): string {
  const ticks = ticksOf(items, facts);
  const lines = ticks.map(
    ([atMs, texts]) =>
      `${texts.length} expire at ${javaDate(atMs)}:\n${texts.map((text) => `\t${text}\n`).join('')}`,
  );
  return `${kind} Sets (${ticks.length})/(${items.length}):\n${lines.join('')}`;
}

/** What expires in the same tick stands together, earliest first; `atMs` is the end of that tick, since 1970. */
export function ticksOf<T>(
  items: readonly (readonly [item: T, remainingMs: number])[],
  { nowMs, tickTimeMs }: Pick<WordFacts, 'nowMs' | 'tickTimeMs'>,
): (readonly [atMs: number, items: T[]])[] {
  const byTick = new Map<number, T[]>();
  for (const [item, remainingMs] of items) {
    const tick = Math.floor((nowMs + remainingMs) / tickTimeMs) + 1;
    const same = byTick.get(tick);
    if (same === undefined) byTick.set(tick, [item]);
    else same.push(item);
  }
  return [...byTick].sort(([a], [b]) => a - b).map(([tick, same]) => [tick * tickTimeMs, same]);
}
