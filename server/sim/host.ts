import { relinquish } from '../src/admin/leadership-transfer.ts';
import type { MemberView } from '../src/admin/member-status.ts';
import { memberView } from '../src/admin/member-view.ts';
import { type Bounds, boundsOf } from '../src/bounds/bounds.ts';
import { DEFAULT_LIMITS, type Limits } from '../src/bounds/limits.ts';
import type { Config, MemberAddress } from '../src/config/config.ts';
import { Member } from '../src/member.ts';
import type { TransportEvents } from '../src/ports/transport.ts';
import { type Build, THIS_BUILD } from '../src/replica/build.ts';
import type { StorageOptions } from '../src/storage/storage-options.ts';
import { ContactTimes } from './checks/contact-times.ts';
import { acceptClient } from './client-socket.ts';
import { RandomFaults } from './disk/faults.ts';
import { FaultyVolume } from './disk/faulty-volume.ts';
import type { Connection } from './network/connection.ts';
import type { Network } from './network/network.ts';
import { NOTHING_COUNTED } from './nothing-counted.ts';
import { PLAIN_AUTH } from './plain-auth.ts';
import type { Prng } from './prng.ts';
import { MachineClock, VirtualProcess } from './process.ts';
import type { VirtualTime } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface HostSettings {
  /** What the configuration file of each machine names at first. */
  readonly members: readonly MemberAddress[];
  readonly storage: StorageOptions;
  readonly snapshotEveryEntries: number;
  /** Those that are not as the configuration makes them. */
  readonly bounds: Partial<Bounds>;
  readonly limits?: Partial<Limits>;
  /** By a join secret, or certificates. */
  readonly provesMembers?: boolean;
  readonly snapshotEveryBytes: number;
  /** Longest request of a client. */
  readonly requestBytes: number;
  /** Infinity: more than a run fills. */
  readonly diskBytes: number;
  /** Time that a process takes for each byte that it reads or writes. */
  readonly msPerByte: number;
}

/** What a machine tells of the processes that run on it. */
export interface HostEvents {
  /** A new life of its member is about to begin. */
  started(host: Host, member: Member): void;
  /** After each event of the process. */
  looked(host: Host): void;
  /** The process ended by itself: it said why. */
  exited(host: Host, error: Error): void;
  /** A bug: something was thrown out of the event loop. */
  threw(host: Host, error: unknown): void;
  /** The process is about to be gone, or has been stopped: the last look at it. */
  ending(host: Host): void;
}

export interface HostWorld {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly trace: Trace;
  readonly events: HostEvents;
}

/** A machine with a disk and a clock, and the member that runs on it, one life after another. */
export class Host {
  readonly serverId: number;
  readonly volume: FaultyVolume;
  readonly disk: RandomFaults;
  readonly clock: MachineClock;
  readonly #world: HostWorld;
  readonly #settings: HostSettings;
  /** As its configuration file is now. */
  #config: Config;
  readonly #bounds: Bounds;
  readonly #prng: Prng;
  #process: VirtualProcess | undefined;
  #member: Member | undefined;
  #listening = false;
  #diskBytes: number;
  lives = 0;
  /** The program that is installed here: what its member is from its next life on. */
  build: Build = THIS_BUILD;
  #startedAs: Build | undefined;
  /** The release of before is on it, or was when the level was raised without it: its member may end for that. */
  mayBeTooOld = false;
  /** Its ensemble was recovered by force without it: its member has to end. */
  isGivenUp = false;
  /** Somebody wants a member to run here: it is started again whenever it ended. */
  inService = true;

  constructor(serverId: number, world: HostWorld, settings: HostSettings, prng: Prng) {
    this.serverId = serverId;
    this.#world = world;
    this.#settings = settings;
    this.#config = simulatedConfig(serverId, settings, settings.members);
    this.#bounds = { ...boundsOf(this.#config), ...settings.bounds };
    this.#prng = prng;
    this.disk = new RandomFaults(prng.fork('disk faults'));
    this.volume = new FaultyVolume({ prng: prng.fork('disk'), decide: this.disk.decide });
    this.#diskBytes = settings.diskBytes;
    this.volume.capacityBytes = settings.diskBytes;
    this.volume.onCrash = () => this.#end(true);
    this.clock = new MachineClock(world.time, 1 + prng.between(-5e-4, 5e-4), prng.between(-50, 50));
  }

  get name(): string {
    return `member ${this.serverId}`;
  }

  /** Those that its member keeps. */
  get bounds(): Bounds {
    return this.#bounds;
  }

  /** The size of its disk, whoever else fills it. */
  get diskBytes(): number {
    return this.#diskBytes;
  }

  /** From now on there is always room. */
  growDisk(): void {
    this.#diskBytes = Number.POSITIVE_INFINITY;
    this.volume.capacityBytes = this.#diskBytes;
  }

  get up(): boolean {
    return this.#process !== undefined;
  }

  get process(): VirtualProcess | undefined {
    return this.#process;
  }

  get member(): Member | undefined {
    return this.#member;
  }

  /** The configuration file is changed: a member reads it when it starts. */
  configure(members: readonly MemberAddress[]): void {
    this.#config = simulatedConfig(this.serverId, this.#settings, members);
  }

  /** What its file named when this life of its member began. */
  get startedWith(): readonly MemberAddress[] | undefined {
    return this.#member?.config.members;
  }

  /** The program that runs. */
  get startedAs(): Build | undefined {
    return this.#process === undefined ? undefined : this.#startedAs;
  }

  /** As a supervisor does. */
  startAgain(): void {
    if (!this.up && this.inService) this.start();
  }

  start(): void {
    if (this.#process !== undefined) throw new Error(`${this.name} runs already`);
    const { time, network, trace, events } = this.#world;
    this.lives++;
    trace.add(this.name, `starts (life ${this.lives})`);
    const process = new VirtualProcess(
      time,
      this.clock,
      this.#prng.fork('life'),
      {
        // Before the event, too: what was built between two events is noticed before it does anything.
        begins: () => {
          if (this.#process === process) events.looked(this);
        },
        ran: () => {
          if (this.#process === process) events.looked(this);
        },
        threw: (error) => events.threw(this, error),
      },
      this.#settings.msPerByte,
    );
    const late: { events: TransportEvents | undefined } = { events: undefined };
    const transport = network.start(this.serverId, process, {
      linkUp: (serverId) => late.events?.linkUp(serverId),
      linkDown: (serverId) => late.events?.linkDown(serverId),
      received: (serverId, chunk) => late.events?.received(serverId, chunk),
    });
    const member = new Member({
      config: this.#config,
      build: this.build,
      bounds: this.#bounds,
      disk: this.volume.mount((delayMs, run) => process.later(delayMs, run)),
      storage: this.#settings.storage,
      transport,
      clock: process,
      scheduler: process,
      entropy: process,
      log: trace.logger(this.name),
      fatal: (error) => this.#exit(process, error),
    });
    late.events = member;
    events.started(this, member);
    this.#process = process;
    this.#member = member;
    this.#startedAs = this.build;
    process.post(() => {
      member.start().then(
        () => {
          if (this.#process === process) this.#listening = true;
        },
        (error: Error) => this.#exit(process, error),
      );
    });
  }

  /** `kill -9`: what the process wrote stays in the page cache; its connections break. */
  kill(): void {
    if (this.#process === undefined) return;
    this.#world.trace.add(this.name, 'is killed');
    this.volume.kill();
    this.#end(false);
  }

  /** The machine loses its power: what was not synced is gone, and its peers hear nothing. */
  losePower(): void {
    if (this.#process === undefined) return;
    this.#world.trace.add(this.name, 'loses its power');
    this.volume.crash();
    this.#end(true);
  }

  /** As somebody who calls its HTTP. */
  ask(question: (view: MemberView) => void): void {
    const process = this.#process;
    const member = this.#member;
    if (process === undefined || member === undefined) return;
    process.post(() => question(memberView(member, process, NOTHING_COUNTED)));
  }

  /** Stops the member as SIGTERM would. */
  stop(done: () => void): void {
    const process = this.#process;
    const member = this.#member;
    if (process === undefined || member === undefined) return;
    this.#world.trace.add(this.name, 'is asked to stop');
    this.#listening = false;
    process.post(() => {
      relinquish(member, process)
        .then(() => member.stop())
        .then(
          () => {
            if (this.#process !== process) return;
            this.volume.kill();
            this.#end(false);
            done();
          },
          (error: Error) => this.#exit(process, error),
        );
    });
  }

  /** The disk is replaced by an empty one; the machine must be down. */
  wipe(): void {
    if (this.#process !== undefined) throw new Error(`${this.name} runs`);
    this.#world.trace.add(this.name, 'gets an empty disk');
    this.volume.wipe();
  }

  /** A client's connection arrives; undefined where nobody listens. */
  accept(connection: Connection, remoteAddress: string, remotePort: number): ContactTimes | undefined {
    const process = this.#process;
    const member = this.#member;
    if (process === undefined || member === undefined || !this.#listening) return undefined;
    const contacts = new ContactTimes(this.#world.time, this.serverId, this.lives);
    acceptClient(connection, process, (socket) => member.accept(socket), remoteAddress, remotePort, contacts);
    return contacts;
  }

  #exit(process: VirtualProcess, error: Error): void {
    // What this instant still holds runs before the process is gone, as in a real one.
    this.#world.time.after(0, () => {
      if (this.#process !== process) return;
      this.#world.trace.add(this.name, `exits: ${error.message}`);
      this.volume.kill();
      this.#end(false);
      this.#world.events.exited(this, error);
    });
  }

  #end(silent: boolean): void {
    const process = this.#process;
    if (process === undefined) return;
    this.#world.events.ending(this);
    process.end();
    this.#process = undefined;
    this.#member = undefined;
    this.#listening = false;
    this.#world.network.end(this.serverId, silent);
  }
}

function simulatedConfig(
  serverId: number,
  settings: HostSettings,
  members: readonly MemberAddress[],
): Config {
  return {
    serverId,
    clusterId: '',
    dataDir: '/data',
    dataLogDir: '/data',
    client: {
      host: '127.0.0.1',
      port: 2180 + serverId,
      maxConnectionsPerAddress: 0,
      connectionRate: { tokens: 0, fillMs: 1, fillCount: 1 },
      maxFrameBytes: settings.requestBytes,
      sessionlessTimeoutMs: 10_000,
      readOnlyMode: false,
    },
    peer: { host: '127.0.0.1', secrets: [], takesUnproved: settings.provesMembers !== true },
    members,
    tickTimeMs: 1_000,
    initLimit: 10,
    syncLimit: 5,
    minSessionTimeoutMs: 2_000,
    maxSessionTimeoutMs: 20_000,
    snapshotEveryEntries: settings.snapshotEveryEntries,
    snapshotEveryBytes: settings.snapshotEveryBytes,
    snapshotRetain: settings.storage.snapRetainCount,
    purgeIntervalHours: 0,
    history: { retainMs: 0, maxBytes: 0 },
    containerCheckIntervalMs: 60_000,
    fourLetterWords: new Set(),
    membership: 'file',
    provesVersion: false,
    reconfigEnabled: true,
    enforceQuota: false,
    dialects: { clickHouseKeeper: true, pagedChildren: true },
    tls: {},
    auth: PLAIN_AUTH,
    http: {
      enabled: false,
      host: '127.0.0.1',
      port: 0,
      required: false,
      idleTimeoutMs: 15_000,
      commandsPath: '/commands',
      snapshotEnabled: true,
      restoreEnabled: true,
      streamIntervalMs: 300_000,
      v1: false,
      window: 'write',
    },
    log: { level: 'debug', pretty: false },
    audit: { enabled: false },
    limits: { ...DEFAULT_LIMITS, ...settings.limits },
    properties: {},
    source: {},
    warnings: [],
  };
}
