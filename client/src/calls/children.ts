import { OpCode, type Reader, readChildren, type Writer, writePathWatchRequest } from '@rookery/protocol';
import { WatchList } from '../watches/one-shot.ts';
import { type NodeStat, readNodeStat } from './node-stat.ts';
import { WatchingCall } from './watching-call.ts';

export interface Children {
  /** Names, not paths, in no particular order. */
  readonly names: string[];
  /** Of the parent. */
  readonly stat: NodeStat;
}

export class ChildrenCall extends WatchingCall<Children> {
  constructor(path: string, serverPath: string) {
    super('children', path, serverPath);
  }

  write(writer: Writer, xid: number): void {
    writePathWatchRequest(writer, xid, OpCode.getChildren2, this.serverPath, this.isWatching);
  }

  read(reader: Reader): Children {
    return { names: readChildren(reader), stat: readNodeStat(reader) };
  }

  override watchedList(err: number): WatchList | undefined {
    return err === 0 ? WatchList.child : undefined;
  }
}
