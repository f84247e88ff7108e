import dns, { type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { joinAddress } from '../../src/config/addresses.ts';
import { AdminToken } from '../../src/http/admin-token.ts';
import { startHttp } from '../../src/http/start-http.ts';
import { ClientListener } from '../../src/platform/client-listener.ts';
import { PeerTransport } from '../../src/platform/peer-transport.ts';
import type { ClientSocket } from '../../src/ports/client-socket.ts';
import { FakeMember } from '../http/fake-member.ts';
import { HTTP } from '../http/http-config.ts';
import { LinkEvents } from './link-events.ts';
import { openPeers } from './peer-ports.ts';
import { freePort } from './ports.ts';
import { RawSocket } from './raw-socket.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
/** From which a client of this machine reaches a member that listens on ::. */
const loopbacks = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function rawTo(port: number, host: string): Promise<RawSocket> {
  const socket = await RawSocket.to(port, host);
  closing.push(() => socket.close());
  return socket;
}

async function startTransport(serverId: number, host: string, port: number) {
  const log = new KeptLog();
  const transport = new PeerTransport({ ...openPeers, serverId, address: { host, port } }, log);
  const events = new LinkEvents(serverId, () => transport);
  closing.push(() => transport.stop());
  await transport.start(events);
  return { transport, events, log };
}

async function startHttpAt(host: string, given?: string) {
  const log = new KeptLog();
  const config = { ...HTTP, host };
  const bounds = { connections: 10, connectionsPerAddress: 10 };
  const fatal = (error: Error) => log.error({}, error.message);
  const token = given === undefined ? undefined : new AdminToken([given]);
  const http = (await startHttp({ member: new FakeMember(), config, token, bounds, log, fatal }))!;
  closing.push(() => http.close());
  return { http, log };
}

describe('a member that listens on ::', () => {
  async function startListener(maxConnectionsPerAddress: number) {
    const port = await freePort();
    const log = new KeptLog();
    const seen: ClientSocket[] = [];
    const accept = (socket: ClientSocket) => {
      seen.push(socket);
      socket.write(Buffer.from('hello'));
      return { received: () => {}, drained: () => {}, closed: () => {} };
    };
    const options = { host: '::', port, maxConnections: 10, maxConnectionsPerAddress };
    const listener = new ClientListener(options, accept, log);
    await listener.start();
    closing.push(() => listener.stop());
    return { port, seen, log };
  }

  test('takes clients of both families, and knows each by its plain address', async () => {
    const { port, seen } = await startListener(0);
    for (const host of loopbacks) await (await rawTo(port, host)).bytes(5);
    expect(seen.map(({ remoteAddress }) => remoteAddress)).toEqual(loopbacks);
  });

  test('counts the connections of a client of IPv4 under that address', async () => {
    const { port, log } = await startListener(1);
    await (await rawTo(port, '127.0.0.1')).bytes(5);
    await (await rawTo(port, '127.0.0.1')).closed();
    expect(log.of('warn').map(({ fields }) => fields.address)).toEqual(['127.0.0.1']);
  });

  test('answers HTTP of both, and logs whose token was wrong by the plain address', async () => {
    const { http, log } = await startHttpAt('::', '0123456789abcdef');
    expect((await fetch(`http://127.0.0.1:${http.port}/admin/members`)).status).toBe(401);
    if (hasIpv6) expect((await fetch(`http://[::1]:${http.port}/health/live`)).status).toBe(200);
    expect(log.of('warn').map(({ fields }) => fields.address)).toEqual(['127.0.0.1']);
  });

  test.each(loopbacks)('links with a member that dials it at %s', async (host) => {
    const [onePort, twoPort] = [await freePort(), await freePort()];
    const one = await startTransport(1, '::', onePort);
    const two = await startTransport(2, '::', twoPort);
    one.transport.connectTo([{ serverId: 2, host, port: twoPort }]);
    two.transport.connectTo([{ serverId: 1, host, port: onePort }]);
    await Promise.all([one.events.until('up 2'), two.events.until('up 1')]);
    two.transport.send(1, Buffer.from('hello'));
    expect((await one.events.untilBytes(2, 5)).toString()).toBe('hello');
  });

  test('names a stranger of IPv4 on the peer port by its plain address', async () => {
    const port = await freePort();
    const { log } = await startTransport(1, '::', port);
    const stranger = await rawTo(port, '127.0.0.1');
    await stranger.write(Buffer.alloc(20)).closed();
    expect(log.of('warn', 'is not from a member').map(({ fields }) => fields.address)).toEqual(['127.0.0.1']);
  });
});

/** Every name has these addresses. */
function resolveTo(...addresses: readonly string[]): void {
  const all: LookupAddress[] = addresses.map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  const real = dns.lookup;
  const lookup = (name: string, options: object, answer: (error: null, all: LookupAddress[]) => void) => {
    if (isIP(name) === 0) setImmediate(answer, null, all);
    else real(name, options, answer as never);
  };
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(lookup as never);
  closing.push(() => spy.mockRestore());
}

describe('a member that listens at a name of both families', () => {
  test('takes clients at both', async () => {
    resolveTo(...loopbacks);
    const port = await freePort();
    const accept = (socket: ClientSocket) => {
      socket.write(Buffer.from('hello'));
      return { received: () => {}, drained: () => {}, closed: () => {} };
    };
    const options = { host: 'localhost', port, maxConnections: 10, maxConnectionsPerAddress: 0 };
    const listener = new ClientListener(options, accept, new KeptLog());
    await listener.start();
    closing.push(() => listener.stop());
    for (const host of loopbacks) await (await rawTo(port, host)).bytes(5);
  });

  test.each(loopbacks)('links with a member that dials it at %s', async (host) => {
    resolveTo(...loopbacks);
    const [onePort, twoPort] = [await freePort(), await freePort()];
    const one = await startTransport(1, 'localhost', onePort);
    const two = await startTransport(2, 'localhost', twoPort);
    one.transport.connectTo([{ serverId: 2, host, port: twoPort }]);
    two.transport.connectTo([{ serverId: 1, host, port: onePort }]);
    await Promise.all([one.events.until('up 2'), two.events.until('up 1')]);
  });

  test('answers HTTP at both', async () => {
    resolveTo(...loopbacks);
    const { http } = await startHttpAt('localhost');
    for (const host of loopbacks) {
      const response = await fetch(`http://${joinAddress(host, http.port)}/health/live`);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }
  });
});

describe('a member that is dialled by a name', () => {
  test.skipIf(!hasIpv6).each([[['::1']], [['127.0.0.1', '::1']], [['::1', '127.0.0.1']]])(
    'is found at whichever of its addresses it listens: %j, and it is ::1',
    async (addresses) => {
      resolveTo(...addresses);
      const [onePort, twoPort] = [await freePort(), await freePort()];
      const one = await startTransport(1, '::1', onePort);
      const two = await startTransport(2, '::1', twoPort);
      one.transport.connectTo([{ serverId: 2, host: 'two.example', port: twoPort }]);
      two.transport.connectTo([{ serverId: 1, host: 'one.example', port: onePort }]);
      await Promise.all([one.events.until('up 2'), two.events.until('up 1')]);
    },
  );

  test('and does not answer is logged with the reason at each of its addresses', async () => {
    resolveTo('127.0.0.1', '127.0.0.2');
    const [onePort, twoPort] = [await freePort(), await freePort()];
    const two = await startTransport(2, '127.0.0.1', twoPort);
    const heard = new Promise<object>((resolve) => {
      vi.spyOn(two.log, 'warn').mockImplementation((fields) => resolve(fields));
    });
    two.transport.connectTo([{ serverId: 1, host: 'one.example', port: onePort }]);
    expect(await heard).toMatchObject({
      address: `one.example:${onePort}`,
      reason: `connect ECONNREFUSED 127.0.0.1:${onePort}; connect ECONNREFUSED 127.0.0.2:${onePort}`,
    });
  });
});
