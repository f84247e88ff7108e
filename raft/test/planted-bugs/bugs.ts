/** A mistake that implementations of Raft have made or could make, as one change of a source file. */
export interface PlantedBug {
  readonly name: string;
  /** Within raft/src. */
  readonly file: string;
  /** Occurs there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Seeds within which the simulation must notice it too; 0: it takes too many, the rules alone must. */
  readonly seeds: number;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'the bytes under way to a follower are not bounded',
    file: 'inflight.ts',
    find: 'this.#count === this.#sizes.length || this.#bytes >= this.#maxBytes',
    replace: 'this.#count === this.#sizes.length',
    seeds: 0,
  },
  {
    name: 'acknowledged bytes count as under way',
    file: 'inflight.ts',
    find: 'this.#bytes -= this.#sizes[this.#oldest] as number;',
    replace: '',
    seeds: 0,
  },
  {
    name: "an older term's entry commits by counting copies",
    file: 'commit.ts',
    find: 'index <= log.commit || log.termAt(index) !== node.term',
    replace: 'index <= log.commit',
    seeds: 150,
  },
  {
    name: 'a vote is forgotten by a restart',
    file: 'durability.ts',
    find: '{ term: node.term, vote: node.vote }',
    replace: '{ term: node.term, vote: 0 }',
    seeds: 150,
  },
  {
    name: 'a member votes after its disk was wiped',
    file: 'suspect.ts',
    find: 'if (node.isBlank) return false;',
    replace: '',
    seeds: 150,
  },
  {
    name: 'entries are acknowledged before they are durable',
    file: 'follower.ts',
    find: 'Math.min(node.matched, node.log.persisted)',
    replace: 'node.matched',
    seeds: 150,
  },
  {
    name: 'a vote leaves before it is durable',
    file: 'election.ts',
    find: 'if (granted && !preVote) sendOnceDurable(node, response);',
    replace: 'if (granted && !preVote) send(node, response);',
    seeds: 150,
  },
  {
    name: 'conflicting entries are kept',
    file: 'follower.ts',
    find: 'if (term === entry.term || term === -1) continue;',
    replace: 'if (term <= entry.term) continue;',
    seeds: 150,
  },
  {
    name: 'a vote goes to a log that is out of date',
    file: 'log.ts',
    find: 'return lastTerm > own || (lastTerm === own && lastIndex >= this.last);',
    replace: 'return lastTerm > own || lastIndex > 0;',
    seeds: 150,
  },
  {
    name: 'the length of a log decides before its last term',
    file: 'log.ts',
    find: 'lastTerm > own || (lastTerm === own && lastIndex >= this.last)',
    replace: 'lastIndex > this.last || (lastIndex === this.last && lastTerm >= own)',
    seeds: 150,
  },
  {
    name: 'a joint consensus commits by one majority',
    file: 'progress-quorum.ts',
    find: 'outgoing.length === 0 ? incoming :',
    replace: 'outgoing.length >= 0 ? incoming :',
    seeds: 150,
  },
  {
    name: 'an election in a joint consensus is won by one majority',
    file: 'quorum.ts',
    find: 'if (configuration.outgoing.length === 0 || incoming === Tally.lost) return incoming;',
    replace: 'if (configuration.outgoing.length >= 0 || incoming === Tally.lost) return incoming;',
    seeds: 150,
  },
  {
    name: 'the leader counts its own copy before it is durable',
    file: 'commit.ts',
    find: 'quorumReached(node, log.persisted, matchOf)',
    replace: 'quorumReached(node, log.last, matchOf)',
    seeds: 150,
  },
  {
    name: 'reads are answered without a round to a majority',
    file: 'read-index.ts',
    find: 'quorumReached(node, node.round, roundOf)',
    replace: '(roundOf, quorumReached, node.round)',
    seeds: 150,
  },
  {
    name: 'reads are answered before an entry of the own term has committed',
    file: 'read-index.ts',
    find: 'node.log.commit < node.termStart',
    replace: 'node.log.commit < 0',
    seeds: 150,
  },
  {
    name: 'a change of members begins before the previous one has committed',
    file: 'membership.ts',
    find: "if (isChangeInFlight(node)) return 'change-in-flight';",
    replace: '',
    seeds: 0,
  },
  {
    name: "a change of members begins before an entry of the leader's term has committed",
    file: 'membership.ts',
    find: "if (node.log.commit < node.termStart) return 'term-not-committed';",
    replace: '',
    seeds: 0,
  },
  {
    name: 'a configuration stays in force although its entry was cut off',
    file: 'follower.ts',
    find: 'node.configurations.truncateFrom(entry.index);',
    replace: '',
    seeds: 150,
  },
  {
    name: 'a suspect member votes',
    file: 'suspect.ts',
    find: 'return !node.suspect || isNewestOfAll(',
    replace: 'return node.id > 0 || isNewestOfAll(',
    seeds: 150,
  },
  {
    name: 'a suspect member trusts statuses that were told before the vote',
    file: 'suspect.ts',
    find: ' || status.term < minTerm',
    replace: '',
    seeds: 0,
  },
  {
    name: 'a suspect member is trusted again as soon as it hears of a leader',
    file: 'suspect.ts',
    find: 'node.catchUpIndex = message.lastIndex;',
    replace: 'node.catchUpIndex = 0;',
    seeds: 0,
  },
  {
    name: 'a member votes twice in a term',
    file: 'election.ts',
    find: 'return node.vote === candidate || (node.vote === 0 && node.leader === 0);',
    replace: 'return node.vote >= 0 || candidate > 0;',
    seeds: 150,
  },
  {
    name: 'a follower commits entries that were not compared with the leader',
    file: 'follower.ts',
    find: 'log.commitTo(Math.min(message.commit, node.matched));\n  contactLeader(node);\n  clear',
    replace: 'log.commitTo(Math.min(message.commit, log.last));\n  contactLeader(node);\n  clear',
    seeds: 0,
  },
  {
    name: 'what was cut off while it was being written counts as durable',
    file: 'log.ts',
    find: 'if (this.handed >= index) this.handed = index - 1;',
    replace: '',
    seeds: 150,
  },
  {
    name: 'a snapshot is acknowledged before it is durable',
    file: 'snapshot-receiver.ts',
    find: '  sendOnceDurable(node, {',
    replace: '  send(node, {',
    seeds: 150,
  },
  {
    name: 'entries above a snapshot are applied before it is installed',
    file: 'applying.ts',
    find: ' || durable.installing',
    replace: '',
    seeds: 150,
  },
  {
    name: 'what was read of a tail that was replaced meanwhile is applied',
    file: 'applying.ts',
    find: 'index >= log.first || log.termAt(index) !== term',
    replace: 'index > log.last',
    seeds: 0,
  },
  {
    name: 'what was read before it was committed is applied with what is',
    file: 'applying.ts',
    find: 'index > log.commit || index >= log.first',
    replace: 'index >= log.first',
    seeds: 0,
  },
  {
    name: 'a removed leader counts itself',
    file: 'progress-quorum.ts',
    find: 'const progress = id === node.id ? undefined : node.progress.get(id);',
    replace:
      'if (count === 0) node.scratch[count++] = own;\n    const progress = id === node.id ? undefined : node.progress.get(id);',
    seeds: 150,
  },
  {
    name: 'a leader that nobody hears of leads on',
    file: 'leadership.ts',
    find: 'if (quorumSilentTicks(node) >= node.options.electionTicks) becomeFollower(node, node.term);',
    replace: 'if (quorumSilentTicks(node) < 0) becomeFollower(node, node.term);',
    seeds: 0,
  },
];
