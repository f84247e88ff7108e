import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';

/**
 * Ways in which members have stopped, or let memory and disks run full, under values of weight, disks that are full or hung, links that are cut and
 * clients that take without end. Two more are met by tests with real sockets alone, since runs have neither HTTP nor names: a probe that finds
 * no room, and a name that is not known yet.
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
    file: 'server/src/replica/peers/links.ts',
    find: 'splitter: new FrameSplitter(this.#bounds.peerFrameBytes),',
    replace: 'splitter: new FrameSplitter(this.#bounds.peerFrameBytes - 1024 * 1024),',
  },
  {
    name: 'a leader takes what its own disk does not',
    file: 'raft/src/replication.ts',
    find: 'const waiting = Math.max(leader.uncommittedBytes, log.unpersistedBytes);',
    replace: 'const waiting = leader.uncommittedBytes;',
  },
  {
    name: 'a member ends for want of a file descriptor',
    file: 'server/src/ports/disk.ts',
    find: 'export const isShortage = (error: unknown): boolean => isDiskFull(error) || isOutOfDescriptors(error);',
    replace: 'export const isShortage = (error: unknown): boolean => isDiskFull(error);',
  },
  {
    name: 'a member that was away serves before it has caught up',
    file: 'raft/src/catching-up.ts',
    find: 'if (this.#heardCommit === 0) this.#begin(commit, now);',
    replace: 'if (this.#heardCommit === 0) this.#begin(0, now);',
  },
  {
    name: 'what clients hold together is not bounded',
    file: 'server/src/connections/client-memory.ts',
    find: 'if (!this.isOver) return;\n    const greedy',
    replace: 'if (connections !== undefined) return;\n    const greedy',
  },
  {
    name: 'a log of heavy entries grows without a snapshot',
    file: 'server/src/replica/snapshots.ts',
    find: 'return appliedIndex >= this.#dueAt || appliedBytes >= this.#dueAtBytes;',
    replace: 'return appliedIndex >= this.#dueAt && appliedBytes >= 0;',
  },
  {
    name: 'a start reads the whole log into memory',
    file: 'raft/src/applying.ts',
    find: 'node.entriesReads.push({ to: node.id, from, maxBytes: options.maxMessageBytes });',
    replace: 'node.entriesReads.push({ to: node.id, from, maxBytes: options.maxMessageBytes * 1_000_000 });',
  },
  {
    name: 'no deletions are taken while disks are full',
    file: 'server/src/connections/admission.ts',
    find: 'if (room >= Room.scarce && !removesOnly(write)) {',
    replace: 'if (room >= Room.scarce) {',
  },
  {
    name: 'the numbers of the next opening are used before they are reserved',
    file: 'server/src/replica/number-reserve.ts',
    find: 'this.#storage.reserveBoot().then(',
    replace: 'Promise.resolve(Math.floor(lastUsed / 1_000) + 1).then(',
  },
  {
    name: 'a turn answers all that clients ask',
    file: 'server/src/connections/turns.ts',
    find: 'return this.isHeld || this.#spentBytes >= this.#bounds.turnBytes;',
    replace: 'return this.isHeld;',
  },
  {
    name: 'a turn applies all that is committed',
    file: 'server/src/replica/applier.ts',
    find: 'while (this.isBusy && !steps.areSpent) {',
    replace: 'while (this.isBusy) {',
  },
  {
    name: 'a client that does not read keeps its member busy',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'if (!wasPutOff) this.#parts.turns.wait(this.#waiter);',
    replace: 'this.#parts.turns.wait(this.#waiter);',
  },
  {
    name: 'a leader whose disk is full leads on',
    file: 'raft/src/fitness.ts',
    find: 'return node.durable.isRefused ? Fitness.full : node.declaredFitness;',
    replace: 'return Fitness.able;',
  },
  {
    name: 'a leader whose disk hangs leads on',
    file: 'raft/src/fitness.ts',
    find: 'return node.durable.writingTicks >= STALL_TIMEOUTS * node.options.electionTicks;',
    replace: 'return node.durable.writingTicks >= 1_000_000 * STALL_TIMEOUTS * node.options.electionTicks;',
  },
  {
    name: 'no room is made before a disk is full',
    file: 'server/src/replica/snapshots.ts',
    find: 'return storage.wouldMakeRoom(snapshotBytes);',
    replace: 'return false;',
  },
  {
    name: 'a snapshot that is being sent goes when newer ones come',
    file: 'server/src/replica/sent-snapshots.ts',
    find: 'return new Set([...this.#byMember.values()].map(({ index }) => index));',
    replace: 'return new Set();',
  },
  {
    name: 'a member believes a former leader that it is outdated',
    file: 'server/src/replica/membership/outdated-voices.ts',
    find: 'return voices.length > Math.floor(others.length / 2);',
    replace: 'return voices.length > 0;',
    also: [
      {
        file: 'server/src/replica/membership/membership.ts',
        find: 'hello.raftId <= view.configuration.index &&',
        replace: 'hello.raftId > 0 &&',
      },
      {
        file: 'server/src/replica/membership/outdated-voices.ts',
        find: 'if (term < lastTerm) return false;',
        replace: 'if (term < lastTerm - lastTerm) return false;',
      },
      {
        file: 'server/src/replica/membership/outdated-voices.ts',
        find: 'if (isLed) {',
        replace: 'if (isLed && lastTerm < 0) {',
      },
    ],
  },
  {
    name: 'who is cut off with its member is answered on',
    file: 'server/src/connections/connections.ts',
    find: 'if (clock.nowMs - client.toldMs < client.timeoutMs) continue;',
    replace: 'if (client.timeoutMs > 0) continue;',
  },
  {
    name: 'a member that was drained stays drained',
    file: 'server/src/admin/draining.ts',
    find: 'return this.#untilMs !== undefined && this.#clock.monotonicMs() < this.#untilMs;',
    replace: 'return this.#untilMs !== undefined;',
  },
];
