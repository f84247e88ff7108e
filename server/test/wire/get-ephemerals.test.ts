import {
  ErrorCode,
  Reader,
  readEphemerals,
  readReplyHeader,
  Writer,
  writeGetEphemeralsReply,
} from '@rookery/protocol';
import { expect, test } from 'vitest';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import { Tree } from '../../src/tree/tree.ts';
import { create } from '../tree/writes.ts';

const OWNER = asSessionId(7);

/** The error and the paths, and how many nodes it took; what stood in the buffer before stays. */
function listed(paths: readonly string[], prefix: string | undefined, maxBytes = 10_000) {
  const tree = new Tree();
  paths.forEach((path, i) => {
    tree.apply(create(path, { flags: 1 }), asZxid(i + 1), 1, OWNER);
  });
  const writer = new Writer(16);
  writer.writeInt(42);
  const slots = tree.ephemeralSlots(OWNER);
  const looked = writeGetEphemeralsReply(writer, 5, 9, tree, slots, prefix, maxBytes);
  const reader = new Reader().reset(writer.bytes, 0, writer.length);
  expect([reader.readInt(), reader.readInt()]).toEqual([42, writer.length - 8]);
  const { xid, zxid, err } = readReplyHeader(reader);
  expect([xid, zxid]).toEqual([5, 9]);
  const found = err === ErrorCode.ok ? readEphemerals(reader) : undefined;
  expect(reader.remaining).toBe(0);
  return { err, found, looked };
}

test('ephemeral nodes are listed by the bytes with which their paths begin', () => {
  const paths = ['/é', '/éa', '/e', '/éa-b', '/f'];
  expect(listed(paths, '/éa').found).toEqual(['/éa', '/éa-b']);
  expect(listed(paths, '/é').found).toEqual(['/é', '/éa', '/éa-b']);
  expect(listed(paths, ' / ').found).toEqual(paths);
  expect(listed(paths, '/longer than any of them').found).toEqual([]);
});

test('a list of more bytes than an answer may have is an error, found out without going through the rest', () => {
  const paths = Array.from({ length: 1_000 }, (_, i) => `/a-rather-long-name-${i}`);
  expect(listed(paths, '/', 30_000).found).toEqual(paths);
  const { err, looked } = listed(paths, '/', 2_000);
  expect(err).toBe(ErrorCode.systemError);
  expect(looked).toBeLessThan(100);
  expect(listed(paths, '/a-rather-long-name-99', 2_000).found).toHaveLength(11);
});
