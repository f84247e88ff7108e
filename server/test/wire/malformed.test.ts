import { isWriteOp, OPEN_ACL, OpCode, Reader, readWrite, Writer } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { MiniServer } from './mini-server.ts';
import { CONVERSATION } from './zookeeper-conversation.ts';

const requests = CONVERSATION.filter((one) => one.name !== 'connect').map((one) => ({
  name: one.name,
  bytes: Buffer.from(one.request, 'hex'),
}));
const opOf = (bytes: Buffer) => bytes.readInt32BE(8);

/** A number is an int, text a string, null a string or buffer that is none. */
type Part = number | string | boolean | null;

function record(...parts: Part[]): Reader {
  const writer = new Writer();
  for (const part of parts) {
    if (typeof part === 'number') writer.writeInt(part);
    else if (typeof part === 'boolean') writer.writeBool(part);
    else writer.writeString(part ?? undefined);
  }
  return new Reader().reset(writer.copy(), 0, writer.length);
}

const create = (path: string | null, flags: number): Part[] => [path, null, 1, 31, 'world', 'anyone', flags];
const item = (type: number): Part[] => [type, false, -1];
const END: Part[] = [-1, true, -1];

describe('a write that is cut short', () => {
  test.each(requests.filter(({ bytes }) => isWriteOp(opOf(bytes))))(
    'is malformed at each length: $name',
    ({ bytes }) => {
      for (let end = 12; end < bytes.length; end++) {
        const write = readWrite(opOf(bytes), new Reader().reset(bytes, 12, end));
        expect(write, `${end} of ${bytes.length} bytes`).toBeUndefined();
      }
      expect(readWrite(opOf(bytes), new Reader().reset(bytes, 12, bytes.length))).toBeDefined();
    },
  );
});

describe('what ZooKeeper answers with a marshalling error is malformed here', () => {
  test.each<[string, number, Part[]]>([
    ['a create with a null path', OpCode.create, create(null, 0)],
    ['a delete with a null path', OpCode.delete, [null, -1]],
    ['a string of −7 bytes', OpCode.delete, [-7, -1]],
    ['a string longer than the message', OpCode.delete, [2 ** 31 - 1, -1]],
    ['an ACL count beyond the message', OpCode.create, ['/z', '', 2 ** 30, 0]],
    ['an ACL with a null id', OpCode.create, ['/z', '', 1, 31, 'world', null, 0]],
    ['a multi with an unknown operation', OpCode.multi, [...item(77), ...END]],
    ['a multi with a read', OpCode.multi, [...item(OpCode.getData), '/', false, ...END]],
    ['a multi with setACL', OpCode.multi, [...item(OpCode.setAcl), '/', 0, -1, ...END]],
    ['a multi with unknown flags', OpCode.multi, [...item(OpCode.create), ...create('/a', 9), ...END]],
    ['a multi with a null path', OpCode.multi, [...item(OpCode.check), null, 0, ...END]],
    ['a multi without its end', OpCode.multi, [...item(OpCode.create), ...create('/a', 0)]],
    ['an operation that is no write', OpCode.getData, ['/', false]],
  ])('%s', (_, op, parts) => {
    expect(readWrite(op, record(...parts))).toBeUndefined();
  });

  test('but not a null id of the scheme auth, as kazoo sends it', () => {
    expect(readWrite(OpCode.create, record('/z', '', 1, 31, 'auth', null, 0))).toMatchObject({
      acl: [{ perms: 31, scheme: 'auth', id: '' }],
    });
  });

  test('but not a negative count of ACLs, null data, or more bytes at the end', () => {
    expect(readWrite(OpCode.create, record('/z', '', -9, 0))).toMatchObject({ acl: undefined });
    expect(readWrite(OpCode.create, record(...create('/a', 0), 1))).toMatchObject({
      acl: OPEN_ACL,
      dataStart: -1,
    });
    expect(readWrite(OpCode.setData, record(null, null, 0))).toMatchObject({
      pathValid: false,
      dataStart: -1,
    });
  });
});

describe('garbage', () => {
  test('in requests never throws, never damages the tree, and always gets one whole reply', () => {
    let answered = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const random = new Random(seed);
      const server = new MiniServer();
      for (let i = 0; i < 40; i++) {
        const bytes = mangle(random, Uint8Array.from(random.pick(requests).bytes));
        // Guard bytes on both sides show a read beyond the message as a path that is not in it.
        const framed = Buffer.concat([Buffer.alloc(8, 0x2f), bytes, Buffer.alloc(8, 0x2f)]);
        server.out.clear();
        server.serve(framed, 12, 8 + bytes.length);
        expect(Buffer.from(server.out.view()).readInt32BE(0), `seed ${seed}`).toBe(server.out.length - 4);
        answered++;
      }
      expect(server.tree.digest(), `seed ${seed}`).toBe(server.tree.recomputeDigest());
    }
    expect(answered).toBe(16_000);
  });

  function mangle(random: Random, bytes: Uint8Array): Uint8Array {
    const kind = random.below(4);
    if (kind === 0) return bytes.slice(0, 12 + random.below(bytes.length - 11));
    if (kind === 1) return Buffer.concat([bytes.subarray(0, 12), random.bytes(random.below(60))]);
    for (let i = 0; i < 1 + random.below(4); i++) {
      if (bytes.length > 12)
        bytes[12 + random.below(bytes.length - 12)] = random.pick([0, 1, 0x7f, 0x80, 0xff, 0x2f]);
    }
    return bytes;
  }
});
