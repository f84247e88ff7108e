import { describe, expect, test } from 'vitest';
import { blueprintOf } from '../../src/desired/blueprint.ts';
import { selectorLabels } from '../../src/desired/labels.ts';
import { networkPolicy } from '../../src/desired/network-policy.ts';
import { clusterOf, context } from './clusters.ts';

const rulesOf = (spec = {}) => networkPolicy(blueprintOf(clusterOf(spec), context))!.spec.ingress;
const ruleFor = (port: number, spec = {}) => {
  const rules = rulesOf(spec).filter(({ ports }) => ports.some((one) => one.port === port));
  expect(rules).toHaveLength(1);
  return rules[0]!;
};

describe('the NetworkPolicy', () => {
  test('lets everybody reach the client port where the spec names nobody', () => {
    expect(ruleFor(2181)).not.toHaveProperty('from');
  });

  test('lets only those reach it that the spec names', () => {
    const clientFrom = [{ podSelector: { matchLabels: { app: 'web' } } }];
    expect(ruleFor(2181, { networkPolicy: { clientFrom } }).from).toEqual(clientFrom);
  });

  test('keeps a selector without conditions, which selects everything', () => {
    const clientFrom = [{ namespaceSelector: {} }];
    expect(ruleFor(2181, { networkPolicy: { clientFrom } }).from).toEqual([{ namespaceSelector: {} }]);
  });

  test('lets only members of the same cluster and namespace reach the port between members', () => {
    expect(ruleFor(2888).from).toEqual([{ podSelector: { matchLabels: selectorLabels('demo') } }]);
  });

  test('lets members ask one another by HTTP, for whoever asks one of them about all', () => {
    expect(ruleFor(8080).from![0]).toEqual({ podSelector: { matchLabels: selectorLabels('demo') } });
  });

  test('lets nobody else reach the admin port by being in the namespace alone', () => {
    const others = ruleFor(8080).from!.slice(1);
    expect(others).toHaveLength(2);
    for (const peer of others) {
      expect(peer.namespaceSelector).toEqual({});
      expect(Object.keys(peer.podSelector ?? {})).not.toEqual([]);
    }
  });

  test('covers every port once, and every port of the pods', () => {
    expect(rulesOf().flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([2181, 2888, 8080]);
  });

  test('is not there where the spec does not want it', () => {
    expect(
      networkPolicy(blueprintOf(clusterOf({ networkPolicy: { enabled: false } }), context)),
    ).toBeUndefined();
  });
});
