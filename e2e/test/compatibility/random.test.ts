import { expect, test } from 'vitest';
import type { Request } from '../../compatibility/requests.ts';
import type { Step } from '../../compatibility/scenario.ts';
import { randomScenario } from '../../compatibility/scenarios/random.ts';

/** What a run plays without being asked for more. */
const played = Array.from({ length: 16 }, (_, i) => randomScenario(i + 1));

function stepsUnder(setup: string): readonly Step[] {
  return played.filter((each) => each.setup === setup).flatMap(({ steps }) => steps);
}

function requestsUnder(setup: string): readonly Request[] {
  return stepsUnder(setup).flatMap((step) => (step.kind === 'send' ? step.requests : []));
}

const texts = (requests: readonly Request[]): Set<string> =>
  new Set(
    requests.flatMap(({ parts }) => parts.flatMap((part) => ('text' in part ? (part.text ?? '') : []))),
  );

test('a seed is played in one way only', () => {
  expect(randomScenario(4)).toEqual(randomScenario(4));
  expect(randomScenario(4)).not.toEqual(randomScenario(8));
});

test('half of the seeds prove nothing but digests, and half of these are about quotas, too; the others are shared by SASL and TLS', () => {
  const setups = played.map(({ setup }) => setup);
  const kinds = ['plain', 'quotas', 'quotas enforced', 'sasl', 'tls'];
  expect(kinds.map((one) => setups.filter((each) => each === one).length)).toEqual([4, 2, 2, 4, 4]);
  expect(requestsUnder('plain').some(({ op }) => op === 'sasl')).toBe(false);
});

test.each(['sasl', 'tls'])('the seeds under %s prove, fail, and come back', (setup) => {
  const answers = requestsUnder(setup).flatMap(({ parts }) =>
    parts.flatMap((part) => ('saslResponse' in part ? [part.saslResponse.password === 'a guess'] : [])),
  );
  expect(new Set(answers)).toEqual(new Set([true, false]));
  const ways = stepsUnder(setup).flatMap((step) => (step.kind === 'connect' ? [step.fields] : []));
  expect(ways.some(({ session }) => session !== undefined)).toBe(true);
  const ops = new Set(requestsUnder(setup).map(({ op }) => op));
  for (const op of ['auth', 'sasl', 'whoAmI', 'setACL'] as const) expect(ops).toContain(op);
});

test('the seeds under TLS name subjects, and come with other certificates, at the other port and without TLS', () => {
  const named = texts(requestsUnder('tls'));
  for (const text of ['x509', 'CN=ann', 'CN=bob,OU=data,O=Acme', 'nonsense', 'auth']) {
    expect(named).toContain(text);
  }
  const ways = stepsUnder('tls').flatMap((step) => (step.kind === 'connect' ? [step.fields] : []));
  expect(ways.some(({ certificate }) => certificate === 'root')).toBe(true);
  expect(ways.some(({ by }) => by === 'plain TCP')).toBe(true);
  expect(ways.some(({ port, by }) => port === 'other' && by === undefined)).toBe(true);
});

test('the seeds about quotas make them, change them and look at them', () => {
  for (const setup of ['quotas', 'quotas enforced']) {
    const asked = requestsUnder(setup).flatMap(({ op, parts }) =>
      parts.flatMap((part) => ('quotaOf' in part ? [`${op} ${part.node}`] : [])),
    );
    for (const what of ['create /zookeeper_limits', 'create /zookeeper_stats', 'getData /zookeeper_stats'])
      expect(asked, setup).toContain(what);
  }
});
