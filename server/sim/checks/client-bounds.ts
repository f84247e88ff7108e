import { ErrorCode, OpCode, type TreeWrite } from '@rookery/protocol';
import type { Bounds } from '../../src/bounds/bounds.ts';
import type { Connection } from '../../src/connections/connection.ts';
import type { Member } from '../../src/member.ts';
import type { RunningReplica } from '../../src/member-parts.ts';
import type { Totals } from '../totals.ts';
import type { Report } from './report.ts';

/** How the lines begin in which a member says why it closes a connection, and what is counted then. */
const CLOSED_FOR: readonly (readonly [string, string])[] = [
  ['a client has ', 'bound: replies never read'],
  ['it held ', 'bound: memory of all clients'],
  ['a message announces ', 'bound: request too long'],
  ['too many requests came before', 'bound: early requests'],
];

/** A connection begins to wait so often at most without anything having been taken or answered. */
const MAX_WAITS = 100;

/** What one life of a member does to its clients by its bounds: counted, and held to be enough. */
export class ClientBounds {
  readonly #member: Member;
  readonly #bounds: Bounds;
  readonly #report: Report;
  readonly #totals: Totals;
  /** How a connection stood when it began to wait, and how often it has done so since. */
  readonly #waits = new WeakMap<Connection, { outstanding: number; received: number; times: number }>();

  constructor(member: Member, bounds: Bounds, report: Report, totals: Totals) {
    this.#member = member;
    this.#bounds = bounds;
    this.#report = report;
    this.#totals = totals;
    this.#countPauses();
    this.#countRefusals();
    this.#checkAdmission();
    this.#checkTurns();
    this.#checkMemory();
  }

  /** Raft runs: requests can be taken, or refused. */
  runs({ replica }: RunningReplica): void {
    const { clients } = this.#member;
    let decided = 0;
    const decide = replica.decide.bind(replica);
    replica.decide = (command) => {
      decided++;
      decide(command);
    };
    const review = clients.sessions.expireSessions.bind(clients.sessions);
    clients.sessions.expireSessions = (links) => {
      decided = 0;
      review(links);
      if (decided >= this.#bounds.reviewExpiries) this.#count('expiries of a review');
    };
    const { requests } = replica;
    const handOver = requests.handOver.bind(requests);
    requests.handOver = (term, sink) => {
      handOver(term, sink);
      const several = requests.pending - requests.unsent > 1;
      if (several && requests.handedOverBytes > this.#bounds.forwardWindowBytes) {
        this.#report('what is handed to a leader keeps to its window', `${requests.handedOverBytes} bytes`);
      }
      if (requests.unsent > 0) this.#count('forward window full');
    };
  }

  #count(what: string): void {
    this.#totals.add(`bound: ${what}`);
  }

  #checkAdmission(): void {
    const { admission } = this.#member.clients;
    const refuses = admission.refuses.bind(admission);
    admission.refuses = (write, bytes) => {
      const code = refuses(write, bytes);
      if (code !== ErrorCode.ok && isDeletion(write))
        this.#report('what makes room is taken', `it came to ${code}`);
      return code;
    };
  }

  #countPauses(): void {
    const { turns } = this.#member.clients;
    const wait = turns.wait.bind(turns);
    turns.wait = (waiter) => {
      const connection = waiter as Connection;
      this.#count(this.#whyWaiting(connection));
      this.#checkRest(connection);
      wait(connection);
    };
  }

  /** Whoever waits asks for a turn, and then the member rests until something comes. */
  #checkRest(connection: Connection): void {
    const { outstanding, stats } = connection;
    const known = this.#waits.get(connection);
    const isSame = known?.outstanding === outstanding && known.received === stats.receivedPackets;
    const times = isSame ? known.times + 1 : 0;
    this.#waits.set(connection, { outstanding, received: stats.receivedPackets, times });
    if (times === MAX_WAITS)
      this.#report(
        'a client that waits keeps no member busy',
        `${times} turns for one that is owed ${outstanding}`,
      );
  }

  /** The first of those that may hold a connection back, in the order in which it asks. */
  #whyWaiting({ outstanding, countedBytes, isBeingRead, hasSession, earlyBytes }: Connection): string {
    const { clients, config } = this.#member;
    const { executor } = clients;
    if (!hasSession && earlyBytes > this.#bounds.earlyBytes) return 'early bytes';
    if (outstanding >= this.#bounds.owedRequests) return 'requests owed';
    if (clients.memory.isTight && countedBytes > 0) return 'memory of all clients tight';
    if (executor.overloaded) {
      return executor.outstanding >= config.limits.outstandingRequests
        ? 'requests outstanding'
        : 'all clients together';
    }
    if (!isBeingRead) return 'replies unread';
    return clients.turns.isSpent ? 'turn spent' : 'requests held';
  }

  #countRefusals(): void {
    const { complaints } = this.#member.clients;
    const refused = complaints.refused.bind(complaints);
    complaints.refused = (subject, message) => {
      this.#count(`limit on ${subject}`);
      refused(subject, message);
    };
    const countClosed = (reason: string): void => {
      for (const [beginning, what] of CLOSED_FOR) if (reason.startsWith(beginning)) this.#totals.add(what);
    };
    const closedFor = complaints.closedFor.bind(complaints);
    complaints.closedFor = (reason) => {
      countClosed(reason);
      closedFor(reason);
    };
    const misused = complaints.misused.bind(complaints);
    complaints.misused = (socket, reason) => {
      countClosed(reason);
      misused(socket, reason);
    };
  }

  /** However much is asked for at once, a turn ends: what is answered between two writes of one client is all that it may not put off. */
  #checkTurns(): void {
    const { turns, counters } = this.#member.clients;
    const { turnBytes, turnRequestBytes } = this.#bounds;
    let spentBytes = 0;
    let taken = counters.receivedPackets;
    const spend = turns.spend.bind(turns);
    turns.spend = (bytes) => {
      if (counters.receivedPackets > taken && spentBytes >= turnBytes) {
        const message = `one of ${bytes} bytes, behind ${spentBytes} in the same turn; ${turnBytes} are allowed`;
        this.#report('a turn that has done its share takes no further request', message);
      }
      taken = counters.receivedPackets;
      spentBytes += bytes + turnRequestBytes;
      spend(bytes);
    };
    const next = turns.next.bind(turns);
    turns.next = () => {
      spentBytes = 0;
      next();
    };
    const flush = turns.flush.bind(turns);
    turns.flush = () => {
      flush();
      // Busy without being spent: some of those who have something to send wait for the next turn.
      if (turns.isBusy && !turns.isSpent) this.#count('sends of a turn');
    };
  }

  /** Also counted anew: what a member believes to hold may be less than it holds. */
  #checkMemory(): void {
    const { memory } = this.#member.clients;
    const { clientMemoryBytes, answerBytes } = this.#bounds;
    const review = memory.evict.bind(memory);
    memory.evict = (connections) => {
      const all = [...connections];
      review(all);
      let heldBytes = 0;
      for (const { memoryBytes } of all) heldBytes += memoryBytes;
      if (heldBytes > clientMemoryBytes + answerBytes) {
        const message = `${heldBytes} bytes for ${all.length} connections, ${clientMemoryBytes} are allowed`;
        this.#report('what is held for all clients together is bounded', message);
      }
    };
  }
}

/** Deletes, and makes sure of what it deletes. */
function isDeletion(write: TreeWrite): boolean {
  if (write.op !== OpCode.multi) return write.op === OpCode.delete;
  const { writes } = write;
  return (
    writes.some(({ op }) => op === OpCode.delete) &&
    writes.every(({ op }) => op === OpCode.delete || op === OpCode.check)
  );
}
