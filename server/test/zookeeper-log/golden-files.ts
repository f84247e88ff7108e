import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reader } from '@rookery/protocol';
import { ZookeeperLogReader } from '../../src/zookeeper-log/log-reader.ts';
import { ZookeeperState } from '../../src/zookeeper-log/state.ts';
import { type LoggedTxn, readLoggedTxn } from '../../src/zookeeper-log/txn.ts';
import { SnapshotForm } from '../../src/zookeeper-snapshot/reader.ts';
import { TreeFromZookeeper } from '../../src/zookeeper-snapshot/to-own.ts';

export const GOLDEN = join(import.meta.dirname, 'golden');
export const LAST_ZXID = 0x1f;
export const ATTACHED = 2;

export function golden(name: string): Buffer {
  return readFileSync(join(GOLDEN, 'none', name));
}

/** Each as bytes of its own, in their order. */
export function goldenTxns(): LoggedTxn[] {
  return ['log.1', 'log.1a'].flatMap((name) => txnsOf(golden(name)));
}

export function txnsOf(log: Uint8Array, size = log.length): LoggedTxn[] {
  const txns: LoggedTxn[] = [];
  const reader = new ZookeeperLogReader((txn) => txns.push(copyOf(txn, log)));
  for (let at = 0; at < log.length; at += size) reader.feed(log.subarray(at, at + size));
  const end = reader.finish();
  if ('fault' in end) throw new Error(end.fault);
  return txns;
}

/** The ranges of what the reader gives are valid until it goes on. */
function copyOf(txn: LoggedTxn, log: Uint8Array): LoggedTxn {
  const reader = new Reader();
  for (let at = 16; ; ) {
    const length = reader.reset(log, at + 8, log.length).readInt();
    const read = readLoggedTxn(new Reader().reset(log, at + 12, at + 12 + length));
    if (read?.header.zxid === txn.header.zxid) return read;
    at += 13 + length;
  }
}

/** A state as of that zxid, from the snapshot of the beginning on. */
export function stateAt(zxid: number): ZookeeperState {
  const state = beginning();
  for (const txn of goldenTxns()) if (txn.header.zxid <= zxid) state.apply(txn);
  if (state.fault !== undefined) throw new Error(state.fault);
  return state;
}

export function beginning(): ZookeeperState {
  let next = 1;
  const building = new TreeFromZookeeper({}, false, () => next++, ATTACHED, SnapshotForm.file);
  building.feed(golden('snapshot.0'));
  const rebuilt = building.finish();
  if ('fault' in rebuilt) throw new Error(rebuilt.fault);
  return new ZookeeperState(rebuilt, 0, ATTACHED);
}
