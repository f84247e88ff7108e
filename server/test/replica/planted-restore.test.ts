import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { runRestores, type Subject } from './restore-run.ts';

const MACHINE = 'server/src/replica/state-machine.ts';
const RESTORE = 'server/src/replica/restore.ts';

const BUGS: readonly PlantedBug[] = [
  {
    name: 'a chunk is applied twice',
    file: RESTORE,
    find: 'if (number !== open.chunks) return ErrorCode.badArguments;',
    replace: '',
  },
  {
    name: 'a session is left alive that is not in the snapshot',
    file: MACHINE,
    find: '    this.sessions = step.sessions;\n',
    replace: '',
  },
  {
    name: 'zxids go back to those of the snapshot',
    file: MACHINE,
    find: 'this.#zxidBase = Math.max(this.#zxidBase, step.zxid + 1 - index);',
    replace: 'this.#zxidBase = step.zxid + 1 - index - 2 ** 32;',
  },
  {
    name: 'steps of another restore count',
    file: RESTORE,
    find: 'if (open?.token !== token) return ErrorCode.badArguments;',
    replace: 'if (open === undefined) return ErrorCode.badArguments;',
  },
  {
    name: 'ephemeral nodes of restored sessions are not known',
    file: 'server/src/tree/znodes.ts',
    find: '    this.own(slot, owner);\n    return slot;\n',
    replace: '    return slot;\n',
  },
  {
    name: 'nodes of the snapshot are in no digest',
    file: 'server/src/tree/znodes.ts',
    find: '    this.endChange(slot);\n    this.own(slot, owner);\n',
    replace: '    this.own(slot, owner);\n',
  },
];

function complaintWith(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src', 'server/package.json'], bug, async ({ load }) => {
    const subject = await load<Subject>(MACHINE);
    try {
      for (let seed = 1; seed <= 10; seed++) runRestores(subject, seed);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  });
}

test('the copied sources pass without a bug', async () => {
  expect(await complaintWith(undefined)).toBeUndefined();
});

test.each(BUGS)('the runs notice that $name', async (bug) => {
  expect(await complaintWith(bug)).toBeDefined();
});
