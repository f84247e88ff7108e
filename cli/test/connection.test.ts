import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authority } from '../../testkit/src/certificates.ts';
import { clientTlsOf } from '../src/connection.ts';
import { authorizationOf } from '../src/members-http/authorization.ts';

type Leaf = Awaited<ReturnType<Authority['issue']>>;

const OWN = '127.0.0.1:2181';
let folder: string;
let authority: Authority;
let member: Leaf;
let other: Leaf;
/** Key, certificate and what vouches for it, as a member's own file has them. */
let file: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-cli-'));
  authority = await Authority.create();
  const subject = { subject: 'CN=demo', dns: ['demo.apps.svc'] };
  member = await authority.issue(subject);
  other = await authority.issue(subject);
  file = join(folder, 'clients.pem');
  writeFileSync(file, `${member.privateKey}${member.certificate}${authority.certificate}`);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** How a server that shows `leaf` is met on this machine. */
async function met(leaf: Leaf, certificates = leaf.certificate, serverCert = file): Promise<string> {
  const server = createServer({ key: leaf.privateKey, cert: certificates });
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const tls = clientTlsOf(OWN, { serverCert }, {});
  const socket = connect({ ...tls, host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  try {
    await once(socket, 'secureConnect');
    return 'connected';
  } catch (error) {
    return (error as Error).message;
  } finally {
    socket.destroy();
    server.close();
  }
}

describe('a certificate that is named', () => {
  test('makes whoever shows it the one who is meant, by whatever address', async () => {
    expect(await met(member, member.certificate + authority.certificate)).toBe('connected');
    expect(await met(member)).toBe('connected');
  });

  test('keeps everybody else out, whom the same authority vouches for under the same name, too', async () => {
    expect(await met(other, other.certificate + authority.certificate)).toMatch(/certificate/);
    expect(await met(other)).toMatch(/certificate/);
    // Whoever is vouched for by it does not show it.
    const authorities = join(folder, 'authority.pem');
    writeFileSync(authorities, authority.certificate);
    expect(await met(other, other.certificate, authorities)).toMatch(
      /^it shows another certificate than the one in /,
    );
  });

  test('is that of the servers that are asked where nothing else is said, by the variable', () => {
    const env = { ROOKERY_SERVER_CERT: file };
    expect(clientTlsOf(OWN, {}, env)).toHaveProperty('checkServerIdentity');
    expect(clientTlsOf('elsewhere:2181', {}, env)).toBeUndefined();
    expect(clientTlsOf('a:1', {}, { ...env, ROOKERY_SERVER: 'a:1' })).toHaveProperty('checkServerIdentity');
  });

  test('has to be there', () => {
    const none = join(folder, 'none.pem');
    expect(() => clientTlsOf(OWN, { serverCert: none }, {})).toThrow(`${none} cannot be read`);
    writeFileSync(none, 'nothing of the kind');
    expect(() => clientTlsOf(OWN, { serverCert: none }, {})).toThrow(`${none} has no certificate in PEM`);
  });
});

test('the token of /admin is taken from the option, else from the environment, else from the file that it names', () => {
  const [option, variable] = ['option', 'variable'].map((name) => {
    const path = join(folder, name);
    writeFileSync(path, `of-the-${name}\nand-the-next-one\n`);
    return path;
  });
  const env = { ROOKERY_ADMIN_TOKEN: 'of-the-environment', ROOKERY_ADMIN_TOKEN_FILE: variable };
  expect(authorizationOf(option, env)).toBe('Bearer of-the-option');
  expect(authorizationOf(undefined, env)).toBe('Bearer of-the-environment');
  expect(authorizationOf(undefined, { ROOKERY_ADMIN_TOKEN_FILE: variable })).toBe('Bearer of-the-variable');
  expect(authorizationOf(undefined, {})).toBeUndefined();
});
