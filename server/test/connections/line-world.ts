import { Prng } from '../../sim/prng.ts';
import type { Connection } from '../../src/connections/connection.ts';
import type { Line as LineClass, LineOwner } from '../../src/connections/line.ts';
import { Outstanding, Waiting } from '../../src/connections/outstanding.ts';
import { ErrorCode } from '../../src/model/error-codes.ts';
import { OpCode } from '../../src/model/op-codes.ts';

type Kind = 'read' | 'write' | 'sync' | 'refusal' | 'close';

/** A reply that left: which request it answers, and which writes it shows. */
export interface Answered {
  readonly xid: number;
  readonly kind: Kind;
  /** Writes of all clients that were applied when it was answered. */
  readonly applied: number;
  /** This client's own among them. */
  readonly own: number;
}

interface Asked {
  readonly kind: Kind;
  /** This client's writes before it, itself included. */
  readonly own: number;
  /** All that was committed when it came: what a sync waits for. */
  readonly committed: number;
}

const nothing = new Uint8Array(0);
const opOf = {
  read: OpCode.getData,
  write: OpCode.setData,
  sync: OpCode.sync,
  refusal: OpCode.setData,
  close: OpCode.closeSession,
};

/** One client's connection with its line, over a log that others write to as well, and rounds of reads that take their time. */
export class LineWorld implements LineOwner {
  readonly answered: Answered[] = [];
  readonly asked: Asked[] = [];
  isOpen = true;
  /** Its answers have to wait for a later turn. */
  mustWait = false;
  /** How often the line has asked for a turn to look at it again. */
  timesPutOff = 0;
  private readonly line: LineClass;
  private readonly prng: Prng;
  /** Entries that are in the log and not applied here yet: this client's, or others' (undefined). */
  private readonly log: (Outstanding | undefined)[] = [];
  private readonly rounds: { readonly owed: Outstanding; readonly index: number }[] = [];
  private readonly kinds = new Map<number, Kind>();
  private committed = 0;
  private applied = 0;
  private own = 0;

  constructor(seed: number, Line: typeof LineClass) {
    this.prng = new Prng(seed, 'line');
    this.line = new Line(this);
  }

  get waiting(): number {
    return this.line.length;
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const chance = this.prng.fraction();
      if (chance < 0.15) this.ask('read');
      else if (chance < 0.3) this.ask('write');
      else if (chance < 0.4) this.ask('sync');
      else if (chance < 0.44) this.ask('refusal');
      else if (chance < 0.45) this.ask('close');
      else if (chance < 0.6) this.enter(undefined);
      else if (chance < 0.75) this.apply();
      else if (chance < 0.8) this.mustWait = !this.mustWait;
      else if (chance < 0.85) this.resume();
      else this.confirm(this.prng.below(this.rounds.length));
    }
    this.mustWait = false;
    for (let left = 4 * steps; left > 0 && this.line.length > 0; left--) {
      this.resume();
      this.apply();
      this.confirm(0);
    }
  }

  /** As a connection takes its requests. */
  ask(kind: Kind): void {
    const xid = this.asked.length;
    const own = this.asked.filter((asked) => asked.kind === 'write' || asked.kind === 'close').length;
    const isWrite = kind === 'write' || kind === 'close';
    this.asked.push({ kind, own: own + (isWrite ? 1 : 0), committed: this.committed });
    this.kinds.set(xid, kind);
    const { line } = this;
    if (kind === 'sync') {
      const owed = this.owe(Waiting.barrier, xid, opOf.sync);
      line.push(owed);
      this.rounds.push({ owed, index: this.committed });
    } else if (kind === 'read' || kind === 'refusal') {
      if (line.length === 0) this.reply(xid, kind);
      else {
        const owed = this.owe(Waiting.turn, xid, opOf[kind]);
        if (kind === 'refusal') owed.refusal = ErrorCode.unimplemented;
        line.push(owed);
      }
    } else if (line.holdsWrites) line.push(this.owe(Waiting.turn, xid, opOf[kind]));
    else line.push(this.propose(xid, opOf[kind]));
  }

  answer({ xid, op, refusal }: Outstanding): void {
    this.reply(xid, refusal !== ErrorCode.ok ? 'refusal' : op === OpCode.sync ? 'sync' : 'read');
  }

  propose(xid: number, op: number): Outstanding {
    const owed = this.owe(Waiting.apply, xid, op);
    this.enter(owed);
    return owed;
  }

  waits(): void {
    this.timesPutOff++;
  }

  /** A turn looks at it again. */
  resume(): void {
    if (this.isOpen) this.line.resume();
  }

  /** The connection is gone. */
  close(): void {
    this.isOpen = false;
    this.line.cancel();
  }

  /** The next entry is applied here. */
  apply(): void {
    const owed = this.log.shift();
    if (this.applied === this.committed) return;
    this.applied++;
    if (owed === undefined) return;
    this.own++;
    if (!this.isOpen) return;
    this.reply(owed.xid, this.kinds.get(owed.xid)!);
    this.line.firstApplied();
  }

  /** A round of reads comes back, once the tree is as far. */
  confirm(at: number): void {
    const round = this.rounds[at];
    if (round === undefined || round.index > this.applied) return;
    this.rounds.splice(at, 1);
    round.owed.isReached = true;
    if (this.isOpen) this.line.reached(round.owed);
  }

  private enter(owed: Outstanding | undefined): void {
    this.committed++;
    this.log.push(owed);
  }

  private reply(xid: number, kind: Kind): void {
    this.answered.push({ xid, kind, applied: this.applied, own: this.own });
  }

  private owe(waiting: Waiting, xid: number, op: number): Outstanding {
    // The line never asks whose request it is.
    return new Outstanding({} as Connection, waiting, xid, op, nothing, 0);
  }
}

/** What is wrong with the answers of a run; undefined where nothing is. */
export function complaintAbout(world: LineWorld): string | undefined {
  const { answered, asked } = world;
  for (const [i, { xid, kind, applied, own }] of answered.entries()) {
    if (xid !== i) return `request ${xid} was answered where request ${i} was next`;
    const request = asked[xid]!;
    if (kind !== request.kind) return `request ${xid}, a ${request.kind}, was answered as a ${kind}`;
    if (own !== request.own)
      return `request ${xid} shows ${own} writes of its client, ${request.own} came before it`;
    if (kind === 'sync' && applied < request.committed) return `sync ${xid} was answered too early`;
  }
  if (world.isOpen && (answered.length !== asked.length || world.waiting !== 0)) {
    return `${asked.length - answered.length} requests were never answered`;
  }
  return undefined;
}
