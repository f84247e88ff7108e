import type { Scenario } from './scenarios.ts';
import { walk } from './walk.ts';

/** Walks them one after the other, and prints what was seen. */
export function walkAll(scenarios: readonly Scenario[]): {
  readonly states: number;
  readonly transitions: number;
  /** Names of all ways in which it ends. */
  readonly ends: readonly string[];
  /** For people: the scenario, the rule that is broken, and how. */
  readonly violations: readonly string[];
} {
  let states = 0;
  let transitions = 0;
  const ends = new Map<string, number>();
  const violations: string[] = [];
  for (const scenario of scenarios) {
    const walked = walk(scenario);
    states += walked.states;
    transitions += walked.transitions;
    for (const [end, count] of walked.ends) ends.set(end, (ends.get(end) ?? 0) + count);
    if (walked.violation === undefined) continue;
    const { rule, trace } = walked.violation;
    violations.push([scenario.name, ...trace, `→ ${rule}`].join('\n  '));
  }
  const found = [...ends].map(([end, count]) => `${count} ${end}`).join(', ');
  console.log(`walk: ${states} states, ${transitions} transitions; ends: ${found}`);
  return { states, transitions, ends: [...ends.keys()], violations };
}
