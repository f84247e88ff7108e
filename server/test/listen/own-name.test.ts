import { afterEach, describe, expect, test, vi } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { AdminToken } from '../../src/http/admin-token.ts';
import { startHttp } from '../../src/http/start-http.ts';
import { PeerTransport } from '../../src/platform/peer-transport.ts';
import { FakeMember } from '../http/fake-member.ts';
import { HTTP } from '../http/http-config.ts';
import { LinkEvents } from '../platform/link-events.ts';
import { openPeers } from '../platform/peer-ports.ts';
import { freePort } from '../platform/ports.ts';
import { nameAnswers, unknownName } from './names.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Nobody knows the name until `known` is called. */
function nameThatComes(): { known(): void } {
  let names = nameAnswers(unknownName());
  closing.push(() => names.restore());
  return {
    known() {
      names.restore();
      names = nameAnswers(['127.0.0.1']);
    },
  };
}

function transportAt(serverId: number, host: string, port: number) {
  const log = new KeptLog();
  const transport = new PeerTransport({ ...openPeers, serverId, address: { host, port } }, log);
  closing.push(() => transport.stop());
  return { transport, events: new LinkEvents(serverId, () => transport), log };
}

describe('a member whose own name is not known yet', () => {
  test('dials the others meanwhile, and is dialled once it is known', async () => {
    const name = nameThatComes();
    const [onePort, twoPort, threePort] = [await freePort(), await freePort(), await freePort()];
    const one = transportAt(1, '127.0.0.1', onePort);
    const two = transportAt(2, 'two.example', twoPort);
    const three = transportAt(3, '127.0.0.1', threePort);
    await one.transport.start(one.events);
    one.transport.connectTo([{ serverId: 2, host: '127.0.0.1', port: twoPort }]);
    two.transport.connectTo([
      { serverId: 1, host: '127.0.0.1', port: onePort },
      { serverId: 3, host: '127.0.0.1', port: threePort },
    ]);
    const started = two.transport.start(two.events);
    await two.events.until('up 1');
    name.known();
    await started;
    await three.transport.start(three.events);
    three.transport.connectTo([{ serverId: 2, host: '127.0.0.1', port: twoPort }]);
    await two.events.until('up 3');
    expect(two.log.of('warn', 'cannot listen for the other members yet')).toHaveLength(1);
  });

  test('starts without HTTP there, and answers it once the name is known', async () => {
    const name = nameThatComes();
    const port = await freePort();
    const log = new KeptLog();
    const config = { ...HTTP, host: 'two.example', port };
    const http = (await startHttp({
      member: new FakeMember(),
      config,
      token: new AdminToken(['0123456789abcdef']),
      bounds: { connections: 10, connectionsPerAddress: 10 },
      log,
      fatal: (error) => log.error({}, error.message),
    }))!;
    closing.push(() => http.close());
    expect(log.of('warn', 'cannot listen for HTTP yet: getaddrinfo ENOTFOUND')).toHaveLength(1);
    const opened = new Promise<void>((resolve) => {
      vi.spyOn(log, 'info').mockImplementation(() => resolve());
    });
    name.known();
    await opened;
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });
});
