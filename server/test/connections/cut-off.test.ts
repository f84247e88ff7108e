import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestEnsemble, until } from './ensemble.ts';

let ensemble: TestEnsemble;

beforeAll(async () => {
  // Its members serve on for ten seconds without a leader.
  ensemble = await TestEnsemble.start(3, { syncLimit: 10 });
});

afterAll(async () => {
  await ensemble.stop();
});

test('a member that is cut off answers nobody any more whose session may have ended elsewhere, and serves the others', async () => {
  const [kept, ...others] = [...ensemble.followers, ensemble.leader] as const;
  const brief = await ensemble.session(kept!, 1_500);
  const long = await ensemble.session(kept!, 20_000);
  const connections = kept!.member.clients.counters;
  expect(connections.connections).toBe(2);
  await Promise.all(others.map((member) => member.stop()));
  await until(() => {
    brief.ping();
    brief.flush();
    return connections.connections === 1;
  });
  // It is the member's own doing, long before it stops to serve.
  expect(kept!.member.clients.serving).toBe(true);
  expect(kept!.log.of('warn', 'closed connections')[0]!.fields.reason).toContain(
    'the leader was not heard of for the timeout of a session',
  );
  expect(await long.data('/')).toBe('');
  await Promise.all(others.map((member) => member.start()));
});
