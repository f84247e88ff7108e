import { OpCode, type Reader, type Writer, writePathWatchRequest } from '@rookery/protocol';
import { WatchList } from '../watches/one-shot.ts';
import { type NodeStat, readNodeStat } from './node-stat.ts';
import { readValue } from './value.ts';
import { WatchingCall } from './watching-call.ts';

export interface NodeValue {
  /** Empty where the node has none. */
  readonly data: Buffer;
  readonly stat: NodeStat;
}

export class GetCall extends WatchingCall<NodeValue> {
  constructor(path: string, serverPath: string) {
    super('get', path, serverPath);
  }

  write(writer: Writer, xid: number): void {
    writePathWatchRequest(writer, xid, OpCode.getData, this.serverPath, this.isWatching);
  }

  read(reader: Reader): NodeValue {
    return { data: readValue(reader), stat: readNodeStat(reader) };
  }

  override watchedList(err: number): WatchList | undefined {
    return err === 0 ? WatchList.data : undefined;
  }
}
