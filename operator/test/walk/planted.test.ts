import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import type { Scenario } from './scenarios.ts';
import type { Violation, Walked } from './walk.ts';

const SOURCES = ['operator/src', 'operator/test/walk', 'operator/test/decide/observed-world.ts'];

interface Subject {
  readonly walk: (scenario: Scenario) => Walked;
  readonly QUICK: readonly Scenario[];
}

/** What the walk says of a copy of the operator with the bug in it, and of which scenario it says so. */
function firstViolation(
  bug: PlantedBug | undefined,
): Promise<(Violation & { readonly scenario: string }) | undefined> {
  return withPlantedBug(SOURCES, bug, async ({ load }) => {
    const { walk } = await load<Subject>('operator/test/walk/walk.ts');
    const { QUICK } = await load<Subject>('operator/test/walk/walked.ts');
    for (const scenario of QUICK) {
      const { violation } = walk(scenario);
      if (violation !== undefined) return { ...violation, scenario: scenario.name };
    }
    return undefined;
  });
}

test('the copied sources pass without a bug', async () => {
  expect(await firstViolation(undefined)).toBeUndefined();
});

test.each(PLANTED_BUGS)('the walk notices that $name', async (bug) => {
  const violation = await firstViolation(bug);
  expect(violation).toBeDefined();
  const { scenario, rule, trace } = violation!;
  console.log([`${bug.name}\n  ${scenario}`, ...trace, `→ ${rule}`].join('\n    '));
});
