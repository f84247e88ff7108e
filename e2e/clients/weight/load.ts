import { createIfMissing } from '../../../bench/src/load/load.ts';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { pause } from './client.ts';
import { EPHEMERALS, Holder } from './holder.ts';
import { Tally } from './tally.ts';
import { Values } from './values.ts';
import { Watcher } from './watcher.ts';
import { Writer } from './writer.ts';

const WRITERS = 12;
const HOLDERS = 24;
const PACE_MS = 10;
/** A pause of this process is not made up for. */
const MAX_PACE_MS = 100;
const WATCH_TIMEOUT_MS = 15_000;
const VERIFY_TIMEOUT_MS = 60_000;
const empty = Buffer.alloc(0);

/** Writers, holders of ephemeral nodes and watchers, spread over the members, at a rate that is given. */
export class MixedLoad {
  readonly tally = new Tally();
  readonly #endpoints: readonly Endpoint[];
  readonly #writers: readonly Writer[];
  readonly #holders: readonly Holder[];
  readonly #watchers: readonly Watcher[];
  readonly #running: Promise<unknown>;
  readonly #pacer: NodeJS.Timeout;
  #operationsPerSecond = 0;
  #due = 0;
  #pacedAtMs = performance.now();
  #turn = 0;

  /** Made by its static functions alone. */
  constructor(endpoints: readonly Endpoint[], writers: readonly Writer[], tally: Tally) {
    this.#endpoints = endpoints;
    this.#writers = writers;
    this.tally = tally;
    this.#holders = Array.from({ length: HOLDERS }, (_, i) => new Holder(i, endpoints, tally));
    this.#watchers = writers.map(
      (writer, i) => new Watcher(i + 1, writer.registers.all[0]!, endpoints, tally),
    );
    const clients = [...this.#writers, ...this.#holders, ...this.#watchers];
    const onFailure = (error: unknown): void => tally.problem(`a client gave up: ${String(error)}`);
    this.#running = Promise.all(clients.map((client) => client.run().catch(onFailure)));
    this.#pacer = setInterval(() => this.#pace(), PACE_MS);
  }

  /** Makes the nodes and connects everybody; nothing is written before a rate is given. */
  static async start(endpoints: readonly Endpoint[], seed: number): Promise<MixedLoad> {
    const tally = new Tally();
    const values = new Values(seed);
    const writers = Array.from({ length: WRITERS }, (_, i) => new Writer(i, endpoints, values, tally, seed));
    const session = await ClientSession.connect(endpoints[0]!);
    for (const path of ['/weight', EPHEMERALS]) await createIfMissing(session, path, empty);
    for (const writer of writers) await writer.create(session);
    await session.close();
    return new MixedLoad(endpoints, writers, tally);
  }

  /** `Infinity` for as much as the writers may have under way. */
  set operationsPerSecond(rate: number) {
    this.#operationsPerSecond = rate;
    this.#due = 0;
  }

  /** The share of the writers that are connected to this member. */
  shareAt(endpoint: Endpoint): number {
    return this.#writers.filter((writer) => writer.endpoint === endpoint).length / WRITERS;
  }

  /** What is taken, acknowledged writes and reads in a second, with everything under way that may be. */
  async measure(ms: number): Promise<number> {
    const done = (): number => this.tally.acknowledged + this.tally.reads;
    this.operationsPerSecond = Number.POSITIVE_INFINITY;
    await pause(ms / 3);
    const before = done();
    const startMs = performance.now();
    await pause(ms);
    return (1000 * (done() - before)) / (performance.now() - startMs);
  }

  /** Stops the writers' requests; then every watcher has to have seen the last change, by its watches alone. */
  async settle(): Promise<void> {
    clearInterval(this.#pacer);
    for (const writer of this.#writers) await writer.drain();
    const deadlineMs = performance.now() + WATCH_TIMEOUT_MS;
    const behind = (): Watcher[] => this.#watchers.filter(({ register, seen }) => seen !== register.version);
    while (behind().length > 0 && performance.now() < deadlineMs) await pause(100);
    for (const { register, seen } of behind()) {
      this.tally.problem(`watch: ${register.path} was seen at ${seen}, it is at ${register.version}`);
    }
  }

  /** Compares a member's tree with what was acknowledged. */
  async verify(endpoint: Endpoint): Promise<void> {
    const where = `at ${endpoint.host}:${endpoint.port}`;
    const deadlineMs = performance.now() + VERIFY_TIMEOUT_MS;
    for (;;) {
      const problems = this.tally.problems.length;
      try {
        const session = await ClientSession.connect(endpoint);
        await session.sync('/weight');
        for (const writer of this.#writers) await writer.verify(session, where);
        for (const holder of this.#holders) await holder.verify(session, where);
        await session.close();
        return;
      } catch (error) {
        if (performance.now() > deadlineMs || this.tally.problems.length > problems) throw error;
        await pause(500);
      }
    }
  }

  async verifyAll(): Promise<void> {
    for (const endpoint of this.#endpoints) {
      await this.verify(endpoint).catch((error: unknown) => {
        this.tally.problem(`${endpoint.host}:${endpoint.port} cannot be compared: ${String(error)}`);
      });
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#pacer);
    for (const client of [...this.#writers, ...this.#holders, ...this.#watchers]) client.stop();
    await this.#running;
  }

  #pace(): void {
    const nowMs = performance.now();
    const sinceMs = Math.min(MAX_PACE_MS, nowMs - this.#pacedAtMs);
    this.#pacedAtMs = nowMs;
    const isFull = this.#operationsPerSecond === Number.POSITIVE_INFINITY;
    this.#due += isFull ? 0 : (this.#operationsPerSecond * sinceMs) / 1000;
    let busy = 0;
    while ((isFull || this.#due >= 1) && busy < this.#writers.length) {
      const writer = this.#writers[this.#turn++ % this.#writers.length]!;
      if (writer.offer()) {
        busy = 0;
        this.#due -= 1;
      } else {
        busy += 1;
      }
    }
    if (busy > 0 && !isFull) {
      this.tally.notOffered += Math.floor(this.#due);
      this.#due -= Math.floor(this.#due);
    }
  }
}
