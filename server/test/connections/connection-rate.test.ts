import { afterEach, describe, expect, test } from 'vitest';
import { ConnectionRate } from '../../src/connections/connection-rate.ts';
import { TestEnsemble } from './ensemble.ts';

describe('how fast clients may come', () => {
  const taken = (rate: ConnectionRate, nowMs: number, count: number): number =>
    Array.from({ length: count }, () => rate.takes(nowMs)).filter(Boolean).length;

  test('is not bounded without tokens', () => {
    expect(taken(new ConnectionRate({ tokens: 0, fillMs: 1, fillCount: 1 }), 5, 1_000)).toBe(1_000);
  });

  test('is as many at once as there are tokens, and then as many as come back', () => {
    const rate = new ConnectionRate({ tokens: 10, fillMs: 100, fillCount: 2 });
    expect(taken(rate, 1_000, 50)).toBe(10);
    expect(taken(rate, 1_099, 50)).toBe(0);
    expect(taken(rate, 1_100, 50)).toBe(2);
    expect(taken(rate, 1_350, 50)).toBe(4);
    // What is left of a period counts for the next one.
    expect(taken(rate, 1_400, 50)).toBe(2);
    expect(taken(rate, 1_000_000, 50)).toBe(10);
  });
});

describe('a member', () => {
  let ensemble: TestEnsemble;

  afterEach(async () => {
    await ensemble.stop();
  });

  test('closes clients that come faster, says so and counts them; those that are there are served on', async () => {
    ensemble = await TestEnsemble.start(1);
    const [member] = ensemble.members;
    await member!.stop();
    const { client } = member!.config;
    const connectionRate = { tokens: 2, fillMs: 3_600_000, fillCount: 1 };
    Object.assign(member!.config, { client: { ...client, connectionRate } });
    await member!.start();
    await ensemble.settled();
    const first = await ensemble.session(member!);
    await ensemble.session(member!);
    const late = await ensemble.client(member!);
    late.greet().flush();
    await late.raw.closed();
    expect(late.raw.received).toHaveLength(0);
    expect((await first.ask(() => first.create('/a'))).err).toBe(0);
    const { counters } = member!.member.clients;
    expect(counters.refused).toBe(1);
    expect(member!.log.of('warn', 'clients come faster').length).toBe(1);
  });
});
