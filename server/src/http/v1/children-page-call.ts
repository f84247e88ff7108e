import { Call } from '@rookery/client/world';
import {
  type ChildrenPage,
  type Reader,
  readChildrenPage,
  type Writer,
  writeChildrenPageRequest,
} from '@rookery/protocol';

export interface PageWanted {
  readonly limit: number;
  readonly withStats: boolean;
  /** As the page before gave it; undefined: from the first child on. */
  readonly cursor: Uint8Array | undefined;
}

/** An operation that the member has for its own doors: what it costs grows with the page alone. */
export class ChildrenPageCall extends Call<ChildrenPage> {
  override readonly isRepeatable = true;
  readonly #path: string;
  readonly #wanted: PageWanted;

  constructor(path: string, wanted: PageWanted) {
    super('children', path);
    this.#path = path;
    this.#wanted = wanted;
  }

  write(writer: Writer, xid: number): void {
    const { limit, withStats, cursor } = this.#wanted;
    writeChildrenPageRequest(writer, xid, this.#path, limit, withStats, cursor);
  }

  read(reader: Reader): ChildrenPage {
    return readChildrenPage(reader);
  }
}
