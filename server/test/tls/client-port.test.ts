import { once } from 'node:events';
import { promises as files } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Authority, type Issued } from '../../../testkit/src/certificates.ts';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { MountedFolder } from '../../../testkit/src/mounted-folder.ts';
import type { TlsConfig } from '../../src/config/tls-config.ts';
import { ClientListener } from '../../src/platform/client-listener.ts';
import { systemClock } from '../../src/platform/machine.ts';
import { WatchedFiles } from '../../src/platform/watched-files.ts';
import type { ClientSocket } from '../../src/ports/client-socket.ts';
import { pathsOf } from '../../src/tls/store-files.ts';
import { TlsIdentity } from '../../src/tls/tls-identity.ts';
import { freePort } from '../platform/ports.ts';

let authority: Authority;
let stranger: Authority;
let first: Issued;
let second: Issued;
let client: Issued;
let folder: string;
let log: KeptLog;
let listener: ClientListener | undefined;
let watched: WatchedFiles | undefined;
let identity: TlsIdentity;
let port: number;
let accepted: ClientSocket[];
let data: MountedFolder;

beforeAll(async () => {
  authority = await Authority.create();
  stranger = await Authority.create('CN=stranger');
  first = await authority.issue({ subject: 'CN=member-1', ip: ['127.0.0.1'] });
  second = await authority.issue({ subject: 'CN=member-1', ip: ['127.0.0.1'] });
  client = await authority.issue({ subject: 'CN=kafka, O=Acme' });
});

function secret(issued: Issued, ca: string): Record<string, string> {
  return { 'tls.crt': issued.certificate, 'tls.key': issued.privateKey, 'ca.crt': ca };
}

beforeEach(async () => {
  folder = await files.mkdtemp(join(tmpdir(), 'rookery-tls-'));
  data = new MountedFolder(join(folder, 'data'));
  data.replace(secret(first, authority.certificate));
});

afterEach(async () => {
  watched?.stop();
  await listener?.stop();
  listener = undefined;
  await files.rm(folder, { recursive: true, force: true });
});

/** Echoes what clients send. */
async function start(change: Partial<TlsConfig> = {}, maxConnections = 1_000): Promise<void> {
  log = new KeptLog();
  accepted = [];
  const store = { path: data.path };
  const config: TlsConfig = {
    mode: 'required',
    keyStore: store,
    trustStore: store,
    clientAuth: 'need',
    protocols: ['TLSv1.2', 'TLSv1.3'],
    verifyHostname: false,
    handshakeTimeoutMs: 5_000,
    ...change,
  };
  identity = new TlsIdentity('clients', config, log);
  watched = new WatchedFiles(log);
  watched.watch(
    () => pathsOf(config),
    () => identity.reload(),
  );
  port = await freePort();
  listener = new ClientListener(
    { host: '127.0.0.1', port, maxConnectionsPerAddress: 0, maxConnections },
    (socket) => {
      accepted.push(socket);
      return { received: (chunk) => socket.write(chunk), drained: () => {}, closed: () => {} };
    },
    log,
    systemClock,
    { identity, handshakes: { total: 512, perAddress: 128 } },
  );
  await listener.start();
}

function dial(shown: Issued | 'no certificate' = client, options: object = {}): TLSSocket {
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: authority.certificate,
    ...(shown === 'no certificate' ? {} : { cert: shown.certificate, key: shown.privateKey }),
    ...options,
  });
  socket.on('error', () => {});
  return socket;
}

/** The text that comes back, of one message. */
async function echo(socket: TLSSocket | ReturnType<typeof connectPlain>, text: string): Promise<string> {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  socket.write(Buffer.concat([length, Buffer.from(text)]));
  let echoed = '';
  while (echoed.length < 4 + text.length) echoed += String(((await once(socket, 'data')) as [Buffer])[0]);
  return echoed.slice(4);
}

/** Settles once the connection is closed; what was received until then. */
async function closed(socket: TLSSocket | ReturnType<typeof connectPlain>): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  // `once` of node:events would reject where the other end resets it.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

/** Settles once so many are not through their handshakes. */
async function pending(count: number): Promise<void> {
  while (listener?.tlsPending !== count) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a client with TLS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is served by %s, under the subject of its certificate',
    async (version) => {
      await start();
      const socket = dial(client, { minVersion: version, maxVersion: version });
      expect(await echo(socket, 'hello')).toBe('hello');
      expect(accepted[0]?.certificateSubject).toBe('O=Acme,CN=kafka');
      expect(socket.getProtocol()).toBe(version);
      expect(listener?.tlsHandshakes).toBe(1);
      socket.destroy();
    },
  );

  test('that shows none, one of another authority, or one that has ended, is closed before it is heard, and the log says why', async () => {
    await start();
    const ended = await authority.issue({ subject: 'CN=late', notAfterMs: Date.now() - 1_000 });
    const foreign = await stranger.issue({ subject: 'CN=kafka, O=Acme' });
    for (const shown of ['no certificate', foreign, ended] as const) {
      const socket = dial(shown);
      socket.write('hello');
      expect(await closed(socket)).toBe('');
    }
    expect(accepted).toEqual([]);
    expect(listener?.tlsFailures).toBe(3);
    const line = log.lines.find(({ message }) => message.includes('TLS handshake failed'));
    expect(line?.fields.reason).toBe('it shows no certificate, and has to');
  });

  test('whose certificate says nobody’s name is closed, as in ZooKeeper; by another name than a subject it is known as nobody', async () => {
    await start();
    expect(await closed(dial(await authority.issue({ subject: [] })))).toBe('');
    const line = log.lines.find(({ message }) => message.includes('TLS handshake failed'));
    expect(line?.fields.reason).toMatch(/^its certificate has no subject, by which clients are known/);
    const socket = dial(await authority.issue({ subject: [], dns: ['host'] }));
    expect(await echo(socket, 'hello')).toBe('hello');
    expect(accepted.map(({ certificateSubject }) => certificateSubject)).toEqual(['']);
    socket.destroy();
  });

  test('that was revoked is closed', async () => {
    const list = await authority.revoke(client);
    await files.writeFile(join(folder, 'revoked.pem'), list);
    await start({ crlFile: join(folder, 'revoked.pem') });
    const other = await authority.issue({ subject: 'CN=other' });
    expect(await closed(dial(client))).toBe('');
    const socket = dial(other);
    expect(await echo(socket, 'hello')).toBe('hello');
    socket.destroy();
  });

  test('need not show one where it is only wanted; what it shows is verified all the same', async () => {
    await start({ clientAuth: 'want' });
    const socket = dial('no certificate');
    expect(await echo(socket, 'hello')).toBe('hello');
    expect(accepted[0]?.certificateSubject).toBeUndefined();
    socket.destroy();
    expect(await closed(dial(await stranger.issue({ subject: 'CN=x' })))).toBe('');
  });

  test('of a host that its certificate does not name is closed where that is asked for', async () => {
    await start({ verifyHostname: true });
    expect(await closed(dial(client))).toBe('');
    const socket = dial(await authority.issue({ subject: 'CN=kafka', ip: ['127.0.0.1'] }));
    expect(await echo(socket, 'hello')).toBe('hello');
    socket.destroy();
  });
});

describe('a client without TLS', () => {
  test('is served at a port that takes both, from its first byte on', async () => {
    await start({ mode: 'optional' });
    const plain = connectPlain(port, '127.0.0.1');
    expect(await echo(plain, 'plain words')).toBe('plain words');
    const secured = dial();
    expect(await echo(secured, 'sealed words')).toBe('sealed words');
    plain.destroy();
    secured.destroy();
  });

  test('is closed at a port that asks for TLS, and the log says why', async () => {
    await start();
    const plain = connectPlain(port, '127.0.0.1');
    plain.on('error', () => {});
    plain.write('\0\0\0\0');
    await closed(plain);
    expect(log.lines.at(-1)?.fields.reason).toBe('it does not speak TLS, which is required here');
  });
});

test('who does not get through the handshake is closed in time, also one that sends byte by byte', async () => {
  await start({ handshakeTimeoutMs: 200 });
  const silent = connectPlain(port, '127.0.0.1');
  const slow = connectPlain(port, '127.0.0.1');
  for (const socket of [silent, slow]) socket.on('error', () => {});
  slow.write(Buffer.from([0x16]));
  const drip = setInterval(() => slow.write(Buffer.from([0x03])), 20);
  await Promise.all([closed(silent), closed(slow)]);
  clearInterval(drip);
  expect(accepted).toEqual([]);
  // Each of them once.
  expect([listener?.tlsFailures, listener?.tlsPending]).toEqual([2, 0]);
});

test('who goes away in the middle of a handshake is counted once, and named by its address', async () => {
  await start();
  const gone = connectPlain(port, '127.0.0.1');
  gone.write(Buffer.from([0x16, 0x03]));
  await pending(1);
  await new Promise((resolve) => setImmediate(resolve));
  gone.resetAndDestroy();
  await pending(0);
  await new Promise((resolve) => setImmediate(resolve));
  expect(listener?.tlsFailures).toBe(1);
  const line = log.lines.find(({ message }) => message.includes('TLS handshake failed'));
  expect(line?.fields.address).toBe('127.0.0.1');
});

test('who stops in the middle of a handshake gives way where all places are taken', async () => {
  await start({ handshakeTimeoutMs: 100_000 }, 5);
  const half = Array.from({ length: 5 }, () => connectPlain(port, '127.0.0.1'));
  for (const socket of half) socket.on('error', () => {}).write(Buffer.from([0x16, 0x03]));
  await pending(5);
  const served = async (): Promise<boolean> => {
    const socket = dial();
    socket.write('hello');
    const isServed = await new Promise<boolean>((resolve) => {
      socket.once('data', () => resolve(true)).once('close', () => resolve(false));
    });
    socket.destroy();
    return isServed;
  };
  while (!(await served())) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(listener?.tlsPending).toBe(4);
  for (const socket of half) socket.destroy();
});

describe('files that change', () => {
  const serialOf = async (): Promise<string> => {
    const socket = dial();
    await once(socket, 'secureConnect');
    const serial = socket.getPeerX509Certificate()!.serialNumber;
    socket.destroy();
    return serial;
  };
  const reloaded = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  test('are shown to new clients once the link is swapped, and open connections go on', async () => {
    await start();
    const open = dial();
    expect(await echo(open, 'before')).toBe('before');
    expect(await serialOf()).toBe(first.serial);
    data.replace(secret(second, authority.certificate));
    await reloaded(() => identity.reloads === 1);
    expect(await serialOf()).toBe(second.serial);
    expect(await echo(open, 'after')).toBe('after');
    expect(identity.shown.serial).toBe(second.serial);
    open.destroy();
  });

  test('that are broken change nothing, are counted and told of, and are taken over once they are whole', async () => {
    await start();
    data.replace({ ...secret(second, authority.certificate), 'tls.key': first.privateKey });
    await reloaded(() => identity.failedReloads === 1);
    expect(await serialOf()).toBe(first.serial);
    const line = log.lines.find(({ message }) => message.includes('not reloaded'));
    expect(line?.fields.reason).toBe(`${join(folder, 'data')} holds no certificate of its private key`);
    data.replace(secret(second, authority.certificate));
    await reloaded(() => identity.reloads === 1);
    expect(await serialOf()).toBe(second.serial);
  });

  test('two authorities are trusted side by side; once one is gone, who shows its certificates is not, tickets or no tickets', async () => {
    await start();
    const moved = await stranger.issue({ subject: 'CN=moved' });
    let ticket: Buffer | undefined;
    data.replace(secret(first, `${authority.certificate}${stranger.certificate}`));
    await reloaded(() => identity.reloads === 1);
    for (const shown of [client, moved]) {
      const socket = dial(shown);
      socket.on('session', (session) => {
        if (shown === client) ticket = session;
      });
      expect(await echo(socket, 'hello')).toBe('hello');
      socket.destroy();
    }
    expect(ticket).toBeDefined();
    data.replace(secret(first, stranger.certificate));
    await reloaded(() => identity.reloads === 2);
    expect(await closed(dial(client, { session: ticket }))).toBe('');
    const socket = dial(moved);
    expect(await echo(socket, 'hello')).toBe('hello');
    socket.destroy();
  });
});

test('a certificate that ends soon is told of, once', async () => {
  const soon = await authority.issue({ subject: 'CN=member-1', notAfterMs: Date.now() + 13 * 86_400_000 });
  data.replace(secret(soon, authority.certificate));
  await start();
  for (let i = 0; i < 2; i++) identity.warnOfEnd(Date.now());
  const lines = log.lines.filter(({ message }) => message.includes('ends in less than 14 days'));
  expect(lines).toHaveLength(1);
  expect(lines[0]?.fields).toMatchObject({ whom: 'clients', serial: soon.serial, days: 12 });
});
