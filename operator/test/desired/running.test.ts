import { describe, expect, test } from 'vitest';
import { desired, type Running } from '../../src/desired/desired.ts';
import { planFor, wanted } from '../../src/desired/plan.ts';
import { runningOf } from '../../src/desired/running.ts';
import { type StatefulSet, statefulSet } from '../../src/desired/stateful-set.ts';
import { clusterOf, context } from './clusters.ts';

const set = statefulSet(planFor(clusterOf(), context));
const running: Running = {
  replicas: 3,
  image: 'registry.example.com/rookery-server:1.0.0',
  storageSize: '10Gi',
};

function changed(change: (copy: StatefulSet) => void): StatefulSet {
  const copy = structuredClone(set);
  change(copy);
  return copy;
}

describe('what runs', () => {
  test('is read from the StatefulSet that was applied', () => {
    expect(runningOf(set)).toEqual(running);
  });

  test('stays what it was when somebody scales the StatefulSet, or sets its image, by hand', () => {
    const drifted = changed(({ spec }) => {
      spec.replicas = 5;
      spec.template.spec!.containers[0]!.image = 'elsewhere:2.0.0';
    });
    expect(runningOf(drifted)).toEqual(running);
  });

  test.each([
    '{',
    '{}',
    '{"replicas":0,"image":"a"}',
    '{"replicas":"3","image":"a"}',
    '{"replicas":3}',
    'null',
  ])('is what the fields say where the annotation is %s', (text) => {
    const broken = changed(({ metadata }) => {
      Object.assign(metadata.annotations!, { 'rookery.dev/running': text });
    });
    expect(runningOf(broken)).toEqual(running);
  });

  test('is not known of a StatefulSet without the container of the members', () => {
    expect(
      runningOf({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'x' } }),
    ).toBeUndefined();
  });
});

describe('what runs and the spec says otherwise', () => {
  const spec = { version: '2.0.0', replicas: 5, storage: { size: '20Gi' } } as const;

  test('stays in every object', () => {
    const then = desired(clusterOf(), context);
    expect(desired(clusterOf(spec), { ...context, running })).toEqual(then);
  });

  test('is told by what the spec asks for', () => {
    expect(wanted(clusterOf(spec), context)).toEqual({
      replicas: 5,
      image: 'registry.example.com/rookery-server:2.0.0',
      storageSize: '20Gi',
    });
  });

  test('without a size the spec has it', () => {
    const { replicas, image } = running;
    const plan = planFor(clusterOf({ storage: { size: '20Gi' } }), {
      ...context,
      running: { replicas, image },
    });
    expect(plan.storageSize).toBe('20Gi');
  });
});
