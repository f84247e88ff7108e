import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import type { Scenario } from './scenarios.ts';
import type { Violation, Walked } from './walk.ts';

const WORLDS = ['observed-world.ts', 'tls-world.ts'].map((file) => `operator/test/decide/${file}`);
const SOURCES = ['operator/src', 'operator/test/walk', ...WORLDS];

/** Each bug is found sooner. All states are looked at where there is no bug: walk.test.ts. */
const MOST_STATES = 20_000;

interface Subject {
  readonly walk: (scenario: Scenario, maxStates: number) => Walked;
  readonly WHOLE: readonly Scenario[];
}

/** The first rule that a copy of the operator, with the bug in it, breaks in one of these scenarios. */
function firstViolation(
  bug: PlantedBug | undefined,
  names: ReadonlySet<string>,
): Promise<Violation | undefined> {
  return withPlantedBug(SOURCES, bug, async ({ load }) => {
    const { walk } = await load<Subject>('operator/test/walk/walk.ts');
    const { WHOLE } = await load<Subject>('operator/test/walk/walked.ts');
    const scenarios = WHOLE.filter(({ name }) => names.has(name));
    expect(scenarios.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const scenario of scenarios) {
      const { violation } = walk(scenario, MOST_STATES);
      if (violation !== undefined) return violation;
    }
    return undefined;
  });
}

test('the copied sources pass without a bug', { timeout: 900_000 }, async () => {
  const all = new Set(PLANTED_BUGS.map(({ scenario }) => scenario));
  expect(await firstViolation(undefined, all)).toBeUndefined();
});

test.each(PLANTED_BUGS)('the walk notices that $name', async (bug) => {
  const violation = await firstViolation(bug, new Set([bug.scenario]));
  expect(violation).toBeDefined();
  const { rule, trace } = violation!;
  console.log([`${bug.name}\n  ${bug.scenario}`, ...trace, `→ ${rule}`].join('\n    '));
});
