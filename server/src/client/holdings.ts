import type { Bounds } from '../bounds/bounds.ts';
import type { Line } from './line.ts';
import type { Outflow } from './outflow.ts';

/** What all connections share, as one of them sees it. */
export interface SharedHoldings {
  readonly bounds: Bounds;
  /** More is on its way through the log than this member may hold. */
  readonly overloaded: boolean;
  readonly turns: { readonly isSpent: boolean };
}

/** What a member holds for one connection, and what that means for it: whether it waits, or is sent away. */
export class Holdings {
  private readonly shared: SharedHoldings;
  private readonly line: Line;
  private readonly outflow: Outflow;

  constructor(shared: SharedHoldings, line: Line, outflow: Outflow) {
    this.shared = shared;
    this.line = line;
    this.outflow = outflow;
  }

  /** The client takes what it is sent. */
  get isBeingRead(): boolean {
    return this.outflow.unsentBytes <= this.shared.bounds.unsentBytes;
  }

  /** Whether answers that could be given now must wait: for a turn, or for the client to read. */
  get mustWait(): boolean {
    return this.shared.turns.isSpent || !this.isBeingRead;
  }

  /** Whether this client must wait before more of its requests are taken. */
  get isFull(): boolean {
    const { shared, line } = this;
    if (line.length >= shared.bounds.owedRequests || line.heldBytes > shared.bounds.heldBytes) return true;
    return shared.overloaded || this.mustWait;
  }

  /** Why a client must go that does not read what it is owed, and `goesOn` all the same; undefined where it need not. */
  tooMuch(goesOn: string): string | undefined {
    const { unsentBytes } = this.outflow;
    if (unsentBytes <= this.shared.bounds.owedBytes) return undefined;
    return `a client has ${unsentBytes} bytes of replies to read, and ${goesOn}`;
  }
}
