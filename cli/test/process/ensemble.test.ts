import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import { Command, type Ended } from './command.ts';

let ensemble: Ensemble;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  ensemble = await Ensemble.start(rookery, { size: 3 });
  const { members } = ensemble;
  env = {
    ROOKERY_SERVER: members.map(({ endpoint: { host, port } }) => `${host}:${port}`).join(','),
    ROOKERY_ADMIN: members.map(({ plan }) => `127.0.0.1:${plan.adminPort}`).join(','),
  };
});

afterAll(() => ensemble.remove());

/** This machine may be busy: nobody is silent because of that. */
const run = (...argv: string[]): Promise<Ended> =>
  new Command([...argv, '--timeout', '20s'], env).ended();

async function json(...argv: string[]): Promise<Record<string, unknown>[]> {
  const { out } = await run(...argv, '--json');
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('an ensemble of three members', () => {
  test('is well, and its status says so in words, in numbers and by the exit code', async () => {
    const { code, out, err } = await run('status');
    expect(err).toBe('');
    expect(out).toMatch(
      /^3 members, member [123] leads in term \d+: any one voter may fail and writes go on\n/,
    );
    expect(code).toBe(0);
    const [status] = await json('status');
    expect(status).toMatchObject({
      state: 'well',
      quorum: { voters: 3, up: 3, needed: 2, margin: 1 },
      members: [1, 2, 3].map((id) => ({ id, votes: true, health: 'ready', by: 'admin', reason: '' })),
      notes: [],
    });
  });
});
