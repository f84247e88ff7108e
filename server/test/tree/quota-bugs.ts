import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

export const QUOTA_BUGS: readonly PlantedBug[] = [
  {
    name: 'a delete does not give back',
    file: 'server/src/tree/quota-rules.ts',
    find: '  count(znodes, gone, path, start, end, -1, -Math.max(0, dataBytes));\n',
    replace: '',
  },
  {
    name: 'a delete gives back no bytes',
    file: 'server/src/tree/quota-rules.ts',
    find: 'start, end, -1, -Math.max(0, dataBytes));',
    replace: 'start, end, -1, 0);',
  },
  {
    name: 'a session that ends does not give back',
    file: 'server/src/tree/tree.ts',
    find: 'removeNode(this.znodes, outcome, this.lastZxid, ending.nextNode());',
    replace:
      'this.znodes.quotas.isActive = false; removeNode(this.znodes, outcome, this.lastZxid, ending.nextNode());',
  },
  {
    name: 'bytes are not counted by setData',
    file: 'server/src/tree/operations.ts',
    find: 'count(znodes, slot, bytes, pathStart, pathEnd, 0, moreBytes);',
    replace: 'count(znodes, slot, bytes, pathStart, pathEnd, 0, 0);',
  },
  {
    name: 'a hard limit of nodes is not enforced',
    file: 'server/src/tree/quota-rules.ts',
    find: 'if (looksAtCount && count > countLimit) {',
    replace: 'if (looksAtCount && count > countLimit && count < 0) {',
  },
  {
    name: 'a hard limit of bytes is not enforced',
    file: 'server/src/tree/quota-rules.ts',
    find: 'if (looksAtBytes && bytes > byteLimit) {',
    replace: 'if (looksAtBytes && bytes > byteLimit && bytes < 0) {',
  },
  {
    name: 'hard limits are enforced whatever the entry says',
    file: 'server/src/tree/quota-rules.ts',
    find: 'excess.isHard && enforcesQuotas;',
    replace: 'excess.isHard;',
  },
  {
    name: 'a soft limit is enforced',
    file: 'server/src/tree/quota-rules.ts',
    find: 'excess.isHard && enforcesQuotas;',
    replace: 'enforcesQuotas;',
  },
  {
    name: 'one node more than the limit may be',
    file: 'server/src/tree/quota-rules.ts',
    find: 'if (looksAtCount && count > countLimit) {',
    replace: 'if (looksAtCount && count > countLimit + 1) {',
  },
  {
    name: 'limits that are gone still hold',
    file: 'server/src/tree/znodes.ts',
    find: '    if (this.quotas.count > 0) this.quotas.remove(slot);\n',
    replace: '',
  },
  {
    name: 'limits that a multi has deleted and gives back do not hold any more',
    file: 'server/src/tree/znodes.ts',
    find: '    this.quotas.add(slot);\n',
    replace: '',
  },
  {
    name: 'a multi does not undo what stats say',
    file: 'server/src/tree/quota-rules.ts',
    find: '  znodes.beginChange(slot);\n  znodes.putData(slot, written, 0, length);\n  znodes.endChange(slot);\n',
    replace:
      '  const { undo } = znodes;\n  const { active } = undo;\n  undo.active = false;\n  znodes.beginChange(slot);\n  znodes.putData(slot, written, 0, length);\n  znodes.endChange(slot);\n  undo.active = active;\n',
  },
  {
    name: 'stats change without the digest',
    file: 'server/src/tree/quota-rules.ts',
    find: '  znodes.endChange(slot);\n',
    replace: '',
  },
  {
    name: 'the outermost quota counts, not the nearest',
    file: 'server/src/tree/quota-index.ts',
    find: 'if (byte === SLASH && at > start) found =',
    replace: 'if (byte === SLASH && at > start && found === NO_SLOT) found =',
  },
  {
    name: 'a path counts for one that only begins like it',
    file: 'server/src/tree/quota-index.ts',
    find: 'if (byte === SLASH && at > start) found',
    replace: 'if (at > start) found',
  },
  {
    name: 'what is below an inner quota is not below the outer one',
    file: 'server/src/tree/quota-count.ts',
    find: '    around.count += count;\n',
    replace: '',
  },
  {
    name: 'a count leaves out the node itself',
    file: 'server/src/tree/quota-count.ts',
    find: '    innermost.count++;\n',
    replace: '    if (slot !== this.#top) innermost.count++;\n',
  },
  {
    name: 'what a multi does after it has made stats is counted twice',
    file: 'server/src/tree/quota-rules.ts',
    find: '    uncounted.elsewhereCount += countDiff;\n',
    replace: '',
  },
  {
    name: 'a count takes the place of what a client says of it in the same multi',
    file: 'server/src/tree/operations.ts',
    find: '  if (isQuotaNode) statsSettled(znodes, slot, bytes, pathStart, pathEnd);\n',
    replace: '',
  },
  {
    name: 'what was there before quotas came into force is not counted',
    file: 'server/src/tree/tree.ts',
    find: '    if (quotas.count > 0) this.#count(this.#allStats());\n',
    replace: '',
  },
  {
    name: 'a loaded snapshot has no quotas',
    file: 'server/src/tree/znodes.ts',
    find: '    if (mayBeQuotaNode(path, start)) this.quotas.add(slot);\n',
    replace:
      '    if (this.index.find(path, 0, 1) !== -1 && mayBeQuotaNode(path, start)) this.quotas.add(slot);\n',
  },
  {
    name: 'a quota of the root is taken',
    file: 'server/src/tree/quota-rules.ts',
    find: 'if (!isAboutAPath(kind, pathStart, pathEnd) || ',
    replace: 'if (',
  },
];
