import { expect, test } from 'vitest';
import { certificates } from '../../../src/doctor/checks/certificates.ts';
import { NOW_MS, withMembers } from '../examined.ts';

const DAY_MS = 86_400_000;
const ending = (days: number) => ({
  certificates: [{ listener: 'clients', subject: 'CN=zk', endsMs: NOW_MS + days * DAY_MS }],
});

test('certificates that have ended, or end within 14 days', () => {
  const found = certificates(withMembers({ 1: ending(-1), 2: ending(13), 3: ending(15) }));
  expect(found).toMatchObject([{ members: [1] }, { members: [2] }]);
  expect(found.map(({ what }) => what)).toEqual([
    'The certificate that member 1 shows (clients) ended at 2025-12-31T00:00:00Z.',
    'The certificate that member 2 shows (clients) ends in 13d, at 2026-01-14T00:00:00Z.',
  ]);
});

test('a certificate that does not say when it ends is left out', () => {
  expect(certificates(withMembers({ 1: ending(Number.NaN) }))).toEqual([]);
});
