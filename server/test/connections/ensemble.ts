import { Role } from 'raft-ts-lite';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { type DiskSchedule, soon } from '../../sim/disk/disk-call.ts';
import { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { NOTHING_COUNTED } from '../../sim/nothing-counted.ts';
import { PLAIN_AUTH } from '../../sim/plain-auth.ts';
import { Prng } from '../../sim/prng.ts';
import { type Bounds, boundsOf } from '../../src/bounds/bounds.ts';
import { DEFAULT_LIMITS } from '../../src/bounds/limits.ts';
import type { Config, MemberAddress } from '../../src/config/config.ts';
import { DEFAULT_FOUR_LETTER_WORDS } from '../../src/config/four-letter-words.ts';
import { ProofKind } from '../../src/failed-proofs/proof-guard.ts';
import { wordAnswers } from '../../src/four-letter-words/word-answers.ts';
import { Member } from '../../src/member.ts';
import { ClientListener } from '../../src/platform/client-listener.ts';
import { machineDescriptors } from '../../src/platform/descriptors.ts';
import { machineEnvironment } from '../../src/platform/environment.ts';
import { JoinSecrets } from '../../src/platform/join-secrets.ts';
import { eventLoopScheduler, systemClock, systemEntropy } from '../../src/platform/machine.ts';
import { PeerTransport } from '../../src/platform/peer-transport.ts';
import type { AuditEvent } from '../../src/ports/audit-sink.ts';
import { type Build, THIS_BUILD } from '../../src/replica/build.ts';
import { TlsIdentity } from '../../src/tls/tls-identity.ts';
import { HTTP } from '../http/http-config.ts';
import { strangerBounds } from '../platform/peer-ports.ts';
import { freePort } from '../platform/ports.ts';
import { TestClient } from './test-client.ts';

/** A member in this process, with real sockets and a disk in memory that outlives it. */
export class TestMember {
  readonly config: Config;
  readonly #bounds: Bounds;
  readonly volume: FaultyVolume;
  log = new KeptLog();
  /** The program that is installed: what the member is from its next start on. */
  build: Build = THIS_BUILD;
  /** Where its configuration asks for an audit log: all that it was told. */
  readonly audited: AuditEvent[] = [];
  member!: Member;
  fatal: Error | undefined;
  /** Calls to a disk that does not answer. */
  #heldCalls: (() => void)[] | undefined;
  /** What it shows to members, where its configuration asks for TLS between them. */
  peerIdentity: TlsIdentity | undefined;
  #transport!: PeerTransport;
  #listener!: ClientListener;

  constructor(config: Config, bounds: Partial<Bounds> = {}) {
    this.config = config;
    this.#bounds = { ...boundsOf(config), ...bounds };
    this.volume = new FaultyVolume({ prng: new Prng(config.serverId) });
  }

  get serverId(): number {
    return this.config.serverId;
  }

  get port(): number {
    return this.config.client.port;
  }

  get leads(): boolean {
    return this.member.running?.replica.raft.role === Role.leader;
  }

  async start(): Promise<void> {
    const { config } = this;
    this.log = new KeptLog();
    this.fatal = undefined;
    const { host, peerPort } = config.members.find(({ serverId }) => serverId === config.serverId)!;
    const { serverId } = config;
    const address = { host, port: peerPort };
    const { secrets, takesUnproved } = config.peer;
    const { peer: tls } = config.tls;
    this.peerIdentity = tls && new TlsIdentity('members', tls, this.log);
    this.#transport = new PeerTransport(
      {
        serverId,
        address,
        strangers: strangerBounds,
        secrets: new JoinSecrets(secrets),
        takesUnproved,
        proofs: {
          failed: (from) => this.member.proofs.failedProof(from, ProofKind.joinSecret),
          delayMs: (from) => this.member.proofs.delayMs(from),
        },
        tls: this.peerIdentity,
      },
      this.log,
    );
    this.member = new Member({
      config,
      build: this.build,
      bounds: this.#bounds,
      disk: this.volume.mount(this.#schedule),
      storage: { segmentBytes: 1024 * 1024, snapRetainCount: 3 },
      transport: this.#transport,
      clock: systemClock,
      scheduler: eventLoopScheduler,
      entropy: systemEntropy,
      log: this.log,
      ...(config.audit.enabled ? { audit: { record: (event) => this.audited.push(event) } } : {}),
      fatal: (error) => {
        this.fatal ??= error;
      },
    });
    wordAnswers(this.member, {
      clock: systemClock,
      counts: {
        ...NOTHING_COUNTED,
        waitingFor: () => this.#listener.waitingFor,
        connectionsRefused: () => this.#listener.refused,
        strangers: () => this.#transport.strangers,
        peerTlsFailures: () => this.#transport.tlsFailures,
      },
      environment: machineEnvironment,
      descriptors: machineDescriptors,
    });
    this.#listener = new ClientListener(
      { ...config.client, maxConnections: config.limits.connections },
      (socket) => this.member.accept(socket),
      this.log,
    );
    await this.member.start();
    // Not before: a member that has not read its disk must not look like one that has lost it.
    await this.#transport.start(this.member);
    await this.#listener.start();
  }

  /** The disk answers no call any more, … */
  holdDisk(): void {
    this.#heldCalls ??= [];
  }

  /** … until now. */
  releaseDisk(): void {
    const held = this.#heldCalls ?? [];
    this.#heldCalls = undefined;
    for (const run of held) run();
  }

  readonly #schedule: DiskSchedule = (delayMs, run) => {
    if (this.#heldCalls === undefined) soon(delayMs, run);
    else this.#heldCalls.push(run);
  };

  async stop(): Promise<void> {
    await this.#listener.stop();
    await this.member.stop();
    await this.#transport.stop();
  }
}

/** Members of one ensemble in this process. */
export class TestEnsemble {
  readonly members: TestMember[] = [];
  readonly #clients: TestClient[] = [];

  /** Started, with a leader, and everybody serving. @param hostOf where others reach the member with that server id */
  static async start(
    count: number,
    changes: Partial<Config> | ((serverId: number) => Partial<Config>) = {},
    bounds: Partial<Bounds> = {},
    hostOf: (serverId: number) => string = () => '127.0.0.1',
    buildOf: (serverId: number) => Build = () => THIS_BUILD,
  ): Promise<TestEnsemble> {
    const ensemble = new TestEnsemble();
    const addresses: MemberAddress[] = [];
    for (let serverId = 1; serverId <= count; serverId++)
      addresses.push({ ...(await addressOf(serverId)), host: hostOf(serverId) });
    for (const { serverId } of addresses) {
      const own = typeof changes === 'function' ? changes(serverId) : changes;
      const member = new TestMember(configOf(serverId, addresses, own), bounds);
      member.build = buildOf(serverId);
      ensemble.members.push(member);
    }
    await Promise.all(ensemble.members.map((member) => member.start()));
    await ensemble.settled();
    return ensemble;
  }

  get leader(): TestMember {
    const leader = this.members.find((member) => member.leads);
    if (leader === undefined) throw new Error('nobody leads');
    return leader;
  }

  get followers(): TestMember[] {
    return this.members.filter((member) => !member.leads);
  }

  /** A client's connection; closed at the end. */
  async client(member: TestMember): Promise<TestClient> {
    const client = await TestClient.connect(member.port);
    this.#clients.push(client);
    return client;
  }

  /** A client with a new session. */
  async session(member: TestMember, timeoutMs = 10_000): Promise<TestClient> {
    const client = await this.client(member);
    await client.begin({ timeoutMs });
    return client;
  }

  /** All of them serve. */
  async settled(members: readonly TestMember[] = this.members): Promise<void> {
    await until(
      () => members.every(({ member }) => member.clients.serving),
      () => this.#describe(),
    );
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all(this.members.map((member) => member.stop()));
    const failed = this.members.find(({ fatal }) => fatal !== undefined);
    if (failed !== undefined) throw failed.fatal;
  }

  #describe(): string {
    return this.members.map(({ serverId, member }) => `member ${serverId}: ${member.reason}`).join('; ');
  }
}

/** Looks once per turn of the loop and more, until `done` holds, and does `again` between; `what` says what did not come, after a minute. */
export async function until(
  done: () => boolean,
  what: () => string = () => String(done),
  again: () => Promise<void> = async () => {},
): Promise<void> {
  for (const started = Date.now(); !done(); ) {
    if (Date.now() - started > 60_000) throw new Error(`never came: ${what()}`);
    await again();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function addressOf(serverId: number): Promise<MemberAddress> {
  const [peerPort, clientPort] = [await freePort(), await freePort()];
  return { serverId, host: '127.0.0.1', peerPort, clientPort, role: 'voter' };
}

export function configOf(
  serverId: number,
  members: readonly MemberAddress[],
  changes: Partial<Config>,
): Config {
  return {
    serverId,
    clusterId: '',
    dataDir: '/data',
    dataLogDir: '/data',
    client: {
      host: '127.0.0.1',
      port: members.find((member) => member.serverId === serverId)!.clientPort!,
      maxConnectionsPerAddress: 0,
      connectionRate: { tokens: 0, fillMs: 1, fillCount: 1 },
      maxFrameBytes: 1_048_575,
      sessionlessTimeoutMs: 10_000,
      readOnlyMode: false,
    },
    peer: { host: '127.0.0.1', secrets: [], takesUnproved: true },
    members,
    tickTimeMs: 1_000,
    initLimit: 10,
    syncLimit: 5,
    minSessionTimeoutMs: 200,
    maxSessionTimeoutMs: 20_000,
    snapshotEveryEntries: 100_000,
    snapshotEveryBytes: 64 * 1024 * 1024,
    snapshotRetain: 3,
    purgeIntervalHours: 0,
    history: { retainMs: 0, maxBytes: 0 },
    containerCheckIntervalMs: 60_000,
    fourLetterWords: new Set(DEFAULT_FOUR_LETTER_WORDS),
    membership: 'file',
    provesVersion: false,
    reconfigEnabled: false,
    enforceQuota: false,
    dialects: { clickHouseKeeper: false, pagedChildren: false },
    tls: {},
    auth: PLAIN_AUTH,
    http: { ...HTTP, enabled: false, required: false },
    log: { level: 'debug', pretty: false },
    audit: { enabled: false },
    limits: DEFAULT_LIMITS,
    properties: {},
    source: {},
    warnings: [],
    ...changes,
  };
}
