import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { PeerTransport } from '../../src/platform/peer-transport.ts';
import type { TlsIdentity } from '../../src/tls/tls-identity.ts';
import { until } from '../connections/ensemble.ts';
import { PeerCertificates } from '../member/peer-certificates.ts';
import { clientHello } from '../process/tls-flood.ts';
import { LinkEvents } from './link-events.ts';
import { openPeers } from './peer-ports.ts';
import { freePort } from './ports.ts';
import { hello, preamble } from './preamble.ts';
import { RawSocket } from './raw-socket.ts';

const bounds = { total: 6, perAddress: 4 };

interface Running {
  readonly transport: PeerTransport;
  readonly events: LinkEvents;
  readonly log: KeptLog;
}

let running: PeerTransport[];
let sockets: RawSocket[];
/** Server id 2, which server id 3 dials. */
let two: Running & { readonly port: number };

beforeEach(async () => {
  running = [];
  sockets = [];
  const port = await freePort();
  two = { ...(await start(2, port)), port };
  two.transport.connectTo([{ serverId: 3, host: '127.0.0.1', port: await freePort() }]);
});

afterEach(async () => {
  for (const socket of sockets) socket.close();
  for (const transport of running) await transport.stop();
});

async function start(serverId: number, port: number, tls?: TlsIdentity): Promise<Running> {
  const log = new KeptLog();
  const transport = new PeerTransport(
    { ...openPeers, strangers: bounds, serverId, address: { host: '127.0.0.1', port }, tls },
    log,
  );
  const events = new LinkEvents(serverId, () => transport);
  running.push(transport);
  await transport.start(events);
  return { transport, events, log };
}

async function startThree(): Promise<Running> {
  const three = await start(3, await freePort());
  three.transport.connectTo([{ serverId: 2, host: '127.0.0.1', port: two.port }]);
  return three;
}

async function from(localAddress: string, port = two.port): Promise<RawSocket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  await once(socket, 'connect');
  const stranger = new RawSocket(socket);
  sockets.push(stranger);
  return stranger;
}

describe('strangers who say nothing', () => {
  test('are never more than the bounds, the oldest go, and a member is let in among them', async () => {
    const silent: RawSocket[] = [];
    for (let i = 0; i < 600; i++) silent.push(await from(`127.0.0.${2 + (i % 3)}`));
    for (const stranger of silent.slice(0, -bounds.total)) await stranger.closed();
    const three = await startThree();
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    expect(two.log.of('warn', 'too many connections to the peer port')).toHaveLength(1);
    for (let i = 0; i < 20; i++) await from('127.0.0.2');
    two.transport.send(3, Buffer.from('still here'));
    await three.events.untilBytes(2, 10);
    expect(two.events.seen).toEqual(['up 3']);
  });

  test('of one address have their share, and no more', async () => {
    const quiet = await from('127.0.0.3');
    const greedy: RawSocket[] = [];
    for (let i = 0; i < 50; i++) greedy.push(await from('127.0.0.2'));
    for (const stranger of greedy.slice(0, -bounds.perAddress)) await stranger.closed();
    quiet.write(preamble(3, 2));
    expect((await quiet.bytes(20)).length).toBe(20);
    expect(greedy.slice(-bounds.perAddress).map(({ isClosed }) => isClosed)).not.toContain(true);
  });
});

test('strangers who begin a TLS handshake and stop are bounded alike, and a member is let in among them', async () => {
  const certificates = await PeerCertificates.create([1]);
  // Both members are at the one address here.
  const tls = await certificates.identity('member', await certificates.of(1));
  const port = await freePort();
  const guarded = await start(2, port, tls);
  guarded.transport.connectTo([{ serverId: 3, host: '127.0.0.1', port: await freePort() }]);
  const half = (await clientHello()).subarray(0, 100);
  let isOver = false;
  let begun = 0;
  let most = 0;
  const coming = (async () => {
    for (; !isOver; begun++) {
      (await from(`127.0.0.${2 + (begun % 3)}`, port)).write(half);
      most = Math.max(most, guarded.transport.strangers);
    }
  })();
  await until(() => begun >= 100);
  const three = await start(3, await freePort(), tls);
  three.transport.connectTo([{ serverId: 2, host: '127.0.0.1', port }]);
  await Promise.all([guarded.events.until('up 3'), three.events.until('up 2')]);
  await until(() => begun >= 300);
  isOver = true;
  await coming;
  guarded.transport.send(3, Buffer.from('still here'));
  await three.events.untilBytes(2, 10);
  expect(guarded.events.seen).toEqual(['up 3']);
  expect(most).toBe(bounds.total);
  for (const socket of sockets) socket.close();
  await until(() => guarded.transport.strangers === 0);
  expect(guarded.transport.tlsFailures).toBeGreaterThan(0);
  await certificates.remove();
});

describe('the time limit at the peer port', () => {
  test('closes what takes too long to say who it is, however often it says a little', async () => {
    const stranger = await from('127.0.0.1');
    const bytes = preamble(3, 2);
    let said = 0;
    const dripping = setInterval(() => stranger.write(bytes.subarray(said, ++said)), 700);
    await stranger.closed();
    clearInterval(dripping);
    expect(said).toBeLessThan(bytes.length);
    expect(two.events.seen).toEqual([]);
  });

  test('closes what says who it is and then no hello, however often it says a little, and says nothing of it to the member', async () => {
    const stranger = await from('127.0.0.1');
    stranger.write(preamble(3, 2));
    const bytes = hello(3);
    let said = 0;
    const dripping = setInterval(() => stranger.write(bytes.subarray(said, ++said)), 700);
    await stranger.closed();
    clearInterval(dripping);
    expect(said).toBeLessThan(bytes.length);
    expect(stranger.receivedBytes).toBe(preamble(2, 3).length);
    expect(two.events.seen).toEqual([]);
  });
});
