import { bool, bytes, int, long, openAcl, text } from '../../../testkit/src/wire/requests.ts';
import { RawClient, type RawReply, type RawStat, type Record } from './raw-client.ts';

/** ClickHouse Keeper's numbers, and those of ZooKeeper that go with them. */
export const op = {
  create: 1,
  remove: 2,
  exists: 3,
  get: 4,
  setAcl: 7,
  simpleList: 8,
  list: 12,
  check: 13,
  multi: 14,
  create2: 15,
  multiRead: 22,
  filteredList: 500,
  checkNotExists: 501,
  createIfNotExists: 502,
  removeRecursive: 503,
  checkStat: 504,
  tryRemove: 505,
  filteredListWithStatsAndData: 506,
  listRecursive: 507,
} as const;

export const filter = { all: 0, persistentOnly: 1, ephemeralOnly: 2 } as const;

export const EPHEMERAL = 1;
const ERROR = -1;
const ANY = -1;

/** Everybody may do so much. */
export function aclOf(permissions: number): Buffer {
  return Buffer.concat([int(1), int(permissions), text('world'), text('anyone')]);
}

/** A request's record, or a step of a multi. */
export interface Step {
  readonly op: number;
  readonly record: Buffer;
}

function step(number: number, ...parts: readonly Buffer[]): Step {
  return { op: number, record: Buffer.concat(parts) };
}

/** Each in the words of ClickHouse Keeper's own records. */
export const steps = {
  create: (path: string, data = '', flags = 0, acl = openAcl()): Step =>
    step(op.create, text(path), bytes(Buffer.from(data)), acl, int(flags)),
  createIfNotExists: (path: string, data = '', flags = 0, acl = openAcl()): Step =>
    step(op.createIfNotExists, text(path), bytes(Buffer.from(data)), acl, int(flags)),
  checkNotExists: (path: string, version = ANY): Step => step(op.checkNotExists, text(path), int(version)),
  checkStat: (path: string, fields: Partial<RawStat>, version = ANY): Step =>
    step(op.checkStat, text(path), int(version), statOf(fields)),
  remove: (path: string): Step => step(op.remove, text(path), int(ANY)),
  tryRemove: (path: string, version = ANY): Step => step(op.tryRemove, text(path), int(version)),
  removeRecursive: (path: string, limit: number): Step =>
    step(op.removeRecursive, text(path), int(limit | 0)),
  exists: (path: string, watch = false): Step => step(op.exists, text(path), bool(watch)),
  get: (path: string, watch = false): Step => step(op.get, text(path), bool(watch)),
  simpleList: (path: string, watch = false): Step => step(op.simpleList, text(path), bool(watch)),
  filteredList: (path: string, which: number, watch = false): Step =>
    step(op.filteredList, text(path), bool(watch), Buffer.from([which])),
  detailedList: (path: string, which: number, withStats: boolean, withData: boolean, watch = false): Step =>
    step(
      op.filteredListWithStatsAndData,
      ...[text(path), bool(watch), Buffer.from([which]), bool(withStats), bool(withData)],
    ),
  listRecursive: (path: string, limit: number): Step => step(op.listRecursive, text(path), int(limit | 0)),
} as const;

/** A field that is not named may be anything. */
function statOf(fields: Partial<RawStat>): Buffer {
  const of = (name: keyof RawStat): number => fields[name] ?? ANY;
  return Buffer.concat([
    ...[long(of('czxid')), long(of('mzxid')), long(of('ctime')), long(of('mtime'))],
    ...[int(of('version')), int(of('cversion')), int(of('aversion')), long(of('ephemeralOwner'))],
    ...[int(of('dataLength')), int(of('numChildren')), long(of('pzxid'))],
  ]);
}

export function detailsOf(record: Record) {
  const names = record.texts();
  const stat = record.stat();
  return { names, stat, stats: record.list(() => record.stat()), data: record.list(() => record.data()) };
}

/** What one step of a multi or of a multiRead came to. */
export interface Outcome {
  readonly type: number;
  readonly err: number;
  readonly path?: string;
  readonly names?: readonly string[];
  readonly stat?: RawStat;
  readonly details?: ReturnType<typeof detailsOf>;
  readonly data?: string | null;
}

export class KeeperClient {
  readonly raw: RawClient;

  constructor(raw: RawClient) {
    this.raw = raw;
  }

  static async begin(port: number): Promise<KeeperClient> {
    return new KeeperClient(await RawClient.begin(port));
  }

  ask({ op: number, record }: Step): Promise<RawReply> {
    return this.raw.ask(number, record);
  }

  /** Only the code; nothing stands behind a header that says no. */
  async code(asked: Step): Promise<number> {
    const { err, record } = await this.ask(asked);
    if (err !== 0 && record.left !== 0) throw new Error(`${record.left} bytes behind an error`);
    return err;
  }

  async stat(path: string): Promise<RawStat> {
    return (await this.ask(steps.exists(path))).record.stat();
  }

  async isThere(path: string): Promise<boolean> {
    return (await this.ask(steps.exists(path))).err === 0;
  }

  async multi(...asked: readonly Step[]): Promise<{ err: number; outcomes: Outcome[] }> {
    return this.#many(op.multi, asked);
  }

  async multiRead(...asked: readonly Step[]): Promise<{ err: number; outcomes: Outcome[] }> {
    return this.#many(op.multiRead, asked);
  }

  async #many(number: number, asked: readonly Step[]) {
    const items = asked.flatMap((each) => [int(each.op), bool(false), int(-1), each.record]);
    const { err, record } = await this.raw.ask(number, ...items, int(-1), bool(true), int(-1));
    const outcomes: Outcome[] = [];
    if (err !== 0) return { err, outcomes };
    for (;;) {
      const type = record.int();
      const isDone = record.bool();
      const code = record.int();
      if (isDone) break;
      outcomes.push({ type, err: code, ...outcomeOf(type, code, record) });
    }
    if (record.left !== 0) throw new Error(`${record.left} bytes behind the last result`);
    return { err, outcomes };
  }
}

function outcomeOf(type: number, code: number, record: Record): Partial<Outcome> {
  if (type === ERROR) {
    if (record.int() !== code) throw new Error('an error has two codes');
    return {};
  }
  // Of a read that failed.
  if (code !== 0) return {};
  switch (type) {
    case op.create:
    case op.createIfNotExists:
      return { path: record.text() };
    case op.exists:
      return { stat: record.stat() };
    case op.get:
      return { data: record.data(), stat: record.stat() };
    case op.simpleList:
    case op.listRecursive:
      return { names: record.texts() };
    case op.list:
      return { names: record.texts(), stat: record.stat() };
    case op.filteredListWithStatsAndData:
      return { details: detailsOf(record) };
    default:
      return {};
  }
}
