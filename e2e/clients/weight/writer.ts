import { createIfMissing } from '../../../bench/src/load/load.ts';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { Random } from '../../../testkit/src/random.ts';
import { type ClientSession, ConnectionLost } from '../../../testkit/src/session.ts';
import { Client, inTime, isNotNow } from './client.ts';
import { Leaves } from './leaves.ts';
import { type Register, Registers } from './registers.ts';
import type { Tally } from './tally.ts';
import { LARGEST_VALUE_BYTES, logUniform, type Values } from './values.ts';

const REGISTERS = 32;
/** Requests of one writer that may be under way. */
const DEPTH = 12;
const MAX_LEAVES = 200;
const LEAF_BYTES = 300;
const empty = Buffer.alloc(0);

/** A writer that remembers what was acknowledged, alone in a part of the tree. */
export class Writer {
  readonly folder: string;
  readonly registers: Registers;
  readonly #leaves: Leaves;
  readonly #client: Client;
  readonly #random: Random;
  readonly #tally: Tally;
  #session: ClientSession | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #failure: ((error: unknown) => void) | undefined;

  constructor(index: number, endpoints: readonly Endpoint[], values: Values, tally: Tally, seed: number) {
    this.folder = `/weight/w${index}`;
    this.registers = new Registers(index, this.folder, REGISTERS, values, tally);
    this.#leaves = new Leaves(`${this.folder}/leaves`, tally);
    this.#client = new Client(index, endpoints, tally);
    this.#random = new Random(seed + index * 7919);
    this.#tally = tally;
  }

  /** The member that it is connected to. */
  get endpoint(): Endpoint | undefined {
    return this.#client.endpoint;
  }

  async create(session: ClientSession): Promise<void> {
    for (const path of [this.folder, this.#leaves.folder, ...this.registers.all.map(({ path }) => path)]) {
      await createIfMissing(session, path, empty);
    }
  }

  /** Rejects when a request is answered in a way that no fault explains. */
  run(): Promise<void> {
    return this.#client.run(async (session) => {
      await inTime(session, this.#settle(session));
      const failed = new Promise<never>((_, reject) => {
        this.#failure = reject;
      });
      this.#session = session;
      try {
        await Promise.race([session.closed, failed]);
      } finally {
        this.#session = undefined;
        session.drop();
        await Promise.all(this.#underWay);
      }
    });
  }

  /** One operation, chosen at random, unless enough are under way; returns whether it was sent. */
  offer(): boolean {
    const session = this.#session;
    if (session === undefined || this.#underWay.size >= DEPTH) return false;
    const operation = this.#operation(session).then(
      () => undefined,
      (error: unknown) => {
        if (isNotNow(error)) this.#tally.refused += 1;
        else if (!(error instanceof ConnectionLost)) this.#failure?.(error);
      },
    );
    this.#underWay.add(operation);
    void operation.then(() => this.#underWay.delete(operation));
    return true;
  }

  /** Lets what is under way end; what does not within the client's patience ends in doubt. */
  async drain(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  stop(): void {
    this.#client.stop();
  }

  async verify(session: ClientSession, where: string): Promise<void> {
    await this.registers.verify(session, where);
    await this.#leaves.verify(session, where);
  }

  async #settle(session: ClientSession): Promise<void> {
    await session.sync(this.folder);
    await this.registers.settle(session);
    await this.#leaves.verify(session, 'after a connection was lost');
  }

  #operation(session: ClientSession): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.55) return this.#set(session, [this.#freeRegister()], LARGEST_VALUE_BYTES);
    if (dice < 0.6) {
      const first = this.#freeRegister();
      const second = this.#freeRegister(first);
      return this.#set(session, [first, second], LARGEST_VALUE_BYTES / 4);
    }
    if (dice < 0.85) return this.#get(session, this.#freeRegister());
    if (dice < 0.93 && this.#leaves.size < MAX_LEAVES) return this.#create(session);
    return this.#delete(session);
  }

  async #set(session: ClientSession, registers: readonly Register[], largest: number): Promise<void> {
    const sets = registers.map((register) => {
      const data = this.registers.begin(register, logUniform(this.#random, largest));
      return { path: register.path, data };
    });
    try {
      const [only] = sets;
      const isOne = sets.length === 1;
      await inTime<unknown>(session, isOne ? session.set(only!.path, only!.data) : session.setTogether(sets));
    } catch (error) {
      if (isNotNow(error)) for (const register of registers) this.registers.refuse(register);
      throw error;
    }
    for (const register of registers) this.registers.acknowledge(register);
    this.#tally.acknowledge(sets.reduce((sum, { data }) => sum + data.length, 0));
  }

  /** A session sees what it has written. Nothing else may be under way for the register. */
  async #get(session: ClientSession, register: Register): Promise<void> {
    const { count } = register.content;
    const { data, stat } = await inTime(session, session.get(register.path));
    // A write that was sent meanwhile is behind this read, and is not looked at.
    if (register.content.count === count)
      this.registers.compare(register, stat.version, data, 'read by its writer');
    this.#tally.reads += 1;
  }

  async #create(session: ClientSession): Promise<void> {
    const name = this.#leaves.beginCreate();
    try {
      await inTime(session, session.create(`${this.#leaves.folder}/${name}`, Buffer.alloc(LEAF_BYTES, name)));
    } catch (error) {
      if (isNotNow(error)) this.#leaves.created(name, false);
      throw error;
    }
    this.#leaves.created(name, true);
    this.#tally.acknowledge(LEAF_BYTES);
  }

  async #delete(session: ClientSession): Promise<void> {
    const name = this.#leaves.beginDelete();
    if (name === undefined) return;
    try {
      await inTime(session, session.delete(`${this.#leaves.folder}/${name}`));
    } catch (error) {
      if (isNotNow(error)) this.#leaves.deleted(name, false);
      throw error;
    }
    this.#leaves.deleted(name, true);
    this.#tally.acknowledge(0);
  }

  /** One without a write under way: there are more registers than requests may be under way. */
  #freeRegister(but?: Register): Register {
    const free = this.registers.all.filter((register) => register.pending === undefined && register !== but);
    return this.#random.pick(free);
  }
}
