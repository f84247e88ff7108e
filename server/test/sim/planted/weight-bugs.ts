import type { PlantedBug } from './mutant.ts';

/**
 * Ways in which members have stopped, or let memory and disks run full, under values of weight, disks that are full or hung, links that are cut and
 * clients that take without end. Three more are met by tests with real sockets alone, since runs have neither HTTP nor names nor a way to be
 * drained: a probe that finds no room, a name that is not known yet, and a member that stays drained.
 */
export const weightBugs: readonly PlantedBug[] = [
  {
    name: 'a member hands all that waits to a new leader at once',
    file: 'server/src/replica/requests.ts',
    find: 'if (this.handedOverBytes > 0 && this.handedOverBytes + length > windowBytes) break;',
    replace: '',
  },
  {
    name: 'all that is handed over goes in one frame',
    file: 'server/src/replica/requests.ts',
    find: 'end = endWithin(commands, from, frameBytes);',
    replace: 'end = frameBytes > 0 ? commands.length : from + 1;',
  },
  {
    name: 'members take no longer frames from each other than from clients',
    file: 'server/src/replica/links.ts',
    find: 'splitter: new FrameSplitter(this.bounds.peerFrameBytes),',
    replace: 'splitter: new FrameSplitter(this.bounds.peerFrameBytes - 1024 * 1024),',
  },
  {
    name: 'a leader takes what its own disk does not',
    file: 'raft/src/raft.ts',
    find: 'const waiting = Math.max(node.uncommittedBytes, node.log.unpersistedBytes);',
    replace: 'const waiting = node.uncommittedBytes;',
  },
  {
    name: 'a member ends for want of a file descriptor',
    file: 'server/src/storage/disk.ts',
    find: 'export const isShortage = (error: unknown): boolean => isDiskFull(error) || isOutOfDescriptors(error);',
    replace: 'export const isShortage = (error: unknown): boolean => isDiskFull(error);',
  },
  {
    name: 'a member that was away serves before it has caught up',
    file: 'raft/src/follower.ts',
    find: 'if (node.heardCommit === 0) node.caughtUpMark = message.commit;',
    replace: '',
  },
  {
    name: 'what clients hold together is not bounded',
    file: 'server/src/client/client-memory.ts',
    find: 'if (!this.isOver) return;\n    const greedy',
    replace: 'if (connections !== undefined) return;\n    const greedy',
  },
  {
    name: 'a log of heavy entries grows without a snapshot',
    file: 'server/src/replica/snapshots.ts',
    find: 'return appliedIndex >= this.dueAt || appliedBytes >= this.dueAtBytes;',
    replace: 'return appliedIndex >= this.dueAt && appliedBytes >= 0;',
  },
  {
    name: 'a start reads the whole log into memory',
    file: 'raft/src/applying.ts',
    find: 'node.entriesReads.push({ to: node.id, from, maxBytes: options.maxMessageBytes });',
    replace: 'node.entriesReads.push({ to: node.id, from, maxBytes: options.maxMessageBytes * 1_000_000 });',
  },
  {
    name: 'no deletions are taken while disks are full',
    file: 'server/src/client/admission.ts',
    find: 'if (room >= Room.scarce && !removesOnly(write)) {',
    replace: 'if (room >= Room.scarce) {',
  },
  {
    name: 'the numbers of the next opening are used before they are reserved',
    file: 'server/src/replica/number-reserve.ts',
    find: 'this.storage.reserveBoot().then(',
    replace: 'Promise.resolve((this.numbers as unknown as { end: number }).end / 1_000).then(',
  },
  {
    name: 'a turn answers all that clients ask',
    file: 'server/src/client/turns.ts',
    find: 'return this.isHeld || this.spentBytes >= this.bounds.turnBytes;',
    replace: 'return this.isHeld;',
  },
];
