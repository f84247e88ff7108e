import type { Bounds } from '../bounds/bounds.ts';
import type { ClientMemory, MemoryHolder } from './client-memory.ts';
import type { Inflow } from './inflow.ts';
import type { Line } from './line.ts';
import type { Outflow } from './outflow.ts';

/** What all connections share, as one of them sees it. */
export interface SharedHoldings {
  readonly bounds: Bounds;
  /** More is on its way through the log than this member may hold. */
  readonly overloaded: boolean;
  readonly turns: { readonly isSpent: boolean };
  readonly memory: ClientMemory;
  readonly counters: { evicted: number };
}

export interface HoldingsOwner {
  readonly isOpen: boolean;
  readonly hasSession: boolean;
  /** Bytes of requests that came before the session was there. */
  readonly earlyBytes: number;
  closeFor(reason: string): void;
}

/** A request that waits takes so much beside its bytes. */
const requestOverheadBytes = 256;

/** What a member holds for one connection, and what that means for it: whether it waits, or is sent away. */
export class Holdings implements MemoryHolder {
  countedBytes = 0;
  private readonly owner: HoldingsOwner;
  private readonly shared: SharedHoldings;
  private readonly line: Line;
  private readonly outflow: Outflow;
  private readonly inflow: Inflow;

  constructor(owner: HoldingsOwner, shared: SharedHoldings, inflow: Inflow, line: Line, outflow: Outflow) {
    this.owner = owner;
    this.shared = shared;
    this.inflow = inflow;
    this.line = line;
    this.outflow = outflow;
  }

  get memoryBytes(): number {
    return this.owner.isOpen ? this.inflow.heldBytes + this.owner.earlyBytes + this.owedBytes : 0;
  }

  get hasSession(): boolean {
    return this.owner.hasSession;
  }

  /** What is held may have changed. */
  count(): void {
    this.shared.memory.count(this);
  }

  evict(): void {
    this.shared.counters.evicted++;
    this.owner.closeFor(
      `it held ${this.countedBytes} bytes, and all clients together hold more than this member may (clientMemoryBytes)`,
    );
  }

  /** Of requests that were read, and their answers. */
  private get owedBytes(): number {
    const { line, outflow } = this;
    return line.heldBytes + line.length * requestOverheadBytes + outflow.unsentBytes;
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
    if (shared.memory.isTight && (shared.memory.isOver || this.owedBytes > 0)) return true;
    return shared.overloaded || this.mustWait;
  }

  /** Sends a client away that has too much to read, and `goesOn` all the same; whether it did. */
  endsFor(goesOn: string): boolean {
    this.count();
    const { unsentBytes } = this.outflow;
    const { bounds, memory } = this.shared;
    if (unsentBytes <= (memory.isOver ? bounds.unsentBytes : bounds.owedBytes)) return false;
    this.owner.closeFor(`a client has ${unsentBytes} bytes of replies to read, and ${goesOn}`);
    return true;
  }
}
