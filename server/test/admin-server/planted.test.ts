import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { wrongDoor } from './doors.ts';

const FILE = 'server/src/admin-server/stream-access.ts';

const BUGS: readonly PlantedBug[] = [
  {
    // CVE-2025-58457 of ZooKeeper.
    name: 'whoever has proved anything may have it',
    file: FILE,
    find: 'return maySeeAll(identities, rootAcl, isGuarded) ? undefined : NOT_PERMITTED;',
    replace: 'return undefined;',
  },
  {
    name: 'one of the permissions is enough',
    file: FILE,
    find: 'if (!isGuarded) return ALL.every(',
    replace: 'if (!isGuarded) return ALL.some(',
  },
  {
    name: 'one of the permissions is enough where a token is set',
    file: FILE,
    find: 'return named.length > 0 && ALL.every(',
    replace: 'return named.length > 0 && ALL.some(',
  },
  {
    name: 'everybody counts where a token is set',
    file: FILE,
    find: "rootAcl.filter(({ scheme }) => scheme !== 'world')",
    replace: 'rootAcl',
  },
  {
    name: 'a list that names nobody permits everything',
    file: FILE,
    find: 'named.length > 0 && ',
    replace: '',
  },
];

function complaintWith(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src', 'server/package.json'], bug, async ({ load }) =>
    wrongDoor((await load<typeof import('../../src/admin-server/stream-access.ts')>(FILE)).refusalOf),
  );
}

test('the copied sources pass without a bug', async () => {
  expect(await complaintWith(undefined)).toBeUndefined();
});

test.each(BUGS)('the doors notice that $name', async (bug) => {
  expect(await complaintWith(bug)).toBeDefined();
});
