import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

const file = 'server/src/tree/keeper-operations.ts';

/** Of what ClickHouse Keeper writes beside ZooKeeper's operations. */
export const KEEPER_BUGS: readonly PlantedBug[] = [
  {
    name: 'a removal of all that is below a node begins with the node',
    file,
    find: 'a.path < b.path ? 1 : -1',
    replace: 'a.path < b.path ? -1 : 1',
  },
  {
    name: 'it removes one node more than it may',
    file,
    find: 'if (count > most ||',
    replace: 'if (count > most + 1 ||',
  },
  {
    name: 'it does not remove a node alone with a limit of 0',
    file,
    find: 'Math.max(1, limit)',
    replace: 'limit',
  },
  {
    name: 'it asks nobody for leave below the node that is named',
    file,
    find: 'if (nodes.int(at, Int.children) > 0 && !allowed',
    replace: 'if (at === top && nodes.int(at, Int.children) > 0 && !allowed',
  },
  {
    name: 'it goes on to what stands beside the node that is named',
    file,
    find: 'for (let at = slot; at !== top; at = nodes.int(at, Int.parent) as Slot) {',
    replace: 'for (let at = slot; at !== NO_SLOT; at = nodes.int(at, Int.parent) as Slot) {',
  },
  {
    name: 'a node that is tried to be removed goes with those below it',
    file,
    find: '    case ErrorCode.notEmpty:\n      result.isVoid = true;\n      return ErrorCode.ok;',
    replace: '    case ErrorCode.notEmpty:\n      return err;',
  },
  {
    name: 'whoever may not remove a node is told that it is gone',
    file,
    find: '    case ErrorCode.badVersion:\n    case ErrorCode.notEmpty:',
    replace: '    case ErrorCode.badVersion:\n    case ErrorCode.noAuth:\n    case ErrorCode.notEmpty:',
  },
  {
    name: 'a check for a node that is not there looks at no version',
    file,
    find: 'return slot === NO_SLOT || isOther ? ErrorCode.ok : ErrorCode.nodeExists;',
    replace: 'return slot === NO_SLOT ? ErrorCode.ok : ErrorCode.nodeExists;',
  },
  {
    name: 'a check tells of nodes that may not be read',
    file,
    find: 'if (slot !== NO_SLOT && !allowed(znodes, slot, Permission.read, identities)) return ErrorCode.noAuth;',
    replace: '',
  },
  {
    name: 'a check of a stat leaves out what is −1 in the node',
    file,
    find: 'wanted[field] !== ANYTHING && wanted[field] !== actual[field]',
    replace:
      'actual[field] !== ANYTHING && wanted[field] !== ANYTHING && field !== "pzxid" && wanted[field] !== actual[field]',
  },
  {
    name: 'a create of what is there already begins anew',
    file: 'server/src/tree/operations.ts',
    find: '    result.isVoid = true;\n    return ErrorCode.ok;\n  }\n  if (isEphemeral',
    replace: '    result.isVoid = true;\n  }\n  if (isEphemeral',
  },
  {
    name: 'a create of what is there already takes a number in its name',
    file: 'server/src/tree/create-mode.ts',
    find: '  if (write.op === OpCode.createIfNotExists && !isPlain(flags)) return true;\n',
    replace: '',
  },
];
