import {
  CreateMode,
  encodeUtf8,
  OPEN_ACL,
  OpCode,
  READ_ACL,
  STAT_FIELDS,
  Writer,
  writeCreateRecord,
  writeMultiHeader,
} from '@rookery/protocol';

export interface Body {
  readonly op: number;
  readonly record: Uint8Array;
}

const ANY = -1;

function record(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(64);
  write(writer);
  return writer.copy();
}

function createIfNotExists(path: string, flags: number = CreateMode.persistent, acl = OPEN_ACL): Body {
  const fields = { path, data: encodeUtf8('data'), acl, flags };
  return {
    op: OpCode.createIfNotExists,
    record: record((writer) => writeCreateRecord(writer, OpCode.createIfNotExists, fields)),
  };
}

function pathAndInt(op: number, path: string, value: number): Body {
  return {
    op,
    record: record((writer) => {
      writer.writeString(path);
      writer.writeInt(value);
    }),
  };
}

const tryRemove = (path: string, version = ANY): Body => pathAndInt(OpCode.tryRemove, path, version);
const removeRecursive = (path: string, limit: number): Body =>
  pathAndInt(OpCode.removeRecursive, path, limit);
const checkNotExists = (path: string, version = ANY): Body =>
  pathAndInt(OpCode.checkNotExists, path, version);

/** Of a node whose data have so many bytes. */
function checkStat(path: string, dataLength: number): Body {
  const longs: readonly string[] = ['czxid', 'mzxid', 'ctime', 'mtime', 'ephemeralOwner', 'pzxid'];
  return {
    op: OpCode.checkStat,
    record: record((writer) => {
      writer.writeString(path);
      writer.writeInt(ANY);
      for (const field of STAT_FIELDS) {
        if (longs.includes(field)) writer.writeLong(ANY);
        else writer.writeInt(field === 'dataLength' ? dataLength : ANY);
      }
    }),
  };
}

function multi(...items: readonly Body[]): Body {
  return {
    op: OpCode.multi,
    record: record((writer) => {
      for (const item of items) {
        writeMultiHeader(writer, item.op, false, ANY);
        writer.writeRaw(item.record, 0, item.record.length);
      }
      writeMultiHeader(writer, ANY, true, ANY);
    }),
  };
}

/** Every one of ClickHouse Keeper's writes below `top`, alone and in multis, with what makes each of them fail. */
export function keeperCommands(top: string): Body[] {
  const below = ['a', 'b', 'a/1', 'a/2', 'a/1/x'].map((name) => createIfNotExists(`${top}/${name}`));
  return [
    createIfNotExists(top),
    createIfNotExists(top),
    createIfNotExists(`${top}/no/parent`),
    createIfNotExists(`${top}/n-`, CreateMode.persistentSequential),
    createIfNotExists(`${top}/mine`, CreateMode.ephemeral),
    createIfNotExists(`${top}/closed`, CreateMode.persistent, READ_ACL),
    createIfNotExists(`${top}/closed/in`),
    ...below,
    tryRemove(top),
    tryRemove(`${top}/b`, 7),
    tryRemove(`${top}/b`),
    tryRemove(`${top}/b`),
    tryRemove('/zookeeper'),
    multi(checkNotExists(`${top}/b`), checkStat(`${top}/a`, 4), createIfNotExists(`${top}/b`)),
    multi(createIfNotExists(`${top}/undone`), checkNotExists(top)),
    multi(removeRecursive(`${top}/a`, 100), checkStat(`${top}/b`, 5)),
    multi(checkNotExists(top, 7), checkStat(`${top}/none`, 4)),
    removeRecursive(`${top}/a`, 3),
    multi(removeRecursive(`${top}/a`, 4), createIfNotExists(`${top}/a`), tryRemove(`${top}/none`)),
    removeRecursive(`${top}/none`, 1),
    removeRecursive('/', 1_000),
    createIfNotExists(`${top}/a/1`),
    removeRecursive(`${top}/a`, 2),
    { op: OpCode.removeRecursive, record: new Uint8Array(3) },
  ];
}
