import { ErrorCode, OpCode, type Reader, type Writer, writePathWatchRequest } from '@rookery/protocol';
import { WatchList } from '../watches/one-shot.ts';
import { type NodeStat, readNodeStat } from './node-stat.ts';
import { WatchingCall } from './watching-call.ts';

const NO_NODE = { value: undefined };

/** undefined where there is no such node. */
export class ExistsCall extends WatchingCall<NodeStat | undefined> {
  constructor(path: string, serverPath: string) {
    super('exists', path, serverPath);
  }

  write(writer: Writer, xid: number): void {
    writePathWatchRequest(writer, xid, OpCode.exists, this.serverPath, this.isWatching);
  }

  read(reader: Reader): NodeStat {
    return readNodeStat(reader);
  }

  override valueOfError(err: number): { readonly value: undefined } | undefined {
    return err === ErrorCode.noNode ? NO_NODE : undefined;
  }

  override watchedList(err: number): WatchList | undefined {
    if (err === 0) return WatchList.data;
    return err === ErrorCode.noNode ? WatchList.exist : undefined;
  }
}
