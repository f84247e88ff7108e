import {
  type AclList,
  ErrorCode,
  OPEN_ACL,
  Permission,
  Reader,
  readReplyHeader,
  Writer,
} from '@rookery/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_LISTED_NODES } from '../../src/bounds/limits.ts';
import { answerKeeperMultiRead } from '../../src/connections/keeper-multi-read.ts';
import { answerListRecursive } from '../../src/connections/keeper-reads.ts';
import type { AnswerRead, ReadState } from '../../src/connections/read.ts';
import { LOOK_BYTES } from '../../src/connections/turns.ts';
import type { Watcher } from '../../src/connections/watches.ts';
import { TreeDriver } from '../tree/tree-driver.ts';
import { create } from '../tree/writes.ts';
import { filter, type Step, steps } from './keeper-client.ts';

const LENGTH_BYTES = 4;
const CHILDREN = 1_000;
const client = { identities: [] } as unknown as Watcher;

let driver: TreeDriver;
/** Of all reads of a test. */
let looks: number;

beforeEach(() => {
  driver = new TreeDriver();
  driver.apply(create('/p'));
  looks = 0;
});

function make(count: number, acl = OPEN_ACL): void {
  for (let at = 0; at < count; at++) driver.apply(create(`/p/${at}`, { acl }));
}

function codeOf(answer: AnswerRead, record: Buffer, answerBytes = 1024 * 1024): number {
  const { tree } = driver;
  const state = {
    tree,
    treeMark: 1,
    lastZxid: driver.zxid,
    bounds: { answerBytes },
    configNode: { readerOf: () => tree },
    turns: {
      spendLooks: (count: number) => {
        looks += count;
      },
    },
  } as unknown as ReadState;
  const out = new Writer();
  expect(answer(out, 1, new Reader().reset(record, 0, record.length), state, client)).toBe(true);
  return readReplyHeader(new Reader().reset(out.bytes, LENGTH_BYTES, out.length)).err;
}

function multiReadOf(item: Step, count: number): Buffer {
  const record = new Writer();
  for (let at = 0; at < count; at++) {
    record.writeInt(item.op);
    record.writeBool(false);
    record.writeInt(-1);
    record.writeRaw(item.record, 0, item.record.length);
  }
  record.writeInt(-1);
  record.writeBool(true);
  record.writeInt(-1);
  return Buffer.from(record.copy());
}

describe('the work of one read', () => {
  test('is bounded in a multiRead of lists that have nothing and look at much', () => {
    make(CHILDREN);
    const ephemeralOnes = steps.filteredList('/p', filter.ephemeralOnly);
    const most = 10;
    const answerBytes = most * CHILDREN * LOOK_BYTES + 4_096;
    expect(codeOf(answerKeeperMultiRead, multiReadOf(ephemeralOnes, most), answerBytes)).toBe(0);
    expect(looks).toBe(most * CHILDREN);
    looks = 0;
    const beyond = codeOf(answerKeeperMultiRead, multiReadOf(ephemeralOnes, 1_000), answerBytes);
    expect(beyond).toBe(ErrorCode.systemError);
    expect(looks).toBeLessThanOrEqual((most + 1) * CHILDREN);
  });

  test('is bounded in a list of all that is below where nothing of that may be read', () => {
    const closed: AclList = [{ perms: Permission.create, scheme: 'world', id: 'anyone' }];
    make(MAX_LISTED_NODES, closed);
    const list = steps.listRecursive('/p', 10);
    expect(codeOf(answerListRecursive, list.record)).toBe(ErrorCode.ok);
    driver.apply(create('/p/last', { acl: closed }));
    expect(codeOf(answerListRecursive, list.record)).toBe(ErrorCode.systemError);
  });
});
