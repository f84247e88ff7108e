import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';

const file = 'server/src/tree/keeper-operations.ts';

/** Ways in which what ClickHouse Keeper writes beside ZooKeeper's operations could go wrong, for one member or for all. */
export const dialectBugs: readonly PlantedBug[] = [
  {
    name: 'a node that is tried to be removed stays',
    file,
    find: 'const err = applyDelete(znodes, outcome, context, write);',
    replace: 'const err: ErrorCode = ErrorCode.noNode;',
  },
  {
    name: 'a removal of all that is below forgets what is nearest to the end',
    file,
    find: 'return found.sort((a, b)',
    replace: 'return found.slice(0, Math.max(1, found.length - 1)).sort((a, b)',
  },
  {
    name: 'a create of what is there is refused',
    file: 'server/src/tree/operations.ts',
    find: 'if (write.op !== OpCode.createIfNotExists) return ErrorCode.nodeExists;',
    replace: 'return ErrorCode.nodeExists;',
  },
  {
    name: 'a check for a node that is not there finds none',
    file,
    find: 'return slot === NO_SLOT || isOther ? ErrorCode.ok : ErrorCode.nodeExists;',
    replace: 'return ErrorCode.ok;',
  },
];
