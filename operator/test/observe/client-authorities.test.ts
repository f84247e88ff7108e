import { expect, test } from 'vitest';
import { Authority } from '../../../testkit/src/certificates.ts';
import { readClientAuthorities, type TlsSecret } from '../../src/observe/tls-secrets.ts';

const HOUR_MS = 3_600_000;

const secretOf = (data: Readonly<Record<string, string>>): TlsSecret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'clients', namespace: 'ns', uid: 'u', resourceVersion: '1' },
  data: Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  ),
});

test('of the authorities for what clients show, the one counts that ends last: another one comes before one goes', async () => {
  const now = Date.now();
  const root = await Authority.create();
  const [former, next] = [
    await root.issueAuthority({ subject: 'CN=former', notAfterMs: now + HOUR_MS }),
    await root.issueAuthority({ subject: 'CN=next', notAfterMs: now + 1_000 * HOUR_MS }),
  ];
  const bundle = `${former.certificate}${next.certificate}`;
  expect(readClientAuthorities('clients', secretOf({ 'ca.crt': bundle }))).toMatchObject({
    kind: 'there',
    name: 'clients',
    notAfter: `${new Date(now + 1_000 * HOUR_MS).toISOString().slice(0, 19)}Z`,
  });
});

test.each<readonly [string, TlsSecret | undefined, object]>([
  ['there is none', undefined, { kind: 'missing' }],
  ['it has another key alone', secretOf({ 'tls.crt': 'x' }), { why: 'its ca.crt holds no certificate' }],
  [
    'its ca.crt holds something else',
    secretOf({ 'ca.crt': 'x' }),
    { why: 'its ca.crt holds no certificate' },
  ],
  [
    'one of its certificates is none',
    secretOf({ 'ca.crt': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }),
    { why: 'it holds a certificate that cannot be read' },
  ],
])('the Secret of authorities for what clients show is of no use where %s', (_where, secret, expected) => {
  expect(readClientAuthorities('clients', secret)).toMatchObject({ name: 'clients', ...expected });
});
