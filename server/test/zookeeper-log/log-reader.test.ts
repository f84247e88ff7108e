import { Reader } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { LogFault, ZookeeperLogReader } from '../../src/zookeeper-log/log-reader.ts';
import { readLoggedTxn } from '../../src/zookeeper-log/txn.ts';
import { golden, txnsOf } from './golden-files.ts';

const LOG = golden('log.1a');
/** Where the records end and zeros begin. */
const RECORDS_END = LOG.findLastIndex((byte) => byte !== 0) + 1;
const DATABASE_ID = [8, 16] as const;

function read(log: Uint8Array, size = Math.max(1, log.length)) {
  let count = 0;
  const reader = new ZookeeperLogReader(() => count++);
  for (let at = 0; at < log.length; at += size) reader.feed(log.subarray(at, at + size));
  return { count, ...reader.finish() };
}

describe('a transaction log', () => {
  test('is read in pieces of any size', () => {
    const whole = txnsOf(LOG).map(({ header, txn }) => ({ header, txn: txn.op }));
    expect(whole.map(({ txn }) => txn)).toEqual([
      'createSession',
      'create',
      'create',
      'setData',
      'delete',
      'create',
    ]);
    for (const size of [1, 3, 64, 1000])
      expect(read(LOG, size)).toEqual({ count: whole.length, tornBytes: 0 });
  });

  test('may end anywhere within its last record: what there is of it is told, and nothing else is lost', () => {
    const whole = read(LOG).count;
    const [last] = txnsOf(LOG).slice(-1);
    const lastBytes = last!.bytes.length;
    expect(lastBytes).toBeGreaterThan(0);
    let counts = 0;
    for (let length = 16; length < RECORDS_END; length++) {
      for (const cut of [
        LOG.subarray(0, length),
        Buffer.concat([LOG.subarray(0, length), Buffer.alloc(4096)]),
      ]) {
        const found = read(cut);
        if ('fault' in found) throw new Error(`${found.fault} at ${length}`);
        expect(found.count).toBeLessThan(whole);
        counts = Math.max(counts, found.count);
      }
    }
    expect(counts).toBe(whole - 1);
  });

  test('is none without its beginning', () => {
    for (let length = 0; length < 16; length++)
      expect(read(LOG.subarray(0, length))).toMatchObject({ fault: LogFault.noLog });
    expect(read(golden('snapshot.19'))).toMatchObject({ fault: LogFault.noLog });
  });

  test('of which a bit was flipped is found, wherever it is, or was never part of a transaction', () => {
    const { count: whole } = read(LOG);
    for (let at = RECORDS_END; at < RECORDS_END + 64; at++) {
      const changed = Uint8Array.from(LOG);
      changed[at] = 1;
      const found = read(changed);
      const isTorn = at < RECORDS_END + 8;
      expect(found).toEqual(
        isTorn ? { count: whole, tornBytes: 12 } : { count: whole, fault: LogFault.damaged },
      );
    }
    for (let at = 0; at < RECORDS_END; at++) {
      if (at >= DATABASE_ID[0] && at < DATABASE_ID[1]) continue;
      for (let bit = 0; bit < 8; bit++) {
        const changed = Uint8Array.from(LOG);
        changed[at]! ^= 1 << bit;
        const found = read(changed);
        expect('fault' in found ? found.fault : `nothing at ${at}, bit ${bit}`).toBeOneOf(
          Object.values(LogFault),
        );
      }
    }
  });

  test('whatever the bytes of a transaction are, the answer is none', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const prng = new Prng(seed);
      const [...txns] = txnsOf(LOG);
      const { bytes } = txns[prng.below(txns.length)]!;
      const start = 28 + prng.below(200);
      const changed = Uint8Array.from(bytes);
      for (let i = 0; i < 3; i++) changed[start + prng.below(60)] = prng.below(256);
      const end = start + prng.below(120);
      expect(() => readLoggedTxn(new Reader().reset(changed, start, end)), `seed ${seed}`).not.toThrow();
    }
  });
});
