import type { Message, NodeId } from '../../src/index.ts';
import type { Environment } from './environment.ts';
import type { Member } from './member.ts';

/** A two-way link between two processes; each time that it comes up is another epoch. */
interface Link {
  up: boolean;
  epoch: number;
  /** In order: nothing arrives before what was sent earlier, in either direction. */
  lastArrivalMs: [number, number];
}

const MAX_IDS = 100_000;
/** Many times what any run needs: more is a conversation that feeds itself. */
const MAX_MESSAGES = 1_000_000;

/** Answers beget questions without end. */
export class MessageStorm extends Error {
  override readonly name = 'MessageStorm';
  constructor() {
    super(`more than ${MAX_MESSAGES} messages in one run`);
  }
}

/** Carries messages between running members: late, lost, twice and out of order, where the profile says so. */
export class Network {
  readonly #environment: Environment;
  readonly #members: ReadonlyMap<NodeId, Member>;
  readonly #links = new Map<number, Link>();
  /** From one to the other nothing gets through, silently. */
  readonly #blocked = new Set<number>();
  lossChance: number;
  #sent = 0;

  constructor(environment: Environment, members: ReadonlyMap<NodeId, Member>) {
    this.#environment = environment;
    this.#members = members;
    this.lossChance = environment.profile.lossChance;
  }

  #link(a: NodeId, b: NodeId): Link {
    const key = Math.min(a, b) * MAX_IDS + Math.max(a, b);
    let link = this.#links.get(key);
    if (link === undefined) {
      link = { up: false, epoch: 0, lastArrivalMs: [0, 0] };
      this.#links.set(key, link);
    }
    return link;
  }

  #isRunning(id: NodeId): boolean {
    return this.#members.get(id)?.running === true;
  }

  isUp(a: NodeId, b: NodeId): boolean {
    return this.#link(a, b).up;
  }

  block(from: NodeId, to: NodeId): void {
    this.#blocked.add(from * MAX_IDS + to);
  }

  unblockAll(): void {
    this.#blocked.clear();
    this.lossChance = this.#environment.profile.lossChance;
  }

  /** Both sides learn of it, as far as they run. */
  bringUp(a: NodeId, b: NodeId): void {
    const environment = this.#environment;
    const link = this.#link(a, b);
    if (link.up || !this.#isRunning(a) || !this.#isRunning(b)) return;
    link.up = true;
    link.epoch += 1;
    environment.trace(`link ${a}-${b} up`);
    const noticed = environment.random.chance(0.5);
    for (const [here, there] of [[a, b] as const, [b, a] as const]) {
      this.#members.get(here)?.input((raft) => {
        if (noticed) raft.peerDisconnected(there);
        raft.peerConnected(there);
      });
    }
  }

  /** `noticeMs`: when each side learns of it; undefined: not before the link comes up again. */
  bringDown(a: NodeId, b: NodeId, noticeMs: number | undefined): void {
    const environment = this.#environment;
    const link = this.#link(a, b);
    if (!link.up) return;
    link.up = false;
    const { epoch } = link;
    environment.trace(`link ${a}-${b} down`);
    if (noticeMs === undefined) return;
    for (const [here, there] of [[a, b] as const, [b, a] as const]) {
      environment.schedule.after(noticeMs === 0 ? 1 : environment.random.between(1, noticeMs), () => {
        if (link.epoch === epoch) this.#members.get(here)?.input((raft) => raft.peerDisconnected(there));
      });
    }
  }

  send(message: Message): void {
    const environment = this.#environment;
    const { random, profile } = environment;
    const { from, to } = message;
    const link = this.#link(from, to);
    this.#sent += 1;
    if (this.#sent > MAX_MESSAGES) throw new MessageStorm();
    if (!link.up || this.#blocked.has(from * MAX_IDS + to)) return;
    if (random.chance(this.lossChance)) {
      environment.totals.messagesLost += 1;
      return;
    }
    this.#deliver(message, link, random.between(1, profile.maxDelayMs));
    if (random.chance(profile.duplicateChance)) {
      environment.totals.messagesDuplicated += 1;
      this.#deliver(message, link, random.between(1, profile.maxDelayMs * 20));
    }
  }

  #deliver(message: Message, link: Link, delayMs: number): void {
    const environment = this.#environment;
    const { orderly } = environment.profile;
    const { epoch } = link;
    const direction = message.from < message.to ? 0 : 1;
    let arrivalMs = environment.schedule.nowMs + delayMs;
    if (orderly) {
      arrivalMs = Math.max(arrivalMs, link.lastArrivalMs[direction]);
      link.lastArrivalMs[direction] = arrivalMs;
    }
    const arrive = (): void => {
      if (orderly && (link.epoch !== epoch || !link.up)) return;
      const member = this.#members.get(message.to);
      if (member === undefined || !member.running) return;
      const { nowMs } = environment.schedule;
      if (member.stalledUntilMs > nowMs) {
        environment.schedule.after(member.stalledUntilMs - nowMs, arrive);
        return;
      }
      environment.totals.messages += 1;
      environment.traceMessage(message);
      member.receive(message);
    };
    environment.schedule.after(arrivalMs - environment.schedule.nowMs, arrive);
  }
}
