import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

/** For runs of whole members, too. */
export const WRITER_FIRST: PlantedBug = {
  name: 'watchers hear of a change after its writer',
  file: 'server/src/replica/applier.ts',
  find: `    if (changes !== undefined) {
      this.#told = events.changed(result, this.#told, this.#steps);
      if (this.#told < changes.changeCount) return;
    }
    if (!machine.isAmid) this.#through(result);`,
  replace: `    if (!machine.isAmid) this.#through(result);
    if (changes !== undefined) this.#told = events.changed(result, this.#told, this.#steps);`,
};

/** Ways to lose, repeat or reorder requests on their way into the log, or never to answer one. */
export const REPLICA_BUGS: readonly PlantedBug[] = [
  {
    name: 'what was handed over under an older term does not go out again',
    file: 'server/src/replica/requests.ts',
    find: 'if (request.submittedTerm < term) {',
    replace: 'if (request.submittedTerm < 0) {',
  },
  {
    name: 'requests of an older term go out again before the first entry of the new one was applied',
    file: 'server/src/replica/forwarding.ts',
    find: 'if (appliedTerm !== term) return;',
    replace: 'if (appliedTerm !== term) requests.resolveOlderTerms(term);',
  },
  {
    name: 'a leader takes a forward of another term',
    file: 'server/src/replica/proposal-queue.ts',
    find: 'if (term !== this.#term || this.#term === 0) return;',
    replace: 'if (this.#term === 0) return;',
  },
  {
    name: 'what got lost with a link is not sent again',
    file: 'server/src/replica/requests.ts',
    find: '      if (request.submittedTerm !== term || request.requestNumber <= position) break;\n',
    replace: '      break;\n',
  },
  {
    name: 'requests are handed over on a new link before the leader said what it has',
    file: 'server/src/replica/forwarding.ts',
    find: 'if (raftId === this.#to) this.#term = 0;',
    replace: '',
  },
  {
    name: "a former leader's position takes the place of its successor's",
    file: 'server/src/replica/forwarding.ts',
    find: 'if (term < this.#parts.raft.term || term < this.#term) return;',
    replace: '',
  },
  {
    name: 'a position is sent again in the middle of a link',
    file: 'server/src/replica/replica.ts',
    find: '    if (!isKnown) {\n',
    replace: '    {\n',
  },
  {
    name: 'a member that a snapshot overtook while it applied is handed nothing any more',
    file: 'server/src/replica/replica.ts',
    find: '      this.raft.holdCommitted(false);\n',
    replace: '',
  },
  {
    name: 'requests that a snapshot overtook go out again',
    file: 'server/src/replica/replica.ts',
    find: 'this.requests.abandonHandedOver();',
    replace: '',
  },
  {
    name: 'requests that a snapshot overtook are forgotten without a word',
    file: 'server/src/replica/requests.ts',
    find: '      request.abandoned();\n',
    replace: '',
  },
  {
    name: 'an entry of an earlier life is taken for a request of this one',
    file: 'server/src/replica/requests.ts',
    find: 'this.last = numbers.before;',
    replace: 'this.last = 2 ** 31;',
  },
  {
    name: 'the entry of a request that was reported as abandoned is taken for the next one',
    file: 'server/src/replica/requests.ts',
    find: '      this.#forgottenTo = request.requestNumber;\n',
    replace: '',
  },
  WRITER_FIRST,
  {
    name: 'clients of a member that a snapshot overtook are left waiting for events',
    file: 'server/src/replica/replica.ts',
    find: '          this.#parts.events.overtaken();\n',
    replace: '',
  },
  {
    name: 'what was applied still takes room in the window',
    file: 'server/src/replica/requests.ts',
    find: '    this.handedOverBytes -= request.command.length;\n    if (this.#head',
    replace: '    if (this.#head',
  },
  {
    name: 'what the log refused of a batch is lost',
    file: 'server/src/replica/proposal-queue.ts',
    find: 'if (from > 0) this.#waiting = waiting.slice(from);',
    replace: 'this.#waiting = [];',
  },
];
