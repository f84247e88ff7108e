import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { podsOfRelease, releases, wantedFor } from './released-pods.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');

test('every version that the changelog calls released is held to', () => {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const released = [...changelog.matchAll(/^## (\d+\.\d+\.\d+) — /gm)].map(([, version]) => version!);
  expect(released.length).toBeGreaterThan(0);
  expect(releases()).toEqual(expect.arrayContaining(released));
});

describe.each(releases())('an operator that follows that of %s makes no pod anew', (version) => {
  test.each(podsOfRelease(version))('$name', ({ spec, statefulSet }) => {
    const wanted = wantedFor(spec, statefulSet);
    expect(wanted.spec.template).toEqual(statefulSet.spec.template);
    expect(wanted.spec.replicas).toBe(statefulSet.spec.replicas);
    expect(wanted.spec.volumeClaimTemplates).toEqual(statefulSet.spec.volumeClaimTemplates);
  });
});
