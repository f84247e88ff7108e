import { ErrorCode, OpCode, Reader, readReplyHeader, Writer, writeHeaderReply } from '@rookery/protocol';
import { Prng } from '../../sim/prng.ts';
import { operationOf } from '../../src/connections/operations.ts';
import type { Pending } from '../../src/connections/pending.ts';
import type {
  RequestPipeline as PipelineClass,
  PipelineEnds,
  PipelineParts,
} from '../../src/connections/request-pipeline.ts';
import type { Applied } from '../../src/replica/applied.ts';

type Kind = 'read' | 'write' | 'sync' | 'reconfig' | 'refusal' | 'close';

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

const opOf = {
  read: OpCode.getData,
  write: OpCode.setData,
  sync: OpCode.sync,
  reconfig: OpCode.reconfig,
  refusal: OpCode.reconfig,
  close: OpCode.closeSession,
};

/** By these zxids the replies tell what gave them. */
const READ_ZXID = 1;
const WRITE_ZXID = 2;
const SYNC_ZXID = 3;
const RECONFIG_ZXID = 4;

/** One client's pipeline, over a log that others write to as well, and rounds of reads that take their time. */
export class PipelineWorld {
  readonly answered: Answered[] = [];
  readonly asked: Asked[] = [];
  isOpen = true;
  /** Its answers have to wait for a later turn. */
  mustWait = false;
  /** How often the pipeline has asked for a turn to look at it again. */
  timesPutOff = 0;
  readonly #pipeline: PipelineClass;
  readonly #prng: Prng;
  /** Entries that are in the log and not applied here yet: this client's, or others' (undefined). */
  readonly #log: (Pending | undefined)[] = [];
  readonly #rounds: { readonly pending: Pending; readonly index: number }[] = [];
  readonly #out = new Writer();
  #isReconfigEnabled = false;
  #committed = 0;
  #applied = 0;
  #own = 0;

  constructor(seed: number, RequestPipeline: typeof PipelineClass) {
    this.#prng = new Prng(seed, 'pipeline');
    this.#pipeline = new RequestPipeline(this.#parts(), this.#ends());
  }

  get waiting(): number {
    return this.#pipeline.length;
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const chance = this.#prng.fraction();
      if (chance < 0.15) this.ask('read');
      else if (chance < 0.3) this.ask('write');
      else if (chance < 0.4) this.ask('sync');
      else if (chance < 0.42) this.ask('reconfig');
      else if (chance < 0.44) this.ask('refusal');
      else if (chance < 0.45) this.ask('close');
      else if (chance < 0.6) this.#enter(undefined);
      else if (chance < 0.75) this.apply();
      else if (chance < 0.8) this.mustWait = !this.mustWait;
      else if (chance < 0.85) this.resume();
      else this.confirm(this.#prng.below(this.#rounds.length));
    }
    this.mustWait = false;
    for (let left = 4 * steps; left > 0 && this.waiting > 0; left--) {
      this.resume();
      this.apply();
      this.confirm(0);
    }
  }

  /** A request comes. */
  ask(kind: Kind): void {
    const own = this.asked.filter((asked) => asked.kind === 'write' || asked.kind === 'close').length;
    this.#isReconfigEnabled = kind === 'reconfig';
    const isWrite = kind === 'write' || kind === 'close';
    const request = new Writer();
    request.writeInt(this.asked.length);
    request.writeInt(opOf[kind]);
    request.writeString('/');
    this.asked.push({ kind, own: own + (isWrite ? 1 : 0), committed: this.#committed });
    this.#pipeline.request(request.bytes, 0, request.length);
    this.#takeReplies();
  }

  /** A turn looks at it again. */
  resume(): void {
    if (this.isOpen) this.#pipeline.resume();
    this.#takeReplies();
  }

  /** The connection is gone. */
  close(): void {
    this.isOpen = false;
    this.#pipeline.cancel();
  }

  /** The next entry is applied here. */
  apply(): void {
    const pending = this.#log.shift();
    if (this.#applied === this.#committed) return;
    this.#applied++;
    if (pending === undefined) return;
    this.#own++;
    pending.applied({ zxid: WRITE_ZXID, err: ErrorCode.ok, outcome: undefined } as Applied);
    this.#takeReplies();
  }

  /** A round of reads comes back, once the tree is as far. */
  confirm(at: number): void {
    const round = this.#rounds[at];
    if (round === undefined || round.index > this.#applied) return;
    this.#rounds.splice(at, 1);
    if (round.pending.op === OpCode.reconfig) round.pending.reconfigured(ErrorCode.ok);
    else round.pending.reached();
    this.#takeReplies();
  }

  /** The leader is asked: what its client has proved and written before must be seen by then. */
  #reconfigure(pending: Pending): void {
    if (this.asked[pending.xid]!.own !== this.#own)
      throw new Error(`reconfig ${pending.xid} is asked for before the writes in front of it are applied`);
    this.#rounds.push({ pending, index: this.#committed });
  }

  #enter(pending: Pending | undefined): void {
    this.#committed++;
    this.#log.push(pending);
  }

  /** What the pipeline has written just now. */
  #takeReplies(): void {
    const out = this.#out;
    const applied = this.#applied;
    const own = this.#own;
    for (let at = 0; at < out.length; ) {
      const length = new Reader().reset(out.bytes, at, out.length).readInt();
      const { xid, zxid, err } = readReplyHeader(new Reader().reset(out.bytes, at + 4, at + 4 + length));
      this.answered.push({ xid, kind: this.#kindOf(xid, zxid, err), applied, own });
      at += 4 + length;
    }
    out.clear();
  }

  #kindOf(xid: number, zxid: number, err: number): Kind {
    if (err !== ErrorCode.ok) return 'refusal';
    if (zxid === READ_ZXID) return 'read';
    if (zxid === SYNC_ZXID) return 'sync';
    if (zxid === RECONFIG_ZXID) return 'reconfig';
    return this.asked[xid]!.kind === 'close' ? 'close' : 'write';
  }

  #parts(): PipelineParts {
    const world = this;
    return {
      executor: {
        lastZxid: SYNC_ZXID,
        read: (_operation, xid, _reader, out) => writeHeaderReply(out, xid, READ_ZXID, ErrorCode.ok),
        propose: (_client, proposal) => this.#enter(proposal as Pending),
        barrier: (waiter) => this.#rounds.push({ pending: waiter as Pending, index: this.#committed }),
        get isReconfigEnabled() {
          return world.#isReconfigEnabled;
        },
        reconfigure: (_record, _client, waiter) => this.#reconfigure(waiter as Pending),
        answerReconfig: (out, xid) => writeHeaderReply(out, xid, RECONFIG_ZXID, ErrorCode.ok),
        unknownOperation: () => {},
      },
      audit: undefined,
      operations: { of: operationOf },
      admission: { admits: () => ErrorCode.ok },
      clock: { nowMs: 0 },
      turns: {
        get isSpent() {
          return world.mustWait;
        },
        wait: () => {
          this.timesPutOff++;
        },
      },
    };
  }

  #ends(): PipelineEnds {
    const world = this;
    const outflow = {
      ending: false,
      isBeingRead: true,
      get isOver() {
        return !world.isOpen;
      },
      endsFor: () => false,
      write: () => this.#out,
    };
    const end = {
      get isOpen() {
        return world.isOpen;
      },
    };
    // No more of a connection is asked for.
    const authentication = { mayAsk: true };
    const client = { isReadOnly: false };
    const rest = { client, meter: { replied: () => {} }, waiter: {} };
    return { outflow, end, authentication, ...rest } as unknown as PipelineEnds;
  }
}

/** What is wrong with the answers of a run; undefined where nothing is. */
export function complaintAbout(world: PipelineWorld): string | undefined {
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
