import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';

/** Ways in which such systems have lost or mixed up data, each in the layer where it would be made. */
export const bugs: readonly PlantedBug[] = [
  {
    name: 'a follower acknowledges what it has not synced',
    file: 'raft/src/follower.ts',
    find: 'const index = Math.min(matched, node.log.persisted);',
    replace: 'const index = matched;',
  },
  {
    name: 'the log says that it is written before the sync',
    file: 'server/src/storage/log/log.ts',
    find: 'this.#file.append(this.#writer.bytes, this.#writer.length, this.#position, this.#appended);',
    replace:
      'this.#file.append(this.#writer.bytes.slice(), this.#writer.length, this.#position, () => {}); queueMicrotask(() => this.#appended(undefined));',
  },
  {
    name: 'a vote leaves before it is durable',
    file: 'raft/src/election.ts',
    find: 'if (granted && !preVote) sendOnceDurable(node, response);',
    replace: 'if (granted && !preVote) send(node, response);',
  },
  {
    name: 'a vote is forgotten',
    file: 'server/src/storage/member/hard-state-file.ts',
    find: 'hardState: { term: reader.f64(), vote: reader.f64() },',
    replace: 'hardState: { term: reader.f64(), vote: reader.f64() * 0 },',
  },
  {
    name: 'term and vote are not synced',
    file: 'server/src/storage/member/hard-state-file.ts',
    find: 'this.#file.append(writer.bytes, SLOT_RECORD_BYTES, slotOffset(this.#sequence), this.#appended);',
    replace:
      'this.#file.write(writer.bytes.slice(0, SLOT_RECORD_BYTES), slotOffset(this.#sequence)).then(() => this.#appended(undefined), this.#appended);',
  },
  {
    name: 'a member with an empty disk gets its old id back',
    file: 'server/src/replica/membership/membership.ts',
    find: 'if (current !== undefined && current[1].instance === hello.instance) {',
    replace: 'if (current !== undefined) {',
  },
  {
    name: 'a suspect votes as if nothing had happened',
    file: 'raft/src/suspect.ts',
    find: 'return !node.suspect || isNewestOfAll(node, lastIndex, lastTerm, minTerm);',
    replace: 'return true;',
  },
  {
    name: 'a torn tail is cut without a mark',
    file: 'server/src/storage/log/log-recovery.ts',
    find: 'replay.state.suspect = true;',
    replace: '',
  },
  {
    name: 'a forwarded request is taken twice',
    file: 'server/src/replica/proposal-queue.ts',
    find: 'this.#waiting.push(command);',
    replace: 'this.#waiting.push(command, command);',
  },
  {
    name: 'requests of an older term are not sent again',
    file: 'server/src/replica/requests.ts',
    find: 'if (request.submittedTerm < term) {',
    replace: 'if (request.submittedTerm < term - 1_000_000) {',
  },
  {
    name: 'the word of a former leader on forwards is heeded',
    file: 'server/src/replica/forwarding.ts',
    find: 'if (term < this.#parts.raft.term || term < this.#term) return;',
    replace: '',
  },
  {
    name: 'a snapshot lacks the sessions',
    file: 'server/src/tree/snapshot-walk.ts',
    find: 'this.#sessions = [...sessions.values()];',
    replace: 'this.#sessions = [];',
  },
  {
    name: 'a snapshot shows nodes as they are when it comes to them',
    file: 'server/src/tree/snapshot-walk.ts',
    find: 'if (this.#isDue(slot)) this.#writeInLine(slot);',
    replace: '',
  },
  {
    name: 'entries are applied before they are committed',
    file: 'raft/src/applying.ts',
    find: 'return log.slice(from, log.endWithin(from, log.commit, options.maxMessageBytes));',
    replace: 'return log.slice(from, log.endWithin(from, log.last, options.maxMessageBytes));',
  },
  {
    name: 'entries that conflict with the leader are kept',
    file: 'raft/src/follower.ts',
    find: 'log.truncateFrom(entry.index);',
    replace: 'continue;',
  },
  {
    name: 'each member reads its own clock when it applies',
    file: 'server/src/replica/state-machine.ts',
    find: 'this.tree.apply(write, result.zxid, header.timeMs, header.session, identities);',
    replace: 'this.tree.apply(write, result.zxid, performance.now(), header.session, identities);',
  },
  {
    name: 'a sync does not wait for a round',
    file: 'server/src/replica/read-barrier.ts',
    find: 'this.#asking.push(waiter);',
    replace: 'waiter.reached();',
  },
  {
    name: 'a sync is answered before the tree has come so far',
    file: 'server/src/replica/read-barrier.ts',
    find: 'this.#confirmedWaiters[0]!.index <= appliedIndex',
    replace: 'appliedIndex >= 0',
  },
  {
    name: 'a read overtakes the writes before it',
    file: 'server/src/connections/request-pipeline.ts',
    find: 'if (this.#pending.length > 0) this.#wait(Waiting.turn, xid, op, copyRange(bytes, record, end));',
    replace:
      'if (this.#pending.length > 1_000_000) this.#wait(Waiting.turn, xid, op, copyRange(bytes, record, end));',
  },
];
