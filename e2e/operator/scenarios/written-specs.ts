import assert from 'node:assert/strict';
import { type Case, cases } from '../../../crds/test/cases.ts';
import { type Ask, withApi } from '../api.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { complaintOf } from '../verdict.ts';

/** As kubectl asks: a field that the schema does not have is an error. */
const STRICT = 'fieldValidation=Strict';

/** Tries one write of the table; of an update, what was there before is really there, and paused, so that no ensemble comes of it. */
async function tryWrite(
  ask: Ask,
  namespace: string,
  each: Case,
  number: number,
): Promise<string | undefined> {
  const all = `/apis/rookery.dev/v1/namespaces/${namespace}/coordinationclusters`;
  const name = each.name ?? `case-${number}`;
  const { before, spec } = each;
  const written = { ...coordinationCluster(name, {}), spec };
  if (before === undefined)
    return complaintOf(each, await ask('POST', `${all}?${STRICT}&dryRun=All`, written));
  const paused = { paused: true };
  const made = await ask('POST', `${all}?${STRICT}`, { ...written, spec: { ...before, ...paused } });
  if (made.code >= 300) return `${each.title}: what is updated cannot be made: ${JSON.stringify(made.body)}`;
  const value = { ...(spec as object), ...paused };
  const replaced = [{ op: 'replace', path: '/spec', value }];
  return complaintOf(each, await ask('PATCH', `${all}/${name}?${STRICT}&dryRun=All`, replaced));
}

export const writtenSpecs: Scenario = {
  name: 'the API server takes and refuses every write of the table of crds/test, with its words',
  fast: true,
  async run(_cluster, namespace) {
    const complaints = await withApi((ask) =>
      Promise.all(cases.map((each, number) => tryWrite(ask, namespace, each, number))),
    );
    const wrong = complaints.filter((complaint) => complaint !== undefined);
    if (wrong.length > 0) throw new Error(`${wrong.length} of ${cases.length} writes:\n${wrong.join('\n')}`);
    const count = (holds: (each: Case) => boolean): number => {
      const found = cases.filter(holds).length;
      assert.ok(found > 0, 'a table without rows shows nothing');
      return found;
    };
    const accepted = count(({ refused }) => refused === undefined);
    const byRules = count(({ refused }) => refused?.by === 'rule');
    const byKeywords = count(({ refused }) => refused?.by === 'keyword');
    const updates = count(({ before }) => before !== undefined);
    return `${accepted} taken, ${byRules} refused by CEL rules, ${byKeywords} by the schema; ${updates} of them updates`;
  },
};
