import { BROKEN_VERSION, type Edit, type Spec } from './catalogue.ts';
import type { Fault } from './faults.ts';
import { type Scenario, scenario } from './scenarios.ts';

const ONE = { replicas: 1 } as const;
const TWO = { replicas: 2, allowEvenReplicas: true } as const;
const THREE = { replicas: 3 } as const;
const FOUR = { replicas: 4, allowEvenReplicas: true } as const;
const FIVE = { replicas: 5 } as const;
const ONE_READ = { ...ONE, readReplicas: 1 } as const;
const THREE_READ = { ...THREE, readReplicas: 1 } as const;
const TWO_READ = { ...ONE, readReplicas: 2 } as const;
const NEWER = '1.1.0';
const LARGER = { storage: { size: '20Gi' } } as const;
const DELETED_TOO = { ...THREE, storage: { retention: { whenDeleted: 'Delete' } } } as const;

const newer = (spec: Spec, version = NEWER): Edit => ({ ...spec, version });

const ONE_SURVIVES = { lost: [1, 2] } as const;
/** The one with less than the other. */
const TWO_SURVIVE = { lost: [0, 1], areBack: true, behind: 2 } as const;

/** What nobody's fault interrupts. */
const undisturbed: readonly Scenario[] = [
  scenario('the first start of three', [THREE], { from: 'nothing' }),
  scenario('the first start of three, and five asked for meanwhile', [THREE, FIVE], { from: 'nothing' }),
  scenario('one becomes three', [ONE, THREE]),
  scenario('three become one', [THREE, ONE]),
  scenario('one becomes three becomes one', [ONE, THREE, ONE]),
  scenario('five become three', [FIVE, THREE]),
  scenario('another version of one', [ONE, newer(ONE)]),
  scenario('another version of two', [TWO, newer(TWO)]),
  scenario('another version of three', [THREE, newer(THREE)]),
  scenario('another version of five', [FIVE, newer(FIVE)]),
  scenario('a version that cannot run', [THREE, newer(THREE, BROKEN_VERSION)]),
  scenario('a version that cannot run, of one', [ONE, newer(ONE, BROKEN_VERSION)]),
  scenario('a version that cannot run, taken back', [THREE, newer(THREE, BROKEN_VERSION), THREE]),
  scenario('a first version that cannot run, put right', [newer(THREE, BROKEN_VERSION), THREE], {
    from: 'nothing',
  }),
  scenario('larger volumes', [THREE, { ...THREE, ...LARGER }]),
  scenario('larger volumes, taken back', [THREE, { ...THREE, ...LARGER }, THREE]),
  scenario('larger volumes for more members', [ONE, { ...THREE, ...LARGER }]),
  scenario('another version with larger volumes', [THREE, { ...THREE, ...LARGER, version: NEWER }]),
  scenario('another version for more members', [ONE, newer(THREE)]),
  scenario('another version for fewer members', [THREE, newer(ONE)]),
  scenario('more members of a version that cannot run, taken back', [
    ONE,
    newer(THREE, BROKEN_VERSION),
    THREE,
  ]),
  scenario('another version, and fewer members meanwhile', [THREE, newer(THREE), newer(ONE)]),
  scenario('paused with another version', [THREE, { ...THREE, version: NEWER, paused: true }]),
  scenario('paused with another version and fewer members, and not any more', [
    THREE,
    { ...ONE, version: NEWER, paused: true },
    newer(ONE),
  ]),
  scenario('deleted', [THREE, 'delete']),
  scenario('deleted with its volumes', [DELETED_TOO, 'delete']),
  scenario('deleted while another version comes', [
    DELETED_TOO,
    { ...DELETED_TOO, version: NEWER },
    'delete',
  ]),
  scenario('deleted, and made anew with fewer members', [THREE, 'delete', ONE]),
  scenario('a survivor asked for where there is a quorum', [THREE, 'force newest']),
  scenario('three of which one survives', [THREE, 'force newest'], { from: ONE_SURVIVES }),
  scenario('three of which one survives, and is never asked', [THREE], { from: ONE_SURVIVES }),
  scenario('three of which one survives, another version meanwhile', [THREE, 'force newest', newer(THREE)], {
    from: ONE_SURVIVES,
  }),
  scenario('three of which one survives, fewer members meanwhile', [THREE, 'force newest', ONE], {
    from: { lost: [0, 1] },
  }),
  scenario('four of which two survive, the one that has less named', [FOUR, 'force zk-2'], {
    from: TWO_SURVIVE,
  }),
];

const rotated: readonly Scenario[] = [
  scenario('another authority', [THREE, 'rotate']),
  scenario('another authority, and more members meanwhile', [ONE, 'rotate', THREE]),
  scenario('another authority, and fewer members meanwhile', [THREE, 'rotate', ONE]),
  scenario('another authority, and another version meanwhile', [TWO, 'rotate', newer(TWO)]),
];

/** Beside one member, so that what happens to it is not walked again. */
const reading: readonly Scenario[] = [
  scenario('the first start of one with a read replica', [ONE_READ], { from: 'nothing' }),
  scenario('a read replica is added, and taken away', [ONE, ONE_READ, ONE]),
  scenario('two read replicas are added, and one is taken away', [ONE, TWO_READ, ONE_READ]),
  scenario('another version with a read replica', [ONE_READ, newer(ONE_READ)]),
  scenario('another version with two read replicas', [TWO_READ, newer(TWO_READ)]),
  scenario('larger volumes with a read replica', [ONE_READ, { ...ONE_READ, ...LARGER }]),
  scenario('a read replica of a version that cannot run, taken back', [
    ONE_READ,
    newer(ONE_READ, BROKEN_VERSION),
    ONE_READ,
  ]),
  scenario('deleted with the volumes of its read replica', [{ ...DELETED_TOO, ...ONE_READ }, 'delete']),
];

const LOSES = { losses: 1, crashes: 1 } as const;

/** An answer is lost or a step forbidden, and the operator starts anew, each once and at any time. */
const unanswered: readonly Scenario[] = [
  scenario('the first start of three, and answers are lost', [THREE], { from: 'nothing', ...LOSES }),
  scenario('one becomes three becomes one, and answers are lost', [ONE, THREE, ONE], LOSES),
  scenario('another version of three, and answers are lost', [THREE, newer(THREE)], LOSES),
  scenario('larger volumes, and answers are lost', [THREE, { ...THREE, ...LARGER }], LOSES),
  scenario(
    'a version that cannot run, taken back, and answers are lost',
    [THREE, newer(THREE, BROKEN_VERSION), THREE],
    LOSES,
  ),
  scenario('another authority, and answers are lost', [THREE, 'rotate'], LOSES),
  scenario('a read replica is added, and answers are lost', [ONE, ONE_READ], LOSES),
  scenario('deleted with its volumes, and answers are lost', [DELETED_TOO, 'delete'], LOSES),
  scenario('three of which one survives, and answers are lost', [THREE, 'force newest'], {
    from: ONE_SURVIVES,
    ...LOSES,
  }),
];

const only = (faults: number, ...among: Fault[]) => ({ faults, among });

/** Faults that are found by few states, for what is walked often. */
const disturbed: readonly Scenario[] = [
  scenario('one, disturbed', [ONE], { faults: 1 }),
  scenario('three that lose a volume', [THREE], only(1, 'lost volume')),
  scenario('five that lose a volume and their leader', [FIVE], only(2, 'lost volume', 'other leader')),
  scenario(
    'another version of two, disturbed',
    [TWO, newer(TWO)],
    only(1, 'crash', 'other leader', 'slow member'),
  ),
  scenario(
    'another version of three, disturbed',
    [THREE, newer(THREE)],
    only(1, 'crash', 'other leader', 'slow member'),
  ),
  scenario('three become one, disturbed', [THREE, ONE], only(1, 'crash')),
  scenario('another authority, disturbed', [THREE, 'rotate'], only(1, 'eviction', 'unreachable member')),
  scenario(
    'a read replica is added, disturbed',
    [ONE, ONE_READ],
    only(1, 'crash', 'lost volume', 'eviction'),
  ),
  scenario(
    'a read replica is taken away, disturbed',
    [ONE_READ, ONE],
    only(1, 'crash', 'lost volume', 'eviction'),
  ),
  scenario('three of which one survives, disturbed', [THREE, 'force newest'], {
    from: ONE_SURVIVES,
    ...only(1, 'crash', 'eviction', 'unreachable member'),
  }),
];

/** In seconds. */
export const QUICK: readonly Scenario[] = [
  ...undisturbed,
  ...rotated,
  ...reading,
  ...unanswered,
  ...disturbed,
];

/** Survivors, where more is lost, and where others are named. */
const forced: readonly Scenario[] = [
  scenario('three of which one survives, with a read replica', [THREE_READ, 'force newest'], {
    from: ONE_SURVIVES,
  }),
  scenario('four of which two survive', [FOUR, 'force newest'], { from: TWO_SURVIVE }),
  scenario('three of which one survives, and any fault', [THREE, 'force newest'], {
    from: ONE_SURVIVES,
    faults: 1,
  }),
  scenario(
    'three that lose volumes, and a survivor asked for at any time',
    [THREE, 'force newest'],
    only(2, 'lost volume'),
  ),
  scenario('three that may come back, and one of them named', [THREE, 'force zk-0'], only(2, 'crash')),
  scenario(
    'four of which two survive, and the other one named meanwhile',
    [FOUR, 'force zk-3', 'force zk-2'],
    { from: TWO_SURVIVE, ...only(1, 'unreachable member') },
  ),
];

/** In minutes: everything that can go wrong once, and pairs of what goes wrong most. */
export const WHOLE: readonly Scenario[] = [
  ...QUICK,
  ...forced,
  scenario('another version of three, twice disturbed', [THREE, newer(THREE)], only(2, 'crash')),
  scenario('three, and any fault', [THREE], { faults: 1 }),
  scenario('the first start of three, and any fault', [THREE], { from: 'nothing', faults: 1 }),
  scenario('one becomes three, and any fault', [ONE, THREE], { faults: 1 }),
  scenario('three become one, and any fault', [THREE, ONE], { faults: 1 }),
  scenario('another version of two, and any fault', [TWO, newer(TWO)], { faults: 1 }),
  scenario('another version of three, and any fault', [THREE, newer(THREE)], { faults: 1 }),
  scenario('a version that cannot run, and any fault', [THREE, newer(THREE, BROKEN_VERSION)], { faults: 1 }),
  scenario(
    'a version that cannot run, taken back, and any fault',
    [THREE, newer(THREE, BROKEN_VERSION), THREE],
    {
      faults: 1,
    },
  ),
  scenario('larger volumes, and any fault', [THREE, { ...THREE, ...LARGER }], { faults: 1 }),
  scenario('deleted with its volumes, and any fault', [DELETED_TOO, 'delete'], { faults: 1 }),
  scenario('another version for fewer members, and any fault', [THREE, newer(ONE)], { faults: 1 }),
  scenario(
    'another version of five, disturbed',
    [FIVE, newer(FIVE)],
    only(1, 'crash', 'lost volume', 'other leader'),
  ),
  scenario('five become three, disturbed', [FIVE, THREE], only(1, 'crash', 'lost volume', 'other leader')),
  scenario('three, twice disturbed', [THREE], only(2, 'lost volume', 'crash', 'other leader')),
  scenario(
    'another version of three, twice disturbed by members',
    [THREE, newer(THREE)],
    only(2, 'crash', 'other leader', 'slow member'),
  ),
  scenario(
    'another version of three, twice disturbed by machines',
    [THREE, newer(THREE)],
    only(2, 'unreachable member', 'pod held up', 'crash'),
  ),
  scenario('one becomes three, twice disturbed', [ONE, THREE], only(2, 'crash', 'other leader')),
  scenario('another version of three with a read replica', [THREE_READ, newer(THREE_READ)]),
  scenario('three with a read replica become one without', [THREE_READ, ONE]),
  scenario('a read replica is added, and any fault', [ONE, ONE_READ], { faults: 1 }),
  scenario('a read replica is taken away, and any fault', [ONE_READ, ONE], { faults: 1 }),
  scenario('another version with a read replica, disturbed', [ONE_READ, newer(ONE_READ)], {
    ...only(1, 'crash', 'eviction', 'lost volume', 'slow member', 'pod held up'),
  }),
];
