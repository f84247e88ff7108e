import {
  ErrorCode,
  Permission,
  type Reader,
  type Writer,
  writeGetDataReply,
  writeHeaderReply,
} from '@rookery/protocol';
import type { Bounds } from '../bounds/bounds.ts';
import type { Config } from '../config/config.ts';
import {
  COMMAND_HEADER_BYTES,
  type CommandHeader,
  emptyCommandHeader,
  writeCommandHeader,
} from '../model/command.ts';
import type { SessionId } from '../model/ids.ts';
import type { BarrierWaiter } from '../replica/read-barrier.ts';
import type { ReconfigRequests, ReconfigWaiter } from '../replica/reconfig-requests.ts';
import type { Replica } from '../replica/replica.ts';
import type { Request } from '../replica/requests.ts';
import type { StateMachine } from '../replica/state-machine.ts';
import type { Tree } from '../tree/tree.ts';
import type { ClientCounters } from './client-counters.ts';
import { CommandSlab } from './command-slab.ts';
import type { ClientComplaints } from './complaints.ts';
import { CONFIG_PATH, type ConfigNode } from './config-node.ts';
import { KeeperNodes } from './keeper-nodes.ts';
import type { Operation } from './operations.ts';
import { PagePlaces } from './page-places.ts';
import type { ReadState } from './read.ts';
import type { ClientTurns } from './turns.ts';
import type { Watcher, Watches } from './watches.ts';

/** A request that can be given what goes into the log for it. */
export interface Proposal extends Request {
  command: Uint8Array;
}

/** In whose name something is proposed. */
export interface Proposer {
  readonly session: SessionId;
  readonly attachIndex: number;
}

export interface ExecutorParts {
  readonly bounds: Bounds;
  readonly limits: Config['limits'];
  readonly counters: ClientCounters;
  readonly complaints: ClientComplaints;
  readonly turns: ClientTurns;
  readonly watches: Watches;
  readonly configNode: ConfigNode;
  readonly dialects: Config['dialects'];
  readonly isReconfigEnabled: boolean;
  /** By chance, so that no two processes have the same one. */
  readonly treeSeed: number;
}

/** Carries out what clients ask for: reads from this member's own tree, and writes by what goes into the log for them. */
export class Executor implements ReadState {
  readonly bounds: Bounds;
  readonly turns: ClientTurns;
  readonly watches: Watches;
  readonly configNode: ConfigNode;
  readonly places = new PagePlaces();
  readonly keeperNodes: KeeperNodes | undefined;
  readonly #parts: ExecutorParts;
  readonly #slab = new CommandSlab();
  #markedTree: Tree | undefined;
  #treeMark: number;
  /** Reused for each command. */
  readonly #header: CommandHeader = emptyCommandHeader();
  /** undefined: the replica does not run. */
  #running:
    | { readonly replica: Replica; readonly machine: StateMachine; readonly reconfigs: ReconfigRequests }
    | undefined;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
    this.#treeMark = parts.treeSeed | 0;
    this.bounds = parts.bounds;
    this.turns = parts.turns;
    this.watches = parts.watches;
    this.configNode = parts.configNode;
    if (parts.dialects.clickHouseKeeper) this.keeperNodes = new KeeperNodes(() => this.machine.featureLevel);
  }

  /** The replica runs; its entries carry `raftId`. */
  attach(replica: Replica, machine: StateMachine, reconfigs: ReconfigRequests, raftId: number): void {
    this.#running = { replica, machine, reconfigs };
    this.#header.origin = raftId;
  }

  detach(): void {
    this.#running = undefined;
  }

  get isAttached(): boolean {
    return this.#running !== undefined;
  }

  get replica(): Replica {
    return this.#attached.replica;
  }

  get machine(): StateMachine {
    return this.#attached.machine;
  }

  get tree(): Tree {
    return this.#attached.machine.tree;
  }

  get treeMark(): number {
    const { tree } = this;
    if (tree !== this.#markedTree) {
      this.#markedTree = tree;
      this.#treeMark = (this.#treeMark + 1) | 0;
    }
    return this.#treeMark;
  }

  /** zxid of the last write that this member's tree holds. */
  get lastZxid(): number {
    return this.#running?.machine.lastZxid ?? 0;
  }

  /** For how long the leader was not heard of. */
  get leaderSilentMs(): number {
    return this.#running?.replica.silentMs ?? 0;
  }

  /** Requests of this member's clients on their way through the log. */
  get outstanding(): number {
    return this.#running?.replica.requests.pending ?? 0;
  }

  /** More is on its way through the log than this member may hold: sockets are not read until some of it has been applied. */
  get overloaded(): boolean {
    const requests = this.#running?.replica.requests;
    if (requests === undefined) return false;
    const isMuch =
      requests.pendingBytes > this.bounds.pendingBytes ||
      requests.pending >= this.#parts.limits.outstandingRequests;
    return isMuch || requests.isUsedUp;
  }

  /** Writes the reply to a read; `reader` stands at its record. */
  read({ op, answer }: Operation, xid: number, reader: Reader, out: Writer, client: Watcher): void {
    const { counters, complaints } = this.#parts;
    counters.reads++;
    const before = out.length;
    if (!answer!(out, xid, reader, this, client)) {
      complaints.unreadable(op);
      writeHeaderReply(out, xid, this.lastZxid, ErrorCode.marshallingError);
    }
    this.turns.spend(out.length - before);
  }

  /** Puts a command of the proposer's session on its way into the log: its body is `body[start, end)`. */
  propose(
    proposer: Proposer,
    proposal: Proposal,
    op: number,
    body: Uint8Array,
    start: number,
    end: number,
  ): void {
    const header = this.#header;
    const { replica } = this;
    const command = this.#slab.allocate(COMMAND_HEADER_BYTES + end - start);
    header.op = op;
    header.session = proposer.session;
    header.attachIndex = proposer.attachIndex;
    header.requestNumber = replica.requests.nextNumber();
    writeCommandHeader(command, 0, header);
    if (end > start) command.set(body.subarray(start, end), COMMAND_HEADER_BYTES);
    proposal.command = command;
    replica.submit(proposal);
  }

  /** Has a sync wait until the tree holds all that is committed now. */
  barrier(waiter: BarrierWaiter): void {
    const { replica } = this;
    replica.reads.wait(waiter);
    replica.wake();
  }

  /** Whether clients may change the membership at all. */
  get isReconfigEnabled(): boolean {
    return this.#parts.isReconfigEnabled;
  }

  /** Has the leader carry out a reconfig, whose record this is. Whether its client may ask for it is seen now. */
  reconfigure(record: Uint8Array, client: Watcher, waiter: ReconfigWaiter): void {
    const { tree } = this;
    const node = tree.lookup(CONFIG_PATH, 0, CONFIG_PATH.length);
    const isPermitted = tree.permits(node, Permission.write, client.identities);
    this.#attached.reconfigs.ask(record, isPermitted, waiter);
  }

  /** Writes the reply to one that was carried out: what `/zookeeper/config` says now. */
  answerReconfig(out: Writer, xid: number): void {
    const { tree } = this;
    const node = tree.lookup(CONFIG_PATH, 0, CONFIG_PATH.length);
    writeGetDataReply(out, xid, this.lastZxid, this.configNode.over(tree), node);
  }

  /** An operation that is not carried out for anybody. */
  unknownOperation(op: number): void {
    this.#parts.complaints.unknownOperation(op);
  }

  get #attached() {
    if (this.#running === undefined) throw new Error('a client is served before the replica runs');
    return this.#running;
  }
}
