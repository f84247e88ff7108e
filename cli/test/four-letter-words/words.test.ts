import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { askMember } from '../../src/ensemble-status/ask-member.ts';
import { askWord } from '../../src/four-letter-words/ask-word.ts';
import { serverWord } from '../../src/four-letter-words/server-word.ts';
import { MembersHttp } from '../../src/members-http/members-http.ts';

const SRVR = `Zookeeper version: 3.8.4-9316c2a7a97e1666d8f4593f34dd6fc36ecc436c, built on 2024-02-12 22:16 UTC
Latency min/avg/max: 0/0.0/0
Received: 1
Sent: 0
Connections: 3
Outstanding: 0
Zxid: 0x100000002
Mode: follower
Node count: 5
`;

let server: Server | undefined;

afterEach(() => void server?.close());

async function answering(answers: (word: string) => string | undefined) {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (word) => {
      const answer = answers(word.toString());
      if (answer !== undefined) socket.end(answer);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, tls: undefined };
}

test('srvr tells how a member is', async () => {
  const port = await answering((word) => (word === 'srvr' ? SRVR : ''));
  expect(serverWord(await askWord(port, 'srvr', 20_000))?.self).toMatchObject({
    role: 'follower',
    version: '3.8.4',
    ready: true,
    lastZxid: 0x100000002,
    nodes: 5,
    connections: 3,
    outstanding: 0,
  });
});

test('a word that is not allowed, or a member that serves nobody, is no answer', () => {
  expect(serverWord('srvr is not executed because it is not in the whitelist.')).toBeUndefined();
  expect(serverWord('This ZooKeeper instance is not currently serving requests\n')).toBeUndefined();
});

test('whoever does not answer is not waited for', async () => {
  await expect(askWord(await answering(() => undefined), 'srvr', 20)).rejects.toThrow(
    'no answer within 20 ms',
  );
  await expect(askWord(await answering(() => ''), 'srvr', 20_000)).rejects.toThrow('without a word');
});

test('they count where HTTP answers nothing, and why it did not is told with them', async () => {
  const { host, port } = await answering(() => SRVR);
  const { signal } = new AbortController();
  const settings = { authorization: undefined, tls: undefined, timeoutMs: 20_000, signal };
  const ask = askMember(new MembersHttp(settings, Date.now), undefined);
  // Nobody listens there.
  const http = { isSecure: false, host, port: 1 };
  expect(await ask({ http, client: { host, port } })).toMatchObject({
    by: 'words',
    self: { role: 'follower' },
    httpFailure: { at: `${host}:1`, message: 'connection refused' },
  });
  await expect(ask({ http })).rejects.toThrow('connection refused');
});
