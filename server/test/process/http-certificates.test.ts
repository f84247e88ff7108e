import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Authority, type Issued } from '../../../testkit/src/certificates.ts';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';

const ADMIN_TOKEN = 'a-token-of-some-length';

let folder: string;
let authority: Authority;
let member: MemberProcess;
let httpPort: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-http-certificates-'));
  authority = await Authority.create();
  const shown = await authority.issue({ subject: 'CN=member-1', ip: ['127.0.0.1'] });
  const stores = join(folder, 'tls');
  mkdirSync(stores);
  writeFileSync(join(stores, 'tls.crt'), shown.certificate);
  writeFileSync(join(stores, 'tls.key'), shown.privateKey);
  writeFileSync(join(stores, 'ca.crt'), authority.certificate);
  member = new MemberProcess(join(folder, 'member'), 1, await freePort(), []);
  member.environment = {
    ROOKERY_HTTP_TLS_MODE: 'required',
    ROOKERY_HTTP_TLS_CLIENT_AUTH: 'need',
    ROOKERY_HTTP_TLS_KEY_STORE: stores,
    ROOKERY_HTTP_TLS_TRUST_STORE: stores,
    ROOKERY_HTTP_TOKEN: ADMIN_TOKEN,
  };
  member.start();
  httpPort = Number(new URL(await member.url()).port);
  await member.serving();
});

afterEach(async () => {
  member.cleanUp();
  await member.exited();
  rmSync(folder, { recursive: true, force: true });
});

/** The status, or the code of what went wrong. */
function call(path: string, shown?: Issued): Promise<number | string> {
  const own = shown && { cert: shown.certificate, key: shown.privateKey };
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const to = { host: '127.0.0.1', port: httpPort, path, headers, agent: false };
    request({ ...to, ca: authority.certificate, ...own }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end();
  });
}

async function failures(shown: Issued): Promise<number> {
  const text = await new Promise<string>((resolve, reject) => {
    const to = { host: '127.0.0.1', port: httpPort, path: '/metrics', agent: false };
    const own = { ca: authority.certificate, cert: shown.certificate, key: shown.privateKey };
    request({ ...to, ...own }, async (answer) => {
      let all = '';
      for await (const chunk of answer.setEncoding('utf8')) all += chunk;
      resolve(all);
    })
      .on('error', reject)
      .end();
  });
  return Number(/^rookery_http_tls_handshake_failures_total (\d+)$/m.exec(text)?.[1]);
}

describe('HTTP that asks for certificates', () => {
  test('answers who shows one of its authority, and nobody else, whatever is asked and with the token, too', async () => {
    const caller = await authority.issue({ subject: 'CN=operator' });
    const elsewhere = await Authority.create('CN=elsewhere');
    const wrong = [
      undefined,
      await elsewhere.issue({ subject: 'CN=operator' }),
      await authority.issue({ subject: 'CN=operator', notAfterMs: Date.now() - 1_000 }),
    ];
    for (const shown of wrong)
      for (const path of ['/health/live', '/metrics', '/admin/members'])
        expect(await call(path, shown), path).toMatch(/^ECONNRESET$|^EPIPE$/);
    for (const path of ['/health/live', '/metrics', '/admin/members'])
      expect(await call(path, caller), path).toBe(200);
    expect(await failures(caller)).toBe(9);
    const said = member.log.find(({ msg }) => msg.includes('TLS handshake failed at the port for HTTP'));
    expect(said?.reason).toBe('it shows no certificate, and has to');
  });

  test('takes the drain and undrain of its own machine, which show the certificate of the member', async () => {
    expect(await member.drain()).toBe(0);
    await member.until('about to stop');
    expect(await member.drain('undrain')).toBe(0);
    // Whoever shows one of another authority is not let in, whatever the token.
    const others = join(folder, 'others');
    mkdirSync(others);
    const foreign = await (await Authority.create('CN=elsewhere')).issue({ subject: 'CN=member-1' });
    writeFileSync(join(others, 'tls.crt'), foreign.certificate);
    writeFileSync(join(others, 'tls.key'), foreign.privateKey);
    writeFileSync(join(others, 'ca.crt'), authority.certificate);
    member.environment = { ...member.environment, ROOKERY_HTTP_TLS_KEY_STORE: others };
    expect(await member.drain()).not.toBe(0);
  });
});
