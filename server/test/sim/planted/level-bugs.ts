import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';

/** Ways in which members of two releases could come to apply the same log differently. */
export const levelBugs: readonly PlantedBug[] = [
  {
    name: 'a snapshot forgets the feature level',
    file: 'server/src/replica/state-machine.ts',
    find: 'const extra = encodeExtra(this.#zxidBase, this.lastTimeMs, this.featureLevel);',
    replace: 'const extra = encodeExtra(this.#zxidBase, this.lastTimeMs, FIRST_LEVEL);',
  },
  {
    name: 'a snapshot forgets the feature level, and its digest does not tell',
    file: 'server/src/replica/state-machine.ts',
    find: 'const extra = encodeExtra(this.#zxidBase, this.lastTimeMs, this.featureLevel);',
    replace: 'const extra = encodeExtra(this.#zxidBase, this.lastTimeMs, FIRST_LEVEL);',
    also: [
      {
        file: 'server/src/replica/state-machine.ts',
        find: "const level = featureLevel === FIRST_LEVEL ? ''",
        replace: "const level = featureLevel > 0 ? ''",
      },
    ],
  },
  {
    name: 'a build applies what only a newer one can',
    file: 'server/src/replica/state-machine.ts',
    find: 'if (header.level > this.#levels.highest) throw new UnrunnableLevel(header.level, this.#levels);',
    replace: '',
  },
  {
    name: 'the feature level is raised though a member cannot run it',
    file: 'server/src/admin/feature-level.ts',
    find: 'if (old.length === 0) return undefined;',
    replace: 'if (old.length >= 0) return undefined;',
  },
  {
    name: 'the feature level is raised while a member is away',
    file: 'server/src/admin/feature-level.ts',
    find: 'if (away.length > 0) {',
    replace: 'if (away.length > members.length) {',
  },
];
