import type { Identities, Reader, Writer } from '@rookery/protocol';
import type { Bounds } from '../bounds/bounds.ts';
import type { SessionId } from '../model/ids.ts';
import type { Tree } from '../tree/tree.ts';
import type { ConfigNode } from './config-node.ts';
import type { KeeperNodes } from './keeper-nodes.ts';
import type { PagePlaces } from './page-places.ts';
import type { Watcher, Watches } from './watches.ts';

/** Who asks: what a read may depend on beside the tree. */
export interface Asker {
  readonly session: SessionId;
  /** What its reads are checked with. */
  readonly identities: Identities;
}

/** Where reads are answered from. */
export interface ReadState {
  readonly bounds: Pick<Bounds, 'answerBytes' | 'pageBytes'>;
  readonly tree: Tree;
  /** Tells this tree from any other one that this or another process has, or had. */
  readonly treeMark: number;
  readonly lastZxid: number;
  readonly watches: Watches;
  readonly configNode: Pick<ConfigNode, 'readerOf'>;
  /** undefined: clients may not ask for ClickHouse Keeper's operations. */
  readonly keeperNodes: Pick<KeeperNodes, 'find'> | undefined;
  /** Where pages of children go on. */
  readonly places: Pick<PagePlaces, 'find' | 'remember'>;
  /** Hears of work that no reply shows. */
  readonly turns: { spendLooks(count: number): void };
}

/**
 * Writes the reply to a read whose record `reader` stands at, as far as `client` may see, and leaves the watch that it asks for; false where
 * the record cannot be read.
 */
export type AnswerRead = (
  writer: Writer,
  xid: number,
  reader: Reader,
  state: ReadState,
  client: Watcher,
) => boolean;
