import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADLER32_OF_NOTHING, adler32 } from '../../src/snapshot-file/adler32.ts';
import { ByteSource } from '../../src/snapshot-file/byte-source.ts';
import { readSnapshot } from '../../src/snapshot-file/read-snapshot.ts';
import { SnapshotSummary } from '../../src/snapshot-file/summary.ts';
import { type Ran, Shell } from '../shell.ts';

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)]);
const sealed = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, long(BigInt(adler32(ADLER32_OF_NOTHING, bytes))), text('/')]);

/** A node without data of its own has a length of −1. */
function node(path: string, data: string | undefined, owner = 0n): Buffer {
  const stat = Buffer.concat([Buffer.alloc(44), long(owner), Buffer.alloc(8)]);
  return Buffer.concat([text(path), data === undefined ? int(-1) : text(data), long(1n), stat]);
}

const nodes = Buffer.concat([
  Buffer.from('ZKSN'),
  int(2),
  long(0xffffffffffffffffn),
  int(1),
  long(0x1000n),
  int(30_000),
  int(1),
  long(1n),
  int(1),
  int(31),
  text('world'),
  text('anyone'),
  node('', undefined),
  node('/app', 'blue'),
  node('/app/ä', 'x', 0x1000n),
  node('/box', undefined, 1n << 63n),
  text('/'),
]);
/** As ZooKeeper before 3.6 wrote it, with a digest, and with the last zxid, too. */
const old = sealed(nodes);
const digested = sealed(Buffer.concat([old, long(9n), int(2), long(77n)]));
const whole = sealed(Buffer.concat([digested, long(0x100000005n)]));
const undigested = sealed(Buffer.concat([old, long(0x100000005n)]));

async function* cut(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function read(bytes: Buffer, length = bytes.length) {
  const summary = new SnapshotSummary();
  const end = await readSnapshot(new ByteSource(cut(bytes, length)), summary);
  return { summary, end };
}

test('the checksum is the one of RFC 1950', () => {
  expect(adler32(ADLER32_OF_NOTHING, Buffer.from('Wikipedia'))).toBe(0x11e60398);
  const much = Buffer.alloc(100_000, 0xff);
  expect(adler32(adler32(ADLER32_OF_NOTHING, much.subarray(0, 5_000)), much.subarray(5_000))).toBe(
    adler32(ADLER32_OF_NOTHING, much),
  );
});

describe("a snapshot of ZooKeeper's", () => {
  test.each([1, 7, 64, 10_000])('is read in pieces of %i bytes', async (length) => {
    const { summary, end } = await read(whole, length);
    expect(end).toEqual({ lastZxid: 0x100000005n, bytes: whole.length });
    expect(summary).toMatchObject({ sessions: 1, nodes: 4, ephemerals: 1, bytes: 5 });
    expect(summary.subtrees).toEqual([
      { path: '/app', nodes: 2, bytes: 5 },
      { path: '/box', nodes: 1, bytes: 0 },
    ]);
  });

  test('of older versions, and without a digest', async () => {
    expect((await read(old)).end.lastZxid).toBeUndefined();
    expect((await read(digested)).end.lastZxid).toBeUndefined();
    expect((await read(undigested)).end.lastZxid).toBe(0x100000005n);
  });

  test('that is cut anywhere but behind a part is not whole', async () => {
    const ends = [old.length, digested.length, whole.length];
    for (let length = 0; length < whole.length; length++) {
      if (ends.includes(length)) continue;
      // What is left of the digest may be as long as a zxid: its seal tells.
      await expect(read(whole.subarray(0, length)), String(length)).rejects.toThrow(
        /it is not whole|it is damaged/,
      );
    }
    await expect(read(Buffer.concat([whole, Buffer.alloc(1)]))).rejects.toThrow('it goes on behind its end');
  });

  test('with a byte that is another one is damaged, wherever that is', async () => {
    for (let at = 16; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x41;
      const isSealName = [old, digested, whole].some(({ length }) => at >= length - 5 && at < length);
      // The last of the seals' names is in no checksum.
      if (isSealName && at >= digested.length) continue;
      await expect(read(damaged), String(at)).rejects.toThrow(/^it /);
    }
  });
});

test('a tree with any number of names below its root is summed up in bounded memory', () => {
  const summary = new SnapshotSummary();
  for (let i = 0; i < 20_000; i++) summary.node(`/n${i}`, 1, 0n);
  expect(summary.subtrees).toHaveLength(10_001);
  expect(summary.subtrees[0]).toEqual({ path: '(others)', nodes: 10_000, bytes: 10_000 });
});

describe('the commands', () => {
  let shell: Shell;
  let folder: string;

  beforeAll(async () => {
    shell = await Shell.open();
    folder = mkdtempSync(join(tmpdir(), 'rookery-cli-'));
  });

  afterAll(async () => {
    await shell[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const run = (bytes: Buffer, ...argv: string[]): Promise<Ran> => {
    const file = join(folder, 'tree');
    writeFileSync(file, bytes);
    return shell.run('snapshot', ...argv, file);
  };

  test('show and verify a whole one', async () => {
    expect((await run(whole, 'show')).out).toBe(
      'last zxid  0x100000005\nsessions   1\nnodes      4, of which 1 ephemeral\nvalues     5 B\n  /app  2 nodes, 5 B\n  /box  1 node, 0 B\n',
    );
    expect((await run(whole, 'verify')).out).toMatch(
      /tree is whole: 4 nodes in \d+ B, its checksums are right\n$/,
    );
  });

  test('one that is not is exit code 1, and what is wrong is told', async () => {
    expect(await run(whole.subarray(0, 200), 'verify')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/tree: it is not whole: it ends after 200 bytes\n$/),
    });
    const { code, out } = await run(Buffer.from('something else, and long'), 'show', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      { whole: false, why: expect.stringMatching(/^it is no snapshot/) },
    ]);
    expect((await shell.run('snapshot', 'verify', '/no/file')).code).toBe(2);
  });
});
