import { expect, test } from 'vitest';
import { Clients } from '../../src/connections/clients.ts';
import { StateMachine } from '../../src/replica/state-machine.ts';
import { type PlantedBug, withPlanted } from '../replica/plant.ts';
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
  return withPlanted(bug, async (load) =>
    firstComplaint(
      {
        Clients: (await load('connections/clients.ts')).Clients as typeof Clients,
        StateMachine: (await load('replica/state-machine.ts')).StateMachine as typeof StateMachine,
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
