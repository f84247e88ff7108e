import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newWorkFolder } from '../cache.ts';
import { type Endpoint, HOST } from '../endpoint.ts';
import { type EnsembleTls, makeEnsembleTls } from './ensemble-tls.ts';
import { Member } from './member.ts';
import { reservePorts } from './ports.ts';
import type { ResidentBytes } from './process-figures.ts';
import type { MemberCommand, System } from './system.ts';

const SERVING_TIMEOUT_MS = 60_000;
/** Clients, members twice, HTTP, clients with TLS. */
const PORTS_PER_MEMBER = 5;

/** Where a member lives, when that is not a folder of this machine and its loopback. */
export interface Site {
  /** Its address; the ports are free there. */
  readonly host: string;
  /** An existing folder. */
  readonly dataDir: string;
  /** The command that runs the member there; its process has to become the member's. */
  around(command: MemberCommand): MemberCommand;
}

export interface EnsembleOptions {
  /** Members; 3 unless said otherwise. */
  readonly size?: number;
  /** One for each member, instead of `size`. */
  readonly sites?: readonly Site[];
  /** The white list; every word unless said otherwise. */
  readonly fourLetterWords?: string;
  /** Further lines for every zoo.cfg. */
  readonly configLines?: readonly string[];
  /** The text of a JAAS file with the users of SASL. */
  readonly jaas?: string;
  /** Settings that zoo.cfg has no word for. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What else ZooKeeper's JVM is told. */
  readonly jvmFlags?: readonly string[];
  /** Is called with each member's empty data folder before anything is in it: a file system may be mounted there. */
  readonly prepareDataFolder?: (folder: string, serverId: number) => void;
  /** Clients connect by TLS at a port of its own, and show a certificate: of an authority that is made for it, or as given. */
  readonly tls?: boolean | EnsembleTls;
  /** Each member writes a processor profile to `<folder>/profile-<server id>` when it is stopped. */
  readonly profile?: boolean;
}

/** Members of one system on loopback, each with its own folder on a real disk, fsync as the system's default has it: on. */
export class Ensemble {
  readonly system: System;
  readonly folder: string;
  readonly members: readonly Member[];

  /** Made by its static functions alone. */
  constructor(system: System, folder: string, members: readonly Member[]) {
    this.system = system;
    this.folder = folder;
    this.members = members;
  }

  /** Lays out the folders without starting anything. */
  static async create(system: System, options: EnsembleOptions = {}): Promise<Ensemble> {
    const { sites } = options;
    const size = sites?.length ?? options.size ?? 3;
    const folder = newWorkFolder(system.name);
    const ports = await reservePorts(size * PORTS_PER_MEMBER);
    const tls = options.tls === true ? await makeEnsembleTls(folder) : options.tls || undefined;
    const servers = Array.from({ length: size }, (_, i) => {
      return `server.${i + 1}=${sites?.[i]?.host ?? HOST}:${ports[i * PORTS_PER_MEMBER + 1]}:${ports[i * PORTS_PER_MEMBER + 2]}`;
    });
    const jaasFile = join(folder, 'jaas.conf');
    if (options.jaas !== undefined) writeFileSync(jaasFile, options.jaas);
    const members = servers.map((_, i) => {
      const serverId = i + 1;
      const site = sites?.[i];
      const host = site?.host ?? HOST;
      const memberFolder = join(folder, `member-${serverId}`);
      const dataDir = site?.dataDir ?? join(memberFolder, 'data');
      const config = join(memberFolder, 'zoo.cfg');
      const [clientPort = 0, , , adminPort = 0, securePort = 0] = ports.slice(i * PORTS_PER_MEMBER);
      mkdirSync(memberFolder, { recursive: true });
      mkdirSync(dataDir, { recursive: true });
      options.prepareDataFolder?.(dataDir, serverId);
      writeFileSync(join(dataDir, 'myid'), `${serverId}\n`);
      const lines = [
        'tickTime=2000',
        'initLimit=10',
        'syncLimit=5',
        `dataDir=${dataDir}`,
        `clientPort=${clientPort}`,
        `clientPortAddress=${host}`,
        'maxClientCnxns=0',
        `4lw.commands.whitelist=${options.fourLetterWords ?? '*'}`,
        ...(size > 1 ? servers : []),
        ...system.configLines(adminPort),
        ...(tls === undefined
          ? []
          : [
              `secureClientPort=${securePort}`,
              ...tls.configLines,
              ...(tls.linesOf?.(serverId) ?? []),
              ...system.tlsLines,
            ]),
        ...(options.configLines ?? []),
      ];
      writeFileSync(config, `${lines.join('\n')}\n`);
      return new Member(system, {
        serverId,
        endpoint: { host, port: clientPort },
        ...(tls === undefined ? {} : { secureEndpoint: { host, port: securePort, tls: tls.client } }),
        adminPort,
        folder: memberFolder,
        config,
        logFile: join(folder, `member-${serverId}.log`),
        ...(options.jaas === undefined ? {} : { jaasFile }),
        ...(options.jvmFlags === undefined ? {} : { jvmFlags: options.jvmFlags }),
        around: (command: MemberCommand) => {
          const told = { ...command, env: { ...command.env, ...options.environment } };
          return site === undefined ? told : site.around(told);
        },
        ...(options.profile === true ? { profileFolder: join(folder, `profile-${serverId}`) } : {}),
      });
    });
    return new Ensemble(system, folder, members);
  }

  /** Creates an ensemble, starts it and waits until every member serves. Stops what it started when that fails. */
  static async start(system: System, options: EnsembleOptions = {}): Promise<Ensemble> {
    const ensemble = await Ensemble.create(system, options);
    try {
      for (const member of ensemble.members) member.start();
      await ensemble.serving();
      return ensemble;
    } catch (error) {
      await ensemble.stop();
      throw error;
    }
  }

  get endpoints(): Endpoint[] {
    return this.members.map((member) => member.endpoint);
  }

  async serving(timeoutMs = SERVING_TIMEOUT_MS): Promise<void> {
    await Promise.all(this.members.map((member) => member.serving(timeoutMs)));
  }

  /** The one member that says it leads; rejects when there is none within `timeoutMs`. */
  async leader(timeoutMs = SERVING_TIMEOUT_MS): Promise<Member> {
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs) {
      const alive = this.members.filter((member) => member.alive);
      const modes = await Promise.all(alive.map((member) => member.mode()));
      const leaders = alive.filter((_, i) => modes[i] === 'leader' || modes[i] === 'standalone');
      if (leaders.length === 1) return leaders[0]!;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no member leads after ${timeoutMs} ms; logs: ${this.folder}`);
  }

  /** So that a single client of the first is one of a follower: two hops more than a client of the leader. */
  async followersFirst(): Promise<Member[]> {
    const leader = await this.leader();
    return [...this.members.filter((member) => member !== leader), leader];
  }

  residentBytes(): ResidentBytes[] {
    return this.members.map((member) => member.residentBytes());
  }

  processorSeconds(): number {
    return this.members.reduce((sum, member) => sum + member.processorSeconds(), 0);
  }

  /** Stops every member; data and logs stay. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()));
  }

  /** Stops every member and removes the folder. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
