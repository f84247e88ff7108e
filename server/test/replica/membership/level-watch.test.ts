import type { Raft } from 'raft-ts-lite';
import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { FEATURE_LEVELS, FIRST_LEVEL_ONLY, type LevelRange } from '../../../src/model/feature-level.ts';
import { LevelWatch, unrunnableLevel } from '../../../src/replica/membership/level-watch.ts';
import type { Links } from '../../../src/replica/peers/links.ts';
import type { Hello } from '../../../src/replica/peers/peer-frames.ts';
import { genesis } from '../../storage/member.ts';
import { helloOf } from '../hellos.ts';

const CLUSTER = 'c';
const BOTH: LevelRange = { lowest: 1, highest: 2 };

/** A member of the cluster that runs these levels, at which that one is in force. */
function memberAt(serverId: number, featureLevel: number, levels = BOTH): Hello {
  return helloOf(serverId, {
    clusterId: CLUSTER,
    raftId: serverId,
    started: true,
    running: true,
    levels,
    featureLevel,
  });
}

const hellosOf = (...hellos: Hello[]): Map<number, Hello> =>
  new Map(hellos.map((hello) => [hello.serverId, hello]));

describe('that the ensemble is at a level that this build does not run', () => {
  const old = memberAt(1, 1, FIRST_LEVEL_ONLY);
  const levelAmong = (voters: number[], ...hellos: Hello[]): number | undefined =>
    unrunnableLevel(old, hellosOf(...hellos), () => voters);

  test('is believed of a majority of the other voters', () => {
    expect(levelAmong([1, 2, 3], memberAt(2, 2), memberAt(3, 2))).toBe(2);
    expect(levelAmong([1, 2], memberAt(2, 2))).toBe(2);
    // A learner is not one of them.
    expect(levelAmong([2], memberAt(2, 2))).toBe(2);
    expect(levelAmong([1, 2, 3, 4, 5], memberAt(2, 2), memberAt(3, 2), memberAt(4, 3))).toBe(3);
  });

  test.each([
    ['of one of two', [1, 2, 3], [memberAt(2, 2), memberAt(3, 1)]],
    ['of half of the others', [1, 2, 3, 4, 5], [memberAt(2, 2), memberAt(3, 2)]],
    ['of learners', [1, 2, 3], [memberAt(4, 2), memberAt(5, 2), memberAt(6, 2)]],
    ['of strangers', [1, 2], [helloOf(2, { clusterId: 'theirs', featureLevel: 2 })]],
    ['of who has no data', [1, 2], [helloOf(2, { featureLevel: 2 })]],
    ['of who does not know it yet', [1, 2], [memberAt(2, 0)]],
    ['of nobody', [1], []],
  ])('is not believed %s', (_who, voters, hellos) => {
    expect(levelAmong(voters, ...hellos)).toBeUndefined();
  });

  test('is believed by a process without data, too', () => {
    const blank = helloOf(4);
    expect(unrunnableLevel(blank, hellosOf(memberAt(1, 2), memberAt(2, 2)), () => [1, 2, 3])).toBe(2);
  });
});

describe('who is let in', () => {
  let log: KeptLog;
  let watch: LevelWatch;

  beforeEach(() => {
    log = new KeptLog();
    watch = new LevelWatch(FEATURE_LEVELS, { log, clock: { monotonicMs: () => 0, wallMs: () => 0 } });
  });

  test.each([
    ['runs what is in force here', memberAt(1, 2), memberAt(2, 1)],
    ['is ahead of here, where this one can follow', memberAt(1, 1), memberAt(2, 2)],
    [
      'does not know yet what is in force',
      memberAt(1, 1, FIRST_LEVEL_ONLY),
      memberAt(2, 0, { lowest: 1, highest: 3 }),
    ],
    ['has no data', memberAt(1, 1), helloOf(2)],
    [
      'is of another cluster, with which nothing is exchanged anyway',
      memberAt(1, 2),
      helloOf(2, { clusterId: 'theirs' }),
    ],
  ])('%s', (_who, self, other) => {
    expect(watch.admits(self, other)).toBe(true);
    expect(log.lines).toEqual([]);
  });

  test.each([
    ['cannot run what is in force here', memberAt(1, 2), helloOf(2)],
    ['is at what this one cannot run', memberAt(1, 1, FIRST_LEVEL_ONLY), memberAt(2, 2)],
    ['has forgotten what is in force here', memberAt(1, 1), memberAt(2, 0, { lowest: 2, highest: 3 })],
  ])('nobody who %s; the log says so once', (_who, self, other) => {
    expect(watch.admits(self, other)).toBe(false);
    expect(watch.admits(self, other)).toBe(false);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
    expect(log.lines[0]!.message).toContain('nothing is exchanged with it until both run a version that can');
  });
});

describe('what is in force here', () => {
  test('is told to the others and the log when it changes, also by a member that has joined anew', () => {
    const log = new KeptLog();
    const watch = new LevelWatch(FEATURE_LEVELS, { log, clock: { monotonicMs: () => 0, wallMs: () => 0 } });
    const running = {
      machine: { featureLevel: 1 },
      replica: { raft: { configuration: genesis } as Raft },
    };
    const newLinks = () => {
      const said: number[] = [];
      const links = {
        self: memberAt(1, 0),
        hellos: () => new Map(),
        announce: ({ featureLevel }: Partial<Hello>) => {
          said.push(featureLevel!);
          links.self = memberAt(1, featureLevel!);
        },
      };
      return { links: links as unknown as Links, said };
    };
    for (const { links, said } of [newLinks(), newLinks()]) {
      expect(watch.review(links, running, [])).toBeUndefined();
      watch.review(links, running, []);
      expect(said).toEqual([1]);
    }
    expect(log.of('info', 'feature level in force')).toHaveLength(2);
  });
});
