import { beforeEach, describe, expect, test } from 'vitest';
import type { Ask } from '../../src/ensemble-report/ask.ts';
import {
  type SessionPagesParts,
  sessionDetail,
  sessionPage,
} from '../../src/ensemble-report/session-pages.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { SessionTable } from '../../src/session/table.ts';
import { VirtualScheduler } from '../ports/virtual-scheduler.ts';

const LIST = { offset: 0, limit: 100, find: '' };

let sessions: SessionTable;
let scheduler: VirtualScheduler;
/** What each member knows of each session. */
let rows: Map<number, readonly object[]>;
/** Subjects that each member was asked about. */
let asked: [number, string][];
let found: Readonly<Record<number, { readonly ids: readonly number[]; readonly isCut: boolean }>>;

beforeEach(() => {
  sessions = new SessionTable();
  for (const id of [0x11, 0x12, 0x13])
    sessions.create(
      asSessionId(id),
      1_000,
      id,
      id === 0x12 ? [{ scheme: 'digest', id: 'Bob:aGFzaA==' }] : [],
    );
  scheduler = new VirtualScheduler();
  rows = new Map([
    [1, []],
    [2, []],
    [3, []],
  ]);
  found = { 1: { ids: [], isCut: false }, 2: { ids: [], isCut: false }, 3: { ids: [], isCut: false } };
  asked = [];
});

const ask = (async (serverId: number, subject: string) => {
  asked.push([serverId, subject]);
  const known = rows.get(serverId);
  if (known === undefined) return { ok: false, why: 'it is away' };
  if (subject === 'sessionsFound') return { ok: true, answer: found[serverId] };
  return { ok: true, answer: subject === 'sessions' ? { rows: known, isCut: false } : { paths: ['/w'] } };
}) as unknown as Ask;

const parts = (): SessionPagesParts => ({
  running: {
    machine: {
      sessions,
      tree: {
        ephemeralCountOf: (id: number) => id - 0x10,
        ephemeralSlots: () => [1, 2].values(),
        path: (slot: number) => `/e${slot}`,
      },
    },
  } as unknown as SessionPagesParts['running'],
  members: [1, 2, 3],
  ask,
  scheduler,
  bounds: { toldBytes: 10_000 },
});

const sorted = () => Float64Array.from([0x11, 0x12, 0x13]);

/** Turns of the loop pass until it is there. */
async function settled<T>(work: Promise<T>): Promise<T> {
  await scheduler.settle();
  return work;
}

const connection = (address: string, connectedAtMs: number) => ({
  ...{ address, connectedAtMs },
  isSecure: true,
  watches: 4,
});

describe('a page of sessions', () => {
  test('has of each what the log knows, the member that its client is at, and the leader', async () => {
    rows.set(2, [{ id: 0x11, connection: connection('10.0.0.1:5', 50), remainingMs: null }]);
    rows.set(3, [{ id: 0x11, connection: null, remainingMs: 700 }]);
    rows.set(1, [{ id: 0x13, connection: { ...connection('::1:5', 9), isOwn: true }, remainingMs: null }]);
    const page = await sessionPage(parts(), sorted(), LIST);
    expect(page.sessions[0]).toEqual({
      id: '0x11',
      timeoutMs: 1_000,
      remainingMs: 700,
      identities: [],
      member: 2,
      address: '10.0.0.1:5',
      isSecure: true,
      connectedAtMs: 50,
      isOwn: false,
      ephemerals: 1,
      watches: 4,
    });
    expect(page.sessions[2]).toMatchObject({ id: '0x13', isOwn: true });
    expect(page.sessions[1]).toMatchObject({
      id: '0x12',
      remainingMs: null,
      identities: [{ scheme: 'digest', id: 'Bob' }],
      ...{ member: null, address: null, isSecure: null, connectedAtMs: null, watches: null },
    });
    expect([page.total, page.silent, page.isCut]).toEqual([3, [], false]);
  });

  test('has the newer connection of a session that has just moved', async () => {
    rows.set(1, [{ id: 0x11, connection: connection('10.0.0.1:5', 90), remainingMs: null }]);
    rows.set(2, [{ id: 0x11, connection: connection('10.0.0.1:4', 80), remainingMs: null }]);
    const page = await sessionPage(parts(), sorted(), LIST);
    expect(page.sessions[0]).toMatchObject({ member: 1, address: '10.0.0.1:5' });
  });

  test('leaves out a session that ended while the others were asked', async () => {
    const page = sessionPage(parts(), sorted(), LIST);
    sessions.close(asSessionId(0x12));
    expect((await page).sessions.map(({ id }) => id)).toEqual(['0x11', '0x13']);
  });

  test('says who is silent, and asks nobody twice who is', async () => {
    rows.delete(3);
    const page = await settled(sessionPage(parts(), sorted(), { ...LIST, find: '0x1' }));
    expect([page.total, page.silent]).toEqual([3, [3]]);
    expect(asked.filter(([serverId]) => serverId === 3)).toEqual([[3, 'sessionsFound']]);
    expect((await sessionPage(parts(), sorted(), LIST)).silent).toEqual([3]);
  });
});

describe('what is looked for', () => {
  const idsOf = async (find: string): Promise<string[]> =>
    (await settled(sessionPage(parts(), sorted(), { ...LIST, find }))).sessions.map(({ id }) => id);

  test('is met by an id, a user or an address that a member knows; a hash of a password is none of it', async () => {
    found = { ...found, 2: { ids: [0x13, 0x99], isCut: false } };
    expect(await idsOf('0X12')).toEqual(['0x12', '0x13']);
    expect(await idsOf('digest:bob')).toEqual(['0x12', '0x13']);
    found = { ...found, 2: { ids: [], isCut: false } };
    expect(await idsOf('agfzaa')).toEqual([]);
    expect(await idsOf('nobody')).toEqual([]);
  });

  test('is counted whole, and said to be more where a member could not tell of all', async () => {
    found = { ...found, 1: { ids: [0x11, 0x12], isCut: true } };
    const page = await settled(sessionPage(parts(), sorted(), { offset: 1, limit: 1, find: '10.' }));
    expect([page.total, page.sessions.map(({ id }) => id), page.isCut]).toEqual([2, ['0x12'], true]);
  });
});

describe('one session', () => {
  test('has paths of its ephemeral nodes, and of what it watches where its client is', async () => {
    rows.set(2, [{ id: 0x11, connection: connection('10.0.0.1:5', 50), remainingMs: null }]);
    expect(await sessionDetail(parts(), asSessionId(0x11))).toMatchObject({
      member: 2,
      ephemeralPaths: ['/e1', '/e2'],
      watchedPaths: ['/w'],
    });
    expect(asked.filter(([, subject]) => subject === 'watchedPaths')).toEqual([[2, 'watchedPaths']]);
    expect(await sessionDetail(parts(), asSessionId(0x12))).toMatchObject({ member: null, watchedPaths: [] });
    expect(await sessionDetail(parts(), asSessionId(0x77))).toBeUndefined();
  });
});
