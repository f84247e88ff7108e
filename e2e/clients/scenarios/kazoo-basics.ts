import { fileURLToPath } from 'node:url';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Program } from '../program.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

const script = fileURLToPath(new URL('../python/basics.py', import.meta.url));
const TIMEOUT_MS = 120_000;

export const kazooBasics: Scenario = {
  name: 'kazoo-basics',
  proves: 'kazoo creates, reads, changes, lists and deletes, alone and in transactions, on three members',
  against: bothSystems,
  needs: ['python'],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const hosts = connectString(ensemble.endpoints);
    const output = await new Program(context.python(), [script], { HOSTS: hosts }).success(TIMEOUT_MS);
    const count = Number(/^Ran (\d+) tests/m.exec(output)?.[1] ?? 0);
    if (count === 0) throw new Error(`no test ran:\n${output}`);
    return `${count} tests of kazoo`;
  },
};
