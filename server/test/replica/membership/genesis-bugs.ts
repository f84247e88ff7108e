import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';

/** Ways to get genesis wrong, each of which gives a Raft id to two members, or to one that forgot its vote, or never completes. */
export const GENESIS_BUGS: readonly PlantedBug[] = [
  {
    name: 'a grant goes out again although a member runs Raft already',
    file: 'server/src/replica/membership/genesis.ts',
    find: "if (hello.clusterId === self.clusterId && hello.started) return { kind: 'start' };",
    replace: '',
  },
  {
    name: 'Raft starts before every voter holds the grant',
    file: 'server/src/replica/membership/genesis.ts',
    find: "if (empty.length === 0) return { kind: 'start' };",
    replace: "if (empty.length <= 1) return { kind: 'start' };",
  },
  {
    name: 'a member tells of its grant before it is durable',
    file: 'server/src/replica/membership/bootstrap.ts',
    find: 'storage.writeIdentity(identity).then(',
    replace: 'links.announce({ clusterId, raftId }); storage.writeIdentity(identity).then(',
  },
  {
    name: 'every voter may create a cluster',
    file: 'server/src/replica/membership/genesis.ts',
    find: 'if (self.serverId !== Math.min(...voters)) {',
    replace: 'if (self.serverId < 0) {',
  },
  {
    name: 'all members but the first are given one id',
    file: 'server/src/replica/membership/bootstrap.ts',
    find: 'return this.#voters.indexOf(serverId) + 1;',
    replace: 'return serverId === this.#voters[0] ? 1 : 2;',
  },
  {
    name: 'a member that ran Raft says after a restart that it did not',
    file: 'server/src/replica/membership/genesis.ts',
    find: 'if (self.started || (',
    replace: 'if ((',
  },
  {
    name: 'a grant is made once and not repeated for a member that stopped before it was durable',
    file: 'server/src/replica/membership/genesis.ts',
    find: "return { kind: 'grant', serverIds: empty.map((hello) => hello.serverId) };",
    replace:
      "return empty.length > 1 ? { kind: 'grant', serverIds: empty.map((hello) => hello.serverId) } : { kind: 'wait', reason: 'enough' };",
  },
];
