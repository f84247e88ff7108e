/** A bug to plant: in `file` (under server/src) the only occurrence of `find` becomes `replace`. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'a rolled-back multi keeps the sequence numbers',
    file: 'tree/undo-log.ts',
    find: 'for (let i = 0; i < CONTENT_INTS; i++) ints[int + i] =',
    replace: 'for (let i = 0; i < CONTENT_INTS; i++) if (i !== 2) ints[int + i] =',
  },
  {
    name: 'a rolled-back delete stays deleted',
    file: 'tree/znodes.ts',
    find: '        this.#attach(slot);\n',
    replace: '',
  },
  {
    name: 'a rolled-back multi leaves its digest',
    file: 'tree/znodes.ts',
    find: '    this.digest.low = undo.digestLow;\n',
    replace: '',
  },
  {
    name: 'a multi overwrites data in place',
    file: 'tree/znodes.ts',
    find: 'if (undo.active) {\n      undo.dropData',
    replace: 'if (undo.active && oldRef === -9) {\n      undo.dropData',
  },
  {
    name: 'a multi is undone from its first step on',
    file: 'tree/znodes.ts',
    find: 'for (let step = undo.count - 1; step >= 0; step--)',
    replace: 'for (let step = 0; step < undo.count; step++)',
  },
  {
    name: 'deletes move no pzxid',
    file: 'tree/znodes.ts',
    find: 'nodes.int(parent, Int.children) - 1);\n    nodes.setReal(parent, Real.pzxid, zxid);',
    replace: 'nodes.int(parent, Int.children) - 1);',
  },
  {
    name: 'a deleted ephemeral is still its session’s',
    file: 'tree/znodes.ts',
    find: 'if (isEphemeral(owner)) this.ephemerals.remove(owner, slot);',
    replace: 'if (isEphemeral(owner)) this.ephemerals.of(owner);',
  },
  {
    name: 'a snapshot misses changes ahead of the walk',
    file: 'tree/znodes.ts',
    find: '  beginChange(slot: Slot): void {\n    this.observer?.beforeChange(slot);',
    replace: '  beginChange(slot: Slot): void {',
  },
  {
    name: 'a snapshot misses deletes ahead of the walk',
    file: 'tree/znodes.ts',
    find: '    this.observer?.beforeChange(slot);\n    this.digest.subtract(nodes, this.acls, slot);\n    const parent',
    replace: '    this.digest.subtract(nodes, this.acls, slot);\n    const parent',
  },
  {
    name: 'a snapshot has nodes created after it began',
    file: 'tree/snapshot-walk.ts',
    find: '<= this.#baseZxid;',
    replace: '< Number.POSITIVE_INFINITY;',
  },
  {
    name: 'a snapshot has a node twice',
    file: 'tree/snapshot-walk.ts',
    find: 'this.#ahead[slot >> 3]! |= 1 << (slot & 7);',
    replace: '',
  },
  {
    name: 'a snapshot shows the sessions of its end',
    file: 'tree/snapshot-walk.ts',
    find: 'this.#sessions = [...sessions.values()];',
    replace: 'this.#sessions = sessions.values() as unknown as Session[];',
  },
  {
    name: 'a loaded ephemeral belongs to nobody',
    file: 'tree/tree-loader.ts',
    find: 'this.#znodes.own(slot, node.owner);',
    replace: '',
  },
  {
    name: 'the index loses paths behind a removed one',
    file: 'tree/hash-cells.ts',
    find: 'if (((at - home) & mask) >= ((at - hole) & mask)) {',
    replace: 'if (home < 0) {',
  },
  {
    name: 'an ACL in use is forgotten',
    file: 'tree/acl-table.ts',
    find: 'if (--entry.users > 0) return;',
    replace: 'entry.users--;',
  },
  {
    name: 'the digest leaves the data out',
    file: 'tree/znodes.ts',
    find: 'start < 0 ? 0 : hashBytes(data, start, end, DATA_HASH_SEED)',
    replace: '0',
  },
  {
    name: 'the digest leaves the upper halves of zxids out',
    file: 'tree/digest.ts',
    find: 'words[INT_WORDS + 2 * field + 1] = Math.floor(value / TWO_32);',
    replace: '',
  },
  {
    name: 'the digest depends on where a node is kept',
    file: 'tree/znodes.ts',
    find: 'hashBytes(path, start, end, PATH_HASH_SEED)',
    replace: 'slot',
  },
  {
    name: 'empty pages of the byte store are never given back',
    file: 'tree/byte-store.ts',
    find: 'if (this.#used[page] === 0 &&',
    replace: 'if (this.#used[page] === -1 &&',
  },
  {
    name: 'a page of the byte store is handed out twice',
    file: 'tree/byte-store.ts',
    find: 'this.#free[page] = this.#words[page]![unit << 1]!;',
    replace: '',
  },
  {
    name: 'a version of −1 is refused',
    file: 'tree/operations.ts',
    find: 'return expected !== -1 && expected !== actual;',
    replace: 'return expected !== actual;',
  },
  {
    name: 'children of an ephemeral are allowed',
    file: 'tree/operations.ts',
    find: 'if (isEphemeral(nodes.real(parent, Real.owner))) return ErrorCode.noChildrenForEphemerals;',
    replace: '',
  },
  {
    name: 'a create looks at existence before the path’s form',
    file: 'tree/operations.ts',
    find: 'if (!write.pathValid) return ErrorCode.badArguments;\n\n  const start',
    replace: 'const start',
  },
];
