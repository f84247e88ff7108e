import { expect, test } from 'vitest';
import { ownNames } from '../../../src/http/v1/own-names.ts';

test('a member is called by where it listens, and by where members and clients find the members', () => {
  const members = [
    { host: 'Demo-Peer-0.team.svc', clientHost: 'demo-0.demo-headless.team.svc' },
    { host: 'zoo2.example' },
  ];
  expect([...ownNames({ http: { host: '::' }, members })].sort()).toEqual([
    '::',
    'demo-0.demo-headless.team.svc',
    'demo-peer-0.team.svc',
    'zoo2.example',
  ]);
});
