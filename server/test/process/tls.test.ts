import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Authority, type Issued } from '../../../testkit/src/certificates.ts';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { MountedFolder } from '../../../testkit/src/mounted-folder.ts';
import { ClientSession, ConnectionLost } from '../../../testkit/src/session.ts';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';

const ADMIN_TOKEN = 'a-token-of-some-length';
const WHO_AM_I = 107;

let folder: string;
let authority: Authority;
let issued: Issued;
let client: Issued;
let member: MemberProcess;
let securePort: number;
let stores: MountedFolder;

function mount(shown: Issued): void {
  const { certificate, privateKey } = shown;
  stores.replace({ 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': authority.certificate });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-tls-process-'));
  authority = await Authority.create();
  issued = await authority.issue({ subject: 'CN=member-1', ip: ['127.0.0.1'] });
  client = await authority.issue({ subject: 'CN=kafka,O=Acme' });
  stores = new MountedFolder(join(folder, 'tls'));
  mount(issued);
  securePort = await freePort();
  const { path } = stores;
  member = new MemberProcess(join(folder, 'member'), 1, await freePort(), [
    `secureClientPort=${securePort}`,
    `ssl.keyStore.location=${path}`,
    `ssl.trustStore.location=${path}`,
    'X509AuthenticationProvider.superUser=O=Acme,CN=kafka',
  ]);
  member.environment = {
    ROOKERY_HTTP_TLS_MODE: 'required',
    ROOKERY_HTTP_TLS_CLIENT_AUTH: 'none',
    ROOKERY_HTTP_TLS_KEY_STORE: path,
    ROOKERY_HTTP_TOKEN: ADMIN_TOKEN,
  };
});

afterEach(async () => {
  member.cleanUp();
  await member.exited();
  rmSync(folder, { recursive: true, force: true });
});

function endpoint(): Endpoint {
  const { certificate: cert, privateKey: key } = client;
  return { host: '127.0.0.1', port: securePort, tls: { ca: authority.certificate, cert, key } };
}

function https(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    request({ host: '127.0.0.1', port, path, ca: authority.certificate, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}

test('a zoo.cfg with stores serves clients at its secure port and callers of HTTPS, goes on through a rotation, and says which certificate it shows', async () => {
  member.start();
  const httpLine = await member.until('HTTP listening');
  const httpPort = Number(new URL(String(httpLine.url)).port);
  await member.serving();

  const session = await ClientSession.connect(endpoint());
  const who = (await session.request(WHO_AM_I)).body.toString('latin1');
  expect(who).toContain('x509');
  expect(who).toContain('O=Acme,CN=kafka');
  expect(who).toContain('super');

  const fingerprint = new X509Certificate(authority.certificate).fingerprint256;
  const certificates = async () => JSON.parse(await https(httpPort, '/admin/members')).self.certificates;
  expect(await certificates()).toMatchObject([
    { listener: 'clients', serial: issued.serial, issuer: 'CN=authority', trusted: [fingerprint] },
    { listener: 'HTTP', serial: issued.serial },
  ]);

  const next = await authority.issue({ subject: 'CN=member-1', ip: ['127.0.0.1'] });
  mount(next);
  await member.until('TLS certificate reloaded', { whom: 'clients' });
  await member.until('TLS certificate reloaded', { whom: 'HTTP' });
  const later = await ClientSession.connect(endpoint());
  expect(session.socket.destroyed).toBe(false);
  expect((await session.request(WHO_AM_I)).err).toBe(0);
  expect((await certificates())[0].serial).toBe(next.serial);
  const metrics = await https(httpPort, '/metrics');
  expect(metrics).toContain(`listener="clients",serial="${next.serial}"`);
  expect(metrics).toMatch(/^rookery_tls_handshakes_total 2$/m);

  await expect(ClientSession.connect({ host: '127.0.0.1', port: securePort })).rejects.toThrow(
    ConnectionLost,
  );
  await session.close();
  await later.close();
  expect(await member.drain()).toBe(0);
  await member.until('about to stop');
});

test('stores that cannot be used are one line on standard error, and exit 2', async () => {
  mount({ ...issued, privateKey: issued.certificate });
  member.start();
  expect(await member.exited()).toEqual([2, null]);
  expect(member.stderr).toBe(
    `rookery-server: TLS cannot be spoken: ${join(folder, 'tls')} holds no private key\n`,
  );
});
