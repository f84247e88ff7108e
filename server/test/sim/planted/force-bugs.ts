import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';

/** Ways in which a cluster that was recovered by force could be mixed up with the former one, or be said to be there when it is not. */
export const forceBugs: readonly PlantedBug[] = [
  {
    name: 'a former member is heard after a forced recovery',
    file: 'server/src/replica/membership/forced-recovery.ts',
    find: "return kinship(self.recovery, other.recovery) === 'same';",
    replace: 'return self.clusterId === other.clusterId;',
  },
  {
    name: 'a forced configuration is told before it is written',
    file: 'server/src/storage/force-member.ts',
    find: '    storage.persist(forced.write,',
    replace:
      '    if (Math.random() < 2) return resolve({ recovery: forced.recovery, isNew: true });\n    storage.persist(forced.write,',
  },
  {
    name: 'who joins after a forced recovery is not told of it',
    file: 'server/src/replica/membership/bootstrap.ts',
    find: 'const genesis = recovery === undefined ? identity.genesis : { ...identity.genesis, recovery };',
    replace: 'const { genesis } = recovery === undefined ? identity : { ...identity, recovery };',
  },
  {
    name: 'a survivor forgets its forced recovery once a snapshot holds it',
    file: 'server/src/replica/membership/forced-recovery.ts',
    find: 'snapshot?.meta.configuration.recovery,',
    replace: '',
  },
  {
    name: 'a session from before a forced recovery goes on',
    file: 'server/src/session/table.ts',
    find: 'return id < this.#formerBelow;',
    replace: 'return false;',
  },
];
