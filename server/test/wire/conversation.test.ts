import {
  type AclList,
  FrameReader,
  FrameStatus,
  type MultiItem,
  OPEN_ACL,
  OpCode,
  Reader,
  readChildren,
  readConnectRequest,
  readConnectResponse,
  readGetAclReply,
  readGetDataReply,
  readMultiResults,
  readReplyHeader,
  Writer,
  writeCloseSessionRequest,
  writeConnectRequest,
  writeConnectResponse,
  writeCreateRequest,
  writeDeleteRequest,
  writeMultiRequest,
  writePathRequest,
  writePathWatchRequest,
  writePingRequest,
  writeSetAclRequest,
  writeSetDataRequest,
} from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { MiniServer } from './mini-server.ts';
import { CONVERSATION } from './zookeeper-conversation.ts';

const bytesOf = (hex: string) => Buffer.from(hex, 'hex');
const hexOf = (writer: Writer) => Buffer.from(writer.view()).toString('hex');
const exchange = (name: string) => CONVERSATION.find((one) => one.name === name)!;
const talk = CONVERSATION.filter((one) => one.name !== 'connect');
const text = (data: string) => Buffer.from(data);

describe('the recorded requests', () => {
  test('get from wire and tree the very bytes that ZooKeeper answered', () => {
    const server = new MiniServer();
    for (const { name, request, reply, timeMs } of talk) {
      const bytes = bytesOf(request);
      server.out.clear();
      server.timeMs = timeMs;
      server.serve(bytes, 4, bytes.length);
      expect(hexOf(server.out), name).toBe(reply);
    }
  });

  test('get the same replies however the stream is cut', () => {
    const stream = Buffer.concat(talk.map((one) => bytesOf(one.request)));
    const replies = talk.map((one) => one.reply).join('');
    const answers = (chunks: readonly Uint8Array[]): string => {
      const server = new MiniServer();
      const frames = new FrameReader(1000);
      let at = 0;
      for (const chunk of chunks) {
        frames.push(chunk);
        while (frames.next() === FrameStatus.frame) {
          server.timeMs = talk[at++]!.timeMs;
          server.serve(frames.bytes, frames.start, frames.end);
        }
      }
      return hexOf(server.out);
    };
    expect(answers([stream])).toBe(replies);
    for (const size of [1, 2, 3, 5, 100]) {
      const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
        // A chunk's memory is the socket's again after the push: nothing may be kept in it.
        Buffer.from(stream.subarray(i * size, (i + 1) * size)),
      );
      expect(answers(chunks), `pieces of ${size}`).toBe(replies);
    }
    for (let cut = 1; cut < stream.length; cut += 7) {
      expect(answers([stream.subarray(0, cut), stream.subarray(cut)]), `cut at ${cut}`).toBe(replies);
    }
  });

  const mixed: AclList = [
    { perms: 31, scheme: 'digest', id: 'u:secret' },
    { perms: 1, scheme: 'world', id: 'anyone' },
  ];
  const set: AclList = [
    { perms: 1, scheme: 'world', id: 'anyone' },
    { perms: 31, scheme: 'ip', id: '127.0.0.1' },
  ];
  const node = { data: text(''), acl: OPEN_ACL, flags: 0 };
  const steps: MultiItem[] = [
    { ...node, op: OpCode.create, path: '/m', data: text('1') },
    { ...node, op: OpCode.create2, path: '/m2' },
    { op: OpCode.setData, path: '/m', data: text('22'), version: -1 },
    { op: OpCode.check, path: '/m', version: 1 },
    { op: OpCode.delete, path: '/m2', version: -1 },
    { ...node, op: OpCode.createContainer, path: '/mc', data: undefined, flags: 4 },
    { ...node, op: OpCode.createTtl, path: '/mt', flags: 5, ttlMs: 1000 },
  ];
  test.each<[string, (writer: Writer) => void]>([
    ['create', (w) => writeCreateRequest(w, 1, OpCode.create, { ...node, path: '/a', data: text('data') })],
    [
      'create2 sequential',
      (w) => writeCreateRequest(w, 2, OpCode.create2, { ...node, path: '/a/n-', flags: 2 }),
    ],
    [
      'createContainer',
      (w) =>
        writeCreateRequest(w, 3, OpCode.createContainer, { ...node, path: '/c', data: undefined, flags: 4 }),
    ],
    [
      'createTTL',
      (w) =>
        writeCreateRequest(w, 4, OpCode.createTtl, {
          ...node,
          path: '/t',
          data: text('x'),
          flags: 5,
          ttlMs: 60_000,
        }),
    ],
    [
      'create digest acl',
      (w) => writeCreateRequest(w, 5, OpCode.create, { ...node, path: '/dg', acl: mixed }),
    ],
    ['exists', (w) => writePathWatchRequest(w, 7, OpCode.exists, '/a', false)],
    ['getData', (w) => writePathWatchRequest(w, 9, OpCode.getData, '/a', false)],
    ['setData', (w) => writeSetDataRequest(w, 11, '/a', text('other'), 0)],
    ['setData null', (w) => writeSetDataRequest(w, 12, '/a', undefined, 1)],
    ['getChildren2', (w) => writePathWatchRequest(w, 14, OpCode.getChildren2, '/a', false)],
    ['getACL', (w) => writePathRequest(w, 15, OpCode.getAcl, '/a')],
    ['setACL', (w) => writeSetAclRequest(w, 17, '/a', set, 0)],
    ['sync', (w) => writePathRequest(w, 18, OpCode.sync, '/a')],
    ['multi', (w) => writeMultiRequest(w, 19, steps)],
    ['multi empty', (w) => writeMultiRequest(w, 21, [])],
    ['delete', (w) => writeDeleteRequest(w, 22, '/m', 1)],
    ['ping', (w) => writePingRequest(w)],
    ['closeSession', (w) => writeCloseSessionRequest(w, 23)],
  ])('%s is what our own client side writes', (name, write) => {
    const writer = new Writer(8);
    write(writer);
    expect(hexOf(writer)).toBe(exchange(name).request);
  });
});

describe('the recorded replies', () => {
  const replyOf = (name: string) => {
    const bytes = bytesOf(exchange(name).reply);
    const reader = new Reader().reset(bytes, 4, bytes.length);
    return { reader, header: readReplyHeader(reader) };
  };

  test('are read by our own client side', () => {
    const { reader, header } = replyOf('getData');
    expect(header).toEqual({ xid: 9, zxid: 7, err: 0 });
    expect(readGetDataReply(reader)).toMatchObject({
      data: Uint8Array.from(text('data')),
      stat: {
        czxid: 2,
        mzxid: 2,
        pzxid: 3,
        ctime: 0x1a204cca76d,
        cversion: 1,
        dataLength: 4,
        numChildren: 1,
      },
    });
    expect(readGetDataReply(replyOf('getData null').reader).data).toBeUndefined();
    expect(readChildren(replyOf('getChildren').reader)).toEqual(['config', 'quota']);
    expect(readGetAclReply(replyOf('getACL hidden').reader).acl[0]).toEqual({
      perms: 31,
      scheme: 'digest',
      id: 'u:x',
    });
    expect(replyOf('exists missing').header.err).toBe(-101);
  });

  test('to multis are read step by step', () => {
    const results = readMultiResults(replyOf('multi').reader);
    expect(results.map(({ op, path, stat }) => [op, path, stat?.version])).toEqual([
      [1, '/m', undefined],
      [15, '/m2', 0],
      [5, undefined, 1],
      [13, undefined, undefined],
      [2, undefined, undefined],
      [15, '/mc', 0],
      [15, '/mt', 0],
    ]);
    expect(readMultiResults(replyOf('multi failed').reader)).toEqual([
      { op: -1, err: 0 },
      { op: -1, err: -103 },
      { op: -1, err: -2 },
    ]);
  });
});

describe('the recorded connect', () => {
  test('is read and written the same both ways', () => {
    const { request, reply } = exchange('connect');
    const asked = readConnectRequest(new Reader().reset(bytesOf(request), 4, request.length / 2))!;
    expect(asked).toEqual({
      protocolVersion: 0,
      lastZxidSeen: 0,
      timeoutMs: 30_000,
      sessionId: 0,
      sessionHigh: 0,
      sessionLow: 0,
      password: new Uint8Array(16),
      readOnly: false,
    });
    const answered = readConnectResponse(new Reader().reset(bytesOf(reply), 4, reply.length / 2))!;
    expect(answered).toMatchObject({ timeoutMs: 30_000, readOnly: false });
    const writer = new Writer();
    writeConnectRequest(writer, asked);
    expect(hexOf(writer)).toBe(request);
    writer.clear();
    // ZooKeeper's session ids may be beyond what a double holds; ours never are.
    writeConnectResponse(writer, { ...answered, sessionId: 0x3001 });
    expect(hexOf(writer).slice(0, 24) + hexOf(writer).slice(40)).toBe(reply.slice(0, 24) + reply.slice(40));
  });

  test('may lack the read-only flag, and then so does the answer', () => {
    const request = bytesOf(exchange('connect').request);
    const asked = readConnectRequest(new Reader().reset(request, 4, request.length - 1))!;
    expect(asked.readOnly).toBeUndefined();
    const writer = new Writer();
    writeConnectResponse(writer, { ...asked });
    expect(writer.length).toBe(4 + 36);
    for (let end = 4; end < request.length - 1; end++) {
      expect(readConnectRequest(new Reader().reset(request, 4, end)), `${end} bytes`).toBeUndefined();
    }
  });
});

describe('the recorded conversation', () => {
  test('leaves the same digest in every version that can share an ensemble', () => {
    const server = new MiniServer();
    for (const { request, timeMs } of talk) {
      const bytes = bytesOf(request);
      server.timeMs = timeMs;
      server.serve(bytes, 4, bytes.length);
    }
    expect(server.tree.digest()).toBe('598f68e3edf6271e');
  });
});
