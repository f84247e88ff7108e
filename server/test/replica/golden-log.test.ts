import { readdirSync, readFileSync } from 'node:fs';
import { OpCode } from '@rookery/protocol';
import { EntryKind } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { emptyCommandHeader, readCommandHeader } from '../../src/model/command.ts';
import { digestsOf, formatEntries, readEntries } from './golden-log.ts';
import { newMachine, replay } from './replay.ts';

const folder = new URL('golden/', import.meta.url);
const releases = readdirSync(folder).flatMap((name) => /^log-(.+)\.txt$/.exec(name)?.[1] ?? []);

test('there is a golden log', () => {
  expect(releases.length).toBeGreaterThan(0);
});

describe.each(releases)('the log of release %s', (release) => {
  const entries = readEntries(`log-${release}.txt`);
  const golden = readFileSync(new URL(`digests-${release}.txt`, folder), 'utf8');

  test('replays to the same state, digests and codes', () => {
    expect(digestsOf(entries)).toBe(golden);
  });

  test('does so on every member, whatever its path index hashes with', () => {
    expect(digestsOf(entries, newMachine(0xdead_beef))).toBe(golden);
  });

  test('does not where one bit of a value is another', () => {
    const changed = entries.map((entry) => ({ ...entry, data: entry.data.slice() }));
    const target = changed.find(
      ({ kind, data }) => kind === EntryKind.command && opOf(data) === OpCode.create,
    )!;
    target.data[target.data.length - 40]! ^= 1;
    expect(digestsOf(changed)).not.toBe(golden);
  });

  test('holds commands of every kind, those that succeed and those that fail', () => {
    const codes = replay(newMachine(), entries);
    const seen = new Map<number, Set<number | '-'>>();
    entries.forEach(({ kind, data }, i) => {
      if (kind !== EntryKind.command) return;
      const op = opOf(data);
      seen.set(op, (seen.get(op) ?? new Set()).add(codes[i]!));
    });
    const {
      create,
      create2,
      setData,
      delete: remove,
      setAcl,
      multi,
      attachSession,
      closeSession,
      expireSession,
    } = OpCode;
    for (const op of [
      create,
      create2,
      setData,
      remove,
      setAcl,
      multi,
      attachSession,
      closeSession,
      expireSession,
    ]) {
      expect(seen.get(op)?.has(0), `operation ${op} succeeds`).toBe(true);
      expect(seen.get(op)!.size, `operation ${op} fails`).toBeGreaterThan(1);
    }
    if (release !== '0.1')
      expect([...seen.get(OpCode.setIdentities)!]).toEqual(expect.arrayContaining([0, -5]));
    expect(seen.get(OpCode.createSession)).toEqual(new Set([0]));
    expect(seen.get(OpCode.checkpoint)).toEqual(new Set([0]));
  });

  test('is written down as it was read', () => {
    expect(formatEntries(entries)).toBe(readFileSync(new URL(`log-${release}.txt`, folder), 'utf8'));
  });
});

function opOf(data: Uint8Array): number {
  const header = emptyCommandHeader();
  readCommandHeader(data, 0, header);
  return header.op;
}
