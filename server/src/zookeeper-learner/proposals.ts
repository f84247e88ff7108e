import { copyRange } from '@rookery/protocol';

/** A transaction that is not committed yet, as far as is known here. */
export interface Proposal {
  readonly zxid: number;
  readonly bytes: Uint8Array;
  isAcknowledged: boolean;
}

/** In the order of their zxids. */
export class Proposals {
  #list: Proposal[] = [];
  /** Those before it were removed. */
  #from = 0;

  get first(): Proposal | undefined {
    return this.#list[this.#from];
  }

  add(zxid: number, bytes: Uint8Array, start: number, end: number): Proposal {
    const proposal = { zxid, bytes: copyRange(bytes, start, end), isAcknowledged: false };
    this.#list.push(proposal);
    return proposal;
  }

  removeFirst(): void {
    this.#from++;
    if (this.#from * 2 <= this.#list.length) return;
    this.#list = this.#list.slice(this.#from);
    this.#from = 0;
  }

  values(): readonly Proposal[] {
    return this.#list.slice(this.#from);
  }
}
