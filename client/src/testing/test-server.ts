import { createHash, createHmac, randomBytes } from 'node:crypto';
import { MemoryDisk } from '../../../server/sim/disk/memory-disk.ts';
import { boundsOf } from '../../../server/src/bounds/bounds.ts';
import { Member } from '../../../server/src/member.ts';
import type { Logger } from '../../../server/src/ports/logger.ts';
import { THIS_BUILD } from '../../../server/src/replica/build.ts';
import type { Client } from '../client.ts';
import { type ConnectOptions, open } from '../connect.ts';
import { Connection } from '../connection/connection.ts';
import type { Sessions } from '../session/sessions.ts';
import { ADDRESS, ClientWorld } from './client-world.ts';
import { TEST_CONFIG } from './server-config.ts';
import { TurnableClock } from './turnable-clock.ts';

export interface TestServerOptions {
  /** Time stands still but for `advance`, so that nothing in a test depends on how fast the machine is. Else it goes on by itself, too. */
  readonly clock?: 'held' | 'running' | undefined;
}

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const MAX_FRAME_BYTES = 1024 * 1024;
/** Time enough for a single member to elect itself. */
const ELECTION_STEP_MS = 10;
const MAX_ELECTION_STEPS = 1_000;

/** A client, and what it runs in. */
interface Guest {
  readonly world: ClientWorld;
  readonly sessions: Sessions;
}

/**
 * A server in the process of a test: the real one's core, with one member, a disk in memory, connections without a network, and a clock that can
 * be turned. What holds here of sessions, watches, versions and order holds of an ensemble.
 */
export class TestServer implements AsyncDisposable {
  readonly #clock: TurnableClock;
  readonly #member: Member;
  readonly #clients = new Map<Client, Guest>();
  #worlds = 0;
  /** Clients that come are cut off, too. */
  #isCutOff = false;
  #fatal: Error | undefined;

  /** Made by `start`. */
  constructor(clock: TurnableClock) {
    this.#clock = clock;
    this.#member = new Member({
      config: TEST_CONFIG,
      build: THIS_BUILD,
      bounds: boundsOf(TEST_CONFIG),
      disk: new MemoryDisk((_delayMs, run) => clock.soon(run)),
      storage: { segmentBytes: 1024 * 1024, snapRetainCount: 1 },
      transport: { send: () => {}, bufferedBytes: () => 0, disconnect: () => {}, connectTo: () => {} },
      clock: { monotonicMs: () => clock.nowMs(), wallMs: () => clock.wallMs() },
      scheduler: {
        defer: (task) => clock.soon(task),
        every: (periodMs, task) => clock.every(periodMs, task),
      },
      entropy: {
        uint32: () => randomBytes(4).readUInt32BE(),
        bytes: (length) => randomBytes(length),
        hmac: (secret, message) => createHmac('sha256', secret).update(message).digest(),
        hashBase64: (algorithm, message) => createHash(algorithm).update(message).digest('base64'),
        md5: (message) => createHash('md5').update(message).digest(),
      },
      log: silent,
      fatal: (error) => {
        this.#fatal ??= error;
      },
    });
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(new TurnableClock(options.clock === 'held'));
    await server.#serve();
    return server;
  }

  /** A client of this server, in its time. Closed with the server. */
  async connect(options: ConnectOptions & { readonly chroot?: string } = {}): Promise<Client> {
    const world = this.#world();
    const { client, sessions, opened } = open(world, options.chroot ?? '', options);
    this.#clients.set(client, { world, sessions });
    await opened;
    return client;
  }

  /** How many watches the server keeps, of all clients. */
  get watchCount(): number {
    return this.#member.clients.watches.count;
  }

  /** Lets `ms` go by at once, with everything that is due meanwhile: expired sessions, pings, timers of clients. */
  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }

  /** Lets `ms` go by without anything of what becomes due, as for a process that was stopped. It happens once time goes on. */
  sleepOver(ms: number): void {
    this.#clock.jump(ms);
  }

  /** Breaks the connections of a client, or of all; they come back by themselves. */
  breakConnections(client?: Client): void {
    for (const { world } of this.#guests(client)) world.breakConnections();
  }

  /** From now on a client, or nobody, reaches the server, and nobody is told: as with a network that swallows everything. */
  cutOff(client?: Client): void {
    if (client === undefined) this.#isCutOff = true;
    for (const { world } of this.#guests(client)) world.cutOff();
  }

  /** The network works again. Connections of before are broken: what was sent meanwhile is lost. */
  reconnect(client?: Client): void {
    if (client === undefined) this.#isCutOff = false;
    for (const { world } of this.#guests(client)) world.reconnect();
  }

  /** Ends a client's session at the server, as if it had been silent for too long. */
  expire(client: Client): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const [guest] = this.#guests(client);
    const world = this.#world();
    const connection: Connection = new Connection(
      world,
      ADDRESS,
      {
        ...guest!.sessions.current.key,
        lastZxidSeen: 0,
        timeoutMs: client.session.timeoutMs,
        readOnly: false,
      },
      MAX_FRAME_BYTES,
      {
        attached: () => connection.closeSession(),
        confirmed: () => {},
        event: () => {},
        closed: () => resolve(),
      },
    );
    return promise;
  }

  async stop(): Promise<void> {
    const ends = [...this.#clients].map(([client, { world }]) =>
      world.isCutOff ? undefined : client.close(),
    );
    await this.#clock.settle();
    await Promise.all(ends);
    await this.#member.stop();
    this.#clock.stop();
    if (this.#fatal !== undefined) throw this.#fatal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #world(): ClientWorld {
    this.#worlds++;
    return new ClientWorld(this.#clock, this.#worlds, this.#isCutOff, (socket) =>
      this.#member.accept(socket),
    );
  }

  #guests(client: Client | undefined): Guest[] {
    if (client === undefined) return [...this.#clients.values()];
    const guest = this.#clients.get(client);
    if (guest === undefined) throw new RangeError('it is no client of this server');
    return [guest];
  }

  async #serve(): Promise<void> {
    let started = false;
    this.#member.start().then(
      () => {
        started = true;
      },
      (error: Error) => {
        this.#fatal ??= error;
      },
    );
    for (let step = 0; step < MAX_ELECTION_STEPS; step++) {
      await this.#clock.advance(ELECTION_STEP_MS);
      if (this.#fatal !== undefined) throw this.#fatal;
      if (started && this.#member.clients.serving) return;
    }
    throw new Error(`the server does not serve: ${this.#member.reason}`);
  }
}
