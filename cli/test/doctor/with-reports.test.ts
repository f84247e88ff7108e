import { expect, test } from 'vitest';
import { certificates } from '../../src/doctor/checks/certificates.ts';
import { disk } from '../../src/doctor/checks/disk.ts';
import { withReports } from '../../src/doctor/with-reports.ts';
import { answer } from '../ensemble-status/answers.ts';
import { NOW_MS, report, withMembers } from './examined.ts';

const reported = report(3, {
  self: answer(3, {
    disk: { freeBytes: 1, room: 3 },
    certificates: [{ listener: 'clients', subject: '', endsMs: NOW_MS }],
  }).self,
});

test('a member whose HTTP is silent is examined by what it told another one', () => {
  const examined = withMembers({ 3: { health: 'silent', by: undefined, version: undefined } });
  const status = withReports(examined.status, [reported]);
  expect(status.members[2]).toMatchObject({ health: 'silent', version: '0.3.0' });
  const checked = { ...examined, status };
  expect([...disk(checked), ...certificates(checked)].map(({ members }) => members)).toEqual([[3], [3]]);
});

test('what a member says itself stays', () => {
  const { status } = withMembers({});
  expect(withReports(status, [reported])).toEqual(status);
});
