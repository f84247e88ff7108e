import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { Clients } from '../../src/connections/clients.ts';
import { StateMachine } from '../../src/replica/state-machine.ts';
import { IDENTITY_BUGS } from './identity-bugs.ts';
import { IdentityWorld, type Subject } from './identity-world.ts';

const STEPS = 400;

function firstComplaint(subject: Subject, seeds: number): string | undefined {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      const world = new IdentityWorld(seed, subject);
      world.run(STEPS);
      const complaint = world.complaint();
      if (complaint !== undefined) return `identities, seed ${seed}: ${complaint}`;
    } catch (error) {
      return `identities, seed ${seed}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

test('each request is checked with what its own connection proved before it, and with nothing else', () => {
  expect(firstComplaint({ Clients, StateMachine }, 100)).toBeUndefined();
});

function complaint(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) =>
    firstComplaint(
      {
        ...(await load<{ Clients: typeof Clients }>('server/src/connections/clients.ts')),
        ...(await load<{ StateMachine: typeof StateMachine }>('server/src/replica/state-machine.ts')),
      },
      60,
    ),
  );
}

test('the copied sources pass without a bug', async () => {
  expect(await complaint(undefined)).toBeUndefined();
});

test.each(IDENTITY_BUGS)('the runs notice that $name', async (bug) => {
  expect(await complaint(bug)).toMatch(/identities, seed \d+:/);
});
