import { describe, expect, test } from 'vitest';
import { decideGenesis, type GenesisView } from '../../../src/replica/membership/genesis.ts';
import { helloOf } from '../hellos.ts';
import { allRows, describeRow, viewOf } from './genesis-table.ts';

const rows = allRows();

describe('genesis, in every combination of three members', () => {
  test('is the table that was reviewed', async () => {
    const table = `${rows.map(describeRow).join('\n')}\n`;
    await expect(table).toMatchFileSnapshot('golden/genesis-table.txt');
  });

  test('creates only at the least server id, with nobody absent, everybody empty, and all seeing the same processes', () => {
    const creating = rows.filter((row) => decideGenesis(viewOf(row)).kind === 'create');
    expect(creating).toHaveLength(1);
    const [row] = creating;
    expect(row?.serverId).toBe(1);
    expect([row?.self, ...(row?.others.values() ?? [])]).toEqual(['empty', 'empty', 'empty']);
    expect(row?.allSeeAll).toBe(true);
  });

  test('grants only what it holds itself, to the empty ones, with nobody absent, started or foreign', () => {
    const granting = rows.filter((row) => decideGenesis(viewOf(row)).kind === 'grant');
    expect(granting.length).toBeGreaterThan(0);
    for (const row of granting) {
      const others = [...row.others.values()];
      expect(row.self).toBe('granted');
      expect(others.every((other) => other === 'empty' || other === 'granted')).toBe(true);
      expect(row.allSeeAll).toBe(true);
      const empty = [...row.others].filter(([, other]) => other === 'empty').map(([serverId]) => serverId);
      expect(decideGenesis(viewOf(row))).toEqual({ kind: 'grant', serverIds: empty });
    }
  });

  test('has at most one member that grants: the least server id that holds the grant', () => {
    for (const row of rows) {
      if (decideGenesis(viewOf(row)).kind !== 'grant') continue;
      for (const [other, standing] of row.others) {
        if (standing === 'granted') expect(other).toBeGreaterThan(row.serverId);
      }
    }
  });

  test('starts Raft only at a member that holds a grant, and only once it is known that all do or one runs already', () => {
    for (const row of rows) {
      if (decideGenesis(viewOf(row)).kind !== 'start') continue;
      const others = [...row.others.values()];
      const known =
        row.self === 'started' || others.includes('started') || others.every((other) => other === 'granted');
      expect(row.self === 'empty' ? false : known, describeRow(row)).toBe(true);
    }
  });

  test('says who is missing and whose data are foreign', () => {
    for (const row of rows) {
      const step = decideGenesis(viewOf(row));
      if (step.kind !== 'wait' || row.self !== 'granted') continue;
      const absent = [...row.others].filter(([, other]) => other === 'absent').map(([serverId]) => serverId);
      if (absent.length > 0) expect(step.reason).toContain(`missing: ${absent.join(', ')}`);
      else if ([...row.others.values()].includes('foreign')) expect(step.reason).toContain('another cluster');
    }
  });
});

describe('genesis, beside the three voters', () => {
  const alone: GenesisView = { self: helloOf(1), expectedClusterId: '', voters: [1], hellos: new Map() };

  test('a standalone member creates its cluster without anybody, and starts with its grant', () => {
    expect(decideGenesis(alone)).toEqual({ kind: 'create' });
    expect(decideGenesis({ ...alone, self: helloOf(1, { clusterId: 'ours', raftId: 1 }) })).toEqual({
      kind: 'start',
    });
  });

  test('a learner that the file names neither creates nor is waited for', () => {
    const learner = { self: helloOf(4), expectedClusterId: '', voters: [1, 2, 3], hellos: new Map() };
    expect(decideGenesis(learner)).toMatchObject({ kind: 'wait', reason: expect.stringContaining('(4)') });
    const seen = (self: number) => new Map([1, 2, 3].filter((l) => l !== self).map((l) => [l, l * 100]));
    const voters = new Map([
      [2, helloOf(2, { seen: seen(2) })],
      [3, helloOf(3, { seen: seen(3) })],
    ]);
    expect(
      decideGenesis({ self: helloOf(1), expectedClusterId: '', voters: [1, 2, 3], hellos: voters }),
    ).toEqual({
      kind: 'create',
    });
  });

  test('a member that was told its cluster never begins another one, however empty all disks are', () => {
    const expectedClusterId = 'ours';
    const lost = { kind: 'wait', reason: expect.stringContaining('its cluster ours exists') };
    expect(decideGenesis({ ...alone, expectedClusterId })).toMatchObject(lost);
    const seen = (self: number) => new Map([1, 2, 3].filter((l) => l !== self).map((l) => [l, l * 100]));
    const hellos = new Map([2, 3].map((serverId) => [serverId, helloOf(serverId, { seen: seen(serverId) })]));
    const view = { self: helloOf(1), voters: [1, 2, 3], hellos };
    expect(decideGenesis({ ...view, expectedClusterId: '' })).toEqual({ kind: 'create' });
    expect(decideGenesis({ ...view, expectedClusterId })).toMatchObject(lost);
  });

  test('a learner that was admitted starts once a member of its cluster runs', () => {
    const self = helloOf(4, { clusterId: 'ours', raftId: 9 });
    const running = new Map([[2, helloOf(2, { clusterId: 'ours', raftId: 2, started: true })]]);
    expect(decideGenesis({ self, expectedClusterId: '', voters: [1, 2, 3], hellos: running })).toEqual({
      kind: 'start',
    });
    const foreign = new Map([[2, helloOf(2, { clusterId: 'theirs', raftId: 2, started: true })]]);
    expect(decideGenesis({ self, expectedClusterId: '', voters: [1, 2, 3], hellos: foreign }).kind).toBe(
      'wait',
    );
  });

  test('one voter that sees an earlier process at one address is enough to wait', () => {
    const seen = new Map([
      [1, 100],
      [3, 299],
    ]);
    const hellos = new Map([
      [2, helloOf(2, { seen })],
      [
        3,
        helloOf(3, {
          seen: new Map([
            [1, 100],
            [2, 200],
          ]),
        }),
      ],
    ]);
    expect(decideGenesis({ self: helloOf(1), expectedClusterId: '', voters: [1, 2, 3], hellos }).kind).toBe(
      'wait',
    );
    seen.set(3, 300);
    expect(decideGenesis({ self: helloOf(1), expectedClusterId: '', voters: [1, 2, 3], hellos }).kind).toBe(
      'create',
    );
  });
});
