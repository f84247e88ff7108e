import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../../connections/ensemble.ts';
import { ServedTree } from './served-tree.ts';

let tree: ServedTree;

afterEach(() => tree.stop());

/** A request, sent by hand; nothing of the answer is taken until somebody listens. */
async function send(text: string): Promise<Socket> {
  const socket = connect(Number(new URL(tree.url()).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

const get = (path: string): string => `GET /v1${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
const watchCount = (): number => tree.ensemble.leader.member.clients.watches.count;

describe('a caller that is slow', () => {
  test("to send its body is given up, and its place is another one's", async () => {
    tree = await ServedTree.start(1, {}, { httpBodyMs: 20, httpRequests: 1, httpRequestsPerAddress: 1 });
    const socket = await send(
      'PUT /v1/nodes/x?create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nx',
    );
    socket.resume();
    await once(socket, 'close');
    let status = 429;
    while (status === 429) status = (await tree.put('/nodes/x?create', 'x')).status;
    expect(status).toBe(201);
  });

  test('to take its answer is given up, and holds its place no longer', async () => {
    const places = { httpRequests: 1, httpRequestsPerAddress: 1, httpHeartbeatMs: 100 };
    tree = await ServedTree.start(1, {}, { ...places, httpPatienceMs: 500, requestBytes: 16 * 1024 * 1024 });
    // More than the system takes for a reader that does not read.
    expect((await tree.put('/nodes/long?create', 'x'.repeat(12_000_000))).status).toBe(201);
    let socket: Socket;
    let head = '';
    do {
      // The request before may not be quite over.
      socket = await send(get('/nodes/long'));
      const [first] = (await once(socket, 'data')) as [Buffer];
      socket.pause();
      head = first.toString('latin1', 0, 12);
    } while (head === 'HTTP/1.1 429');
    expect(head).toBe('HTTP/1.1 200');
    const waitFor = async (status: number): Promise<void> => {
      while ((await tree.ask('/nodes/')).status !== status);
    };
    await waitFor(429);
    await waitFor(200);
    socket.destroy();
  });

  test('to take what it watches is told that it missed some, and never more waits than may', async () => {
    tree = await ServedTree.start(1, {}, { httpWatchChanges: 10 });
    await tree.put('/nodes/busy?create');
    const socket = (await send(get('/watch/busy?recursive'))).pause();
    await until(() => watchCount() > 0);
    // Each event is as long as its path: after some the system takes no more for this reader.
    const name = 'n'.repeat(7_000);
    for (let round = 0; round < 25; round++) {
      const steps = Array.from({ length: 60 }, (_, at) => ({ do: 'create', path: `/busy/${name}${at}` }));
      const back = Array.from({ length: 60 }, (_, at) => ({ do: 'delete', path: `/busy/${name}${at}` }));
      expect((await tree.transact([...steps, ...back])).status).toBe(200);
    }
    await tree.put('/nodes/busy', 'the end');
    const last = Number((await tree.ask('/nodes/busy')).json.stat.mzxid);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.resume();
    // What was missed goes up to the end, or the end itself is told.
    await until(() => text.includes(`"toZxid":${last}`) || text.includes(`"zxid":${last}}`));
    const missed = [...text.matchAll(/event: missed\r?\n/g)].length;
    expect(missed).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(25 * 120 * 7_000);
    socket.destroy();
  });
});
