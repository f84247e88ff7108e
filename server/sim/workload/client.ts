import { type ConnectResponse, type Reader, type ReplyHeader, Xid } from '@rookery/protocol';
import type { ContactTimes } from '../checks/contact-times.ts';
import { DialectWatch } from '../checks/dialect-watch.ts';
import { RightsWatch } from '../checks/rights-watch.ts';
import { WatchChecker, type WatchEvent } from '../checks/watch-checker.ts';
import type { Dialled } from '../ensemble.ts';
import type { Action, Operation, Violation } from '../history/operation.ts';
import type { Recorder } from '../history/recorder.ts';
import { goesOn, type Oracle } from '../oracle/oracle.ts';
import type { Prng } from '../prng.ts';
import type { SimEvent, VirtualTime } from '../scheduler.ts';
import { decodeReply } from './codec.ts';
import { Conversation, type Credentials, type Owed } from './conversation.ts';
import { Prover } from './prover.ts';
import type { User } from './users.ts';
import { WatchRegistry } from './watch-registry.ts';

/** What a client needs of the world around it. */
export interface ClientWorld {
  readonly time: VirtualTime;
  readonly recorder: Recorder;
  readonly oracle: Oracle;
  /** Members that listen to clients. */
  readonly serverIds: readonly number[];
  /** undefined: nobody listens there now. */
  dial(client: number, serverId: number): Dialled | undefined;
  report(violation: Violation): void;
  /** A number for the next connection of any client. */
  nextConnection(): number;
  /** The client knows that it holds the session over this connection. */
  holds(session: number, contacts: ContactTimes): void;
  trace(client: number, message: string): void;
}

export interface ClientHabits {
  /** Requests in flight. */
  readonly depth: number;
  /** Mean time between two bursts. */
  readonly thinkMs: number;
  /** Silence with requests in flight after which it gives the connection up. */
  readonly patienceMs: number;
  /** What it asks for as its session's timeout. */
  readonly timeoutMs: number;
  /** After a loss it asks for its old session again with this probability, else for a new one. */
  readonly returnChance: number;
  /** Before a burst: it ends its session instead, and begins another. */
  readonly closeChance: number;
  /** After a burst: it goes to another member at once, without a sign to the old one, which has the burst still to take in. */
  readonly hopChance: number;
  /** Before a burst: it goes away, and comes back at about the moment at which its session would end. */
  readonly napChance: number;
  /** Before a burst: it says nothing for a while, not even a ping; often for longer than its session lasts. */
  readonly silenceChance: number;
  /** Who it is, and proves to be at one time or another. */
  readonly users?: readonly User[];
}

/** Where a client's requests come from. */
export interface ActionSource {
  /** What to ask for next; nothing where there is nothing more. */
  next(): readonly Action[];
  learn(operation: Operation): void;
  /** No answer will come to this one. */
  lost?(action: Action): void;
  /** A watch fired. */
  told?(event: WatchEvent): void;
}

/**
 * A client as real ones are: pipelined requests, pings, another member after a loss, with its session, the last zxid it saw and its
 * watches; one-shot watches set anew by reading again.
 *
 *   resting ──► connecting ──► connected ──► resting
 *                                 │ ▲
 *                                 ▼ │
 *                               silent
 */
export class SimClient {
  readonly number: number;
  readonly watches = new WatchRegistry();
  readonly watchChecker: WatchChecker;
  readonly rights: RightsWatch;
  readonly dialect: DialectWatch;
  readonly prover: Prover;
  readonly #world: ClientWorld;
  readonly #prng: Prng;
  readonly #habits: ClientHabits;
  readonly #source: ActionSource;
  #talk: Conversation | undefined;
  #serverId = 0;
  #connection = 0;
  #credentials: Credentials | undefined;
  #xid = 0;
  #heardMs = 0;
  #silentUntilMs = 0;
  #maySilence = true;
  #stopped = false;
  #timer: SimEvent | undefined;
  /** setWatches waits for the welcome. */
  #watchesOwed = false;
  answered = 0;
  sessionsBegun = 0;
  sessionsResumed = 0;
  sessionsLost = 0;
  moves = 0;
  silences = 0;
  losses = 0;

  constructor(number: number, world: ClientWorld, prng: Prng, habits: ClientHabits, source: ActionSource) {
    this.number = number;
    this.#world = world;
    this.#prng = prng;
    this.#habits = habits;
    this.#source = source;
    this.watchChecker = new WatchChecker(world.oracle.tree, this.watches, (rule, message) =>
      this.#wrong(rule, message),
    );
    this.rights = new RightsWatch(world.oracle.tree, (rule, message) => this.#wrong(rule, message));
    this.dialect = new DialectWatch(world.oracle.tree, (rule, message) => this.#wrong(rule, message));
    this.prover = new Prover(number, habits.users ?? [], prng.fork('prover'));
  }

  start(): void {
    this.#rest(this.#prng.between(0, 50));
  }

  /** Wakes up, and falls silent no more. */
  speakUp(): void {
    this.#maySilence = false;
    this.#silentUntilMs = 0;
    if (this.#talk !== undefined) return;
    if (this.#timer !== undefined) this.#world.time.cancel(this.#timer);
    this.#rest(this.#prng.between(1, 100));
  }

  /** Takes up no more work; what is in flight may still be answered. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#world.time.cancel(this.#timer);
  }

  /** Ends its session, having stopped. */
  leave(): void {
    if (this.#talk?.welcome === true) this.#talk.closeSession(++this.#xid);
  }

  /** What it asked for as its session's timeout. */
  get timeoutMs(): number {
    return this.#habits.timeoutMs;
  }

  /** The session that it holds at this moment. */
  get session(): number | undefined {
    return this.#talk?.welcome === true ? this.#credentials?.id : undefined;
  }

  describe(): string {
    const talk = this.#talk;
    const where = talk === undefined ? 'between connections' : `at member ${this.#serverId}`;
    const state = talk === undefined ? '' : talk.welcome ? ', in a session' : ', without a session yet';
    return `client ${this.number}: ${where}${state}, ${this.answered} answers, owed ${talk?.owed.length ?? 0}`;
  }

  /** The network or the program loses the connection. */
  lose(why: string, restMs = this.#prng.between(1, 100)): void {
    if (this.#talk === undefined) return;
    this.#world.trace(this.number, `loses its connection to member ${this.#serverId}: ${why}`);
    this.#talk.drop();
    this.#gone(restMs);
  }

  /** Leaves without a sign, to come back for its session later; sometimes with nothing to say then, so that its coming alone counts. */
  nap(restMs: number): void {
    if (this.#prng.chance(0.5)) {
      const forMs = restMs + this.#habits.timeoutMs * this.#prng.between(0.2, 0.8);
      this.#silentUntilMs = this.#world.time.nowMs + forMs;
    }
    this.#vanish('takes a nap', restMs);
  }

  /** As `lose`, but the member hears nothing of it, and still gets what is under way to it. */
  #vanish(why: string, restMs: number): void {
    this.#world.trace(this.number, `${why} (was at member ${this.#serverId})`);
    this.#talk?.vanish();
    this.#gone(restMs);
  }

  #rest(forMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#world.time.after(forMs, () => this.#dial());
  }

  #dial(): void {
    const before = this.#serverId;
    this.#serverId = this.#prng.pick(this.#world.serverIds);
    const dialled = this.#world.dial(this.number, this.#serverId);
    if (dialled === undefined) {
      this.#rest(this.#prng.between(5, 60));
      return;
    }
    this.#heardMs = this.#world.time.nowMs;
    const talk = new Conversation(dialled, {
      welcomed: (response) => this.#welcomed(talk, response, before),
      replied: (owed, header, reader) => this.#replied(owed, header, reader),
      event: (event) => this.#told(event),
      heard: () => {
        this.#heardMs = this.#world.time.nowMs;
      },
      ended: () => {
        this.#world.trace(this.number, `is cut off from member ${this.#serverId}`);
        this.#gone(this.#prng.between(1, 100));
      },
      wrong: (rule, message) => this.#wrong(rule, message),
    });
    this.#talk = talk;
    if (this.#credentials !== undefined && !this.#prng.chance(this.#habits.returnChance))
      this.#credentials = undefined;
    if (this.#credentials === undefined) this.watches.clear();
    this.prover.connected();
    talk.connect(this.#credentials, this.watchChecker.lastZxid, this.#habits.timeoutMs);
    this.#watchesOwed = this.watches.size > 0;
    this.watchChecker.connected(this.#watchesOwed ? this.watches.lists() : undefined);
    // ZooKeeper's own client sends them right behind the connect request, others wait.
    if (this.#prng.chance(0.5)) this.#sendWatches(talk);
    this.prover.mayProve(talk);
    this.#watchSilence(talk);
  }

  #sendWatches(talk: Conversation): void {
    if (!this.#watchesOwed) return;
    this.#watchesOwed = false;
    talk.setWatches(this.watchChecker.lastZxid, this.watches.lists());
  }

  #gone(restMs: number): void {
    const owed = this.#talk?.owed ?? [];
    this.#talk = undefined;
    this.losses++;
    for (const { action } of owed) if (action !== undefined) this.#source.lost?.(action);
    if (this.#timer !== undefined) this.#world.time.cancel(this.#timer);
    this.#rest(restMs);
  }

  /** Gives a silent connection up while something is owed; pings where it has nothing to say. */
  #watchSilence(talk: Conversation): void {
    this.#world.time.after(this.#habits.patienceMs / 4, () => {
      if (this.#talk !== talk || this.#stopped) return;
      if (this.#isSilent) this.#heardMs = this.#world.time.nowMs;
      else {
        const silentMs = this.#world.time.nowMs - this.#heardMs;
        if (silentMs > this.#habits.patienceMs) {
          this.lose('nothing heard');
          return;
        }
        if (talk.welcome && talk.owed.length === 0) talk.ping();
      }
      this.#watchSilence(talk);
    });
  }

  get #isSilent(): boolean {
    return this.#world.time.nowMs < this.#silentUntilMs;
  }

  #welcomed(talk: Conversation, response: ConnectResponse, before: number): void {
    const { sessionId } = response;
    const own = this.#credentials;
    if (sessionId === 0) {
      this.#world.trace(this.number, `hears that its session ${own?.id ?? 0} is over`);
      const life = this.#world.oracle.sessions.get(own?.id ?? 0);
      if (life === undefined || goesOn(life))
        this.#wrong('nobody hears that a session is over that lives', `${own?.id}`);
      this.sessionsLost++;
      this.#credentials = undefined;
      this.lose('refused');
      return;
    }
    if (own === undefined) this.sessionsBegun++;
    else this.sessionsResumed++;
    if (own !== undefined && before !== this.#serverId) this.moves++;
    if (own !== undefined && own.id !== sessionId) {
      this.#wrong('a session keeps its id', `${own.id} became ${sessionId}`);
    }
    this.#credentials = { id: sessionId, password: response.password.slice() };
    this.#connection = this.#world.nextConnection();
    this.#world.holds(sessionId, talk.dialled.contacts);
    this.#world.trace(this.number, `has session ${sessionId} at member ${this.#serverId}`);
    this.#sendWatches(talk);
    this.#think();
  }

  #think(): void {
    if (this.#stopped) return;
    this.#timer = this.#world.time.after(this.#prng.between(0, 2 * this.#habits.thinkMs), () => {
      if (!this.#isSilent) this.#burst();
      if (this.#talk?.welcome === true) this.#think();
    });
  }

  #burst(): void {
    const talk = this.#talk;
    if (talk === undefined) return;
    if (this.#prng.chance(this.#habits.closeChance)) {
      talk.closeSession(++this.#xid);
      this.#credentials = undefined;
      return;
    }
    if (this.#maySilence && this.#prng.chance(this.#habits.napChance)) {
      this.nap(this.#habits.timeoutMs + this.#prng.between(-500, 150));
      return;
    }
    if (this.#maySilence && this.#prng.chance(this.#habits.silenceChance)) {
      const forMs = this.#habits.timeoutMs * this.#prng.between(0.3, 1.8);
      this.#world.trace(this.number, `says nothing for ${forMs.toFixed(0)} ms`);
      this.#silentUntilMs = this.#world.time.nowMs + forMs;
      this.silences++;
      return;
    }
    this.prover.mayProve(talk);
    const actions: Action[] = [];
    const room = this.#habits.depth - talk.owed.length;
    for (let more = room > 0; more; more = actions.length < room && this.#prng.chance(0.6)) {
      const next = this.#source.next();
      if (next.length === 0) break;
      actions.push(...next);
    }
    for (const action of actions) {
      const operation = this.#world.recorder.invoke(this.number, this.#connection, action);
      talk.ask(++this.#xid, operation, action, this.prover.identities);
    }
    if (this.#prng.chance(this.#habits.hopChance)) this.#vanish('hops away', this.#prng.between(0, 3));
  }

  #told(event: WatchEvent): void {
    this.watchChecker.event(event);
    this.#source.told?.(event);
  }

  #replied({ xid, operation, action, identities }: Owed, header: ReplyHeader, reader: Reader): void {
    if (xid === Xid.auth) {
      // Its reply has no zxid.
      const wrong = this.prover.answered(header.err);
      if (wrong !== '') this.#wrong('who can prove something is believed, and nobody else', wrong);
      return;
    }
    if (xid === Xid.setWatches) {
      this.watchChecker.caughtUp(header.zxid);
      return;
    }
    if (action === undefined || operation === undefined) {
      this.watchChecker.replied(header.zxid, xid === Xid.ping ? 'a ping' : 'the end of the session');
      return;
    }
    const result = decodeReply(reader, header.xid, header, action);
    if (reader.failed) {
      this.#wrong('replies can be read', JSON.stringify(action));
      return;
    }
    if (result === undefined) {
      this.#wrong('data come back as they were written, to the last byte', JSON.stringify(action));
      return;
    }
    this.answered++;
    this.watchChecker.answered(action, result);
    this.rights.answered(action, result, identities ?? []);
    this.dialect.answered(action, result);
    this.#world.recorder.complete(operation, result);
    this.#source.learn(this.#world.recorder.operations[operation] as Operation);
  }

  #wrong(rule: string, message: string): void {
    const told = `client ${this.number}, member ${this.#serverId}: ${message}`;
    this.#world.report({ rule, message: told, operations: [] });
    this.lose('a wrong reply');
  }
}
