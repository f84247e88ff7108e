import { expect, test } from 'vitest';
import { loadFrom } from './load-from.ts';

const environment = (role: string): Record<string, string> => ({
  ROOKERY_PROVES_VERSION: 'true',
  ROOKERY_SERVER_ID: '2',
  ROOKERY_PEER_INSECURE: 'true',
  ROOKERY_MEMBERS: `1=a:2888;2181 2=b:2888:${role};2181`,
});

test('a learner may prove a version', () => {
  expect(loadFrom({ environment: environment('learner') }).config.provesVersion).toBe(true);
});

test('a voter may not: what it makes of the log counts', () => {
  expect(() => loadFrom({ environment: environment('voter') })).toThrow(
    'environment: ROOKERY_PROVES_VERSION: a member that proves a version is a learner',
  );
});
