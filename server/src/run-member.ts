/**
 * One member as a process: builds the layers from the disk up to HTTP and stops them in reverse.
 *
 *   configuration → log → disk → links → member → clients' listener → HTTP
 *
 * SIGTERM and SIGINT stop it cleanly with exit 0; a second one at once. Exit 2: the configuration is wrong. Exit 1: it could not
 * start, or could not go on without risking data; the log says why.
 */

import { BackupStream } from './admin/backup-stream.ts';
import { relinquish } from './admin/leadership-transfer.ts';
import type { MachineCounts } from './admin/machine-counts.ts';
import type { MemberView } from './admin/member-status.ts';
import { memberView } from './admin/member-view.ts';
import { memberCommands } from './admin-server/member-commands.ts';
import { memberStreams } from './admin-server/member-streams.ts';
import { type Bounds, boundsOf } from './bounds/bounds.ts';
import { type DescriptorShares, shareDescriptors } from './bounds/descriptors.ts';
import { shareMemory } from './bounds/memory.ts';
import { Certificates } from './certificates.ts';
import { joinAddress } from './config/addresses.ts';
import type { Config } from './config/config.ts';
import { DEFAULT_ORIGIN } from './config/config-error.ts';
import { mostMembers } from './config/most-members.ts';
import { EXIT_CONFIG, loadConfigOrExit } from './config/or-exit.ts';
import { type EnsembleView, ensembleView } from './ensemble-report/ensemble-view.ts';
import { ProofKind } from './failed-proofs/proof-guard.ts';
import { fatalLine, isLackOfSockets, whatHappened } from './fatal-line.ts';
import type { WordMachine } from './four-letter-words/member-facts.ts';
import { wordAnswers } from './four-letter-words/word-answers.ts';
import { historyView } from './history-view.ts';
import { AdminToken } from './http/admin-token.ts';
import { type RunningHttp, startHttp } from './http/start-http.ts';
import { BearerTokens } from './http/v1/bearer-tokens.ts';
import type { ProgramsView } from './http/v1/callers.ts';
import { ownNames } from './http/v1/own-names.ts';
import { Member } from './member.ts';
import { Histogram } from './model/histogram.ts';
import { ClientListener } from './platform/client-listener.ts';
import { countedDescriptors, machineDescriptors, mostDescriptors } from './platform/descriptors.ts';
import { FolderDisk } from './platform/disk.ts';
import { machineEnvironment } from './platform/environment.ts';
import { observeEventLoopDelay } from './platform/event-loop-delay.ts';
import { FollowedFiles } from './platform/followed-files.ts';
import { JoinSecrets } from './platform/join-secrets.ts';
import { createLog, type LineSink, logSink } from './platform/log.ts';
import { eventLoopScheduler, systemClock, systemEntropy } from './platform/machine.ts';
import { machineHeap, mostMemory } from './platform/memory.ts';
import { type OpenAuditLog, openAuditLog } from './platform/open-audit-log.ts';
import { PeerTransport } from './platform/peer-transport.ts';
import { WatchedFiles } from './platform/watched-files.ts';
import type { Logger } from './ports/logger.ts';
import { ComplaintLog } from './ports/rate-limited-log.ts';
import { PurgeInterval } from './purge-interval.ts';
import { type Build, THIS_BUILD } from './replica/build.ts';
import { followSecrets } from './secrets-in-files.ts';
import { StoreError } from './tls/stores/store.ts';

/** The log is written beside the loop, and needs so long. */
const LOG_MS = 100;

/** `argv`: what follows the program's name. Returns at once; the process lives on until a signal or a fatal error ends it. */
export function runMember(argv: readonly string[], build: Build = THIS_BUILD): void {
  const { config, warnings } = loadConfigOrExit(argv, process.env);
  const lines = logSink(config.log);
  const log = createLog(config.log, config.serverId, lines);
  for (const warning of warnings) log.warn({}, warning);
  const bounds = shareMemory(boundsOf(config), mostMemory());
  const shares = descriptorShares(config, bounds);
  if (shares.remark !== '') {
    // Whoever wrote the number may count on it; the default is only a ceiling.
    if (config.source['limits.connections'] === DEFAULT_ORIGIN) log.info({}, shares.remark);
    else log.warn({}, shares.remark);
  }
  const certificates = certificatesOrExit(config, log);
  const audit = openAudit(config, lines, log);
  new MemberProcess({ config, build, bounds, shares, log, certificates, audit }).run();
}

interface ProcessParts {
  readonly config: Config;
  readonly build: Build;
  readonly bounds: Bounds;
  readonly shares: DescriptorShares;
  readonly log: Logger;
  readonly certificates: Certificates;
  readonly audit: OpenAuditLog | undefined;
}

class MemberProcess {
  readonly #config: Config;
  readonly #bounds: Bounds;
  readonly #shares: DescriptorShares;
  readonly #log: Logger;
  readonly #audit: OpenAuditLog | undefined;
  readonly #complaints: ComplaintLog;
  readonly #transport: PeerTransport;
  readonly #member: Member;
  readonly #listener: ClientListener;
  readonly #certificates: Certificates;
  readonly #watchedFiles: WatchedFiles;
  readonly #followedFiles: FollowedFiles;
  readonly #adminToken: AdminToken | undefined;
  readonly #bearers: BearerTokens | undefined;
  #http: RunningHttp | undefined;
  readonly #logSyncs = new Histogram();
  readonly #eventLoopDelays = new Histogram();
  readonly #counts: MachineCounts = {
    waitingFor: () => this.#listener.waitingFor,
    connectionsRefused: () => this.#listener.refused,
    tlsHandshakes: () => this.#listener.tlsHandshakes,
    tlsFailures: () => this.#listener.tlsFailures,
    tlsPending: () => this.#listener.tlsPending,
    strangers: () => this.#transport.strangers,
    peerTlsFailures: () => this.#transport.tlsFailures,
    httpConnections: () => this.#http?.connections ?? 0,
    httpTlsFailures: () => this.#http?.tlsFailures ?? 0,
    certificates: () => this.#certificates.served(),
    fileReloadsFailed: () => this.#certificates.failedReloads + this.#followedFiles.failures,
    auditLinesLost: () => this.#audit?.log.lost ?? 0,
    logSyncs: () => this.#logSyncs,
    eventLoopDelays: () => this.#eventLoopDelays,
  };
  #isUp = false;
  #isEnding = false;

  constructor({ config, build, bounds, shares, log, certificates, audit }: ProcessParts) {
    this.#config = config;
    this.#bounds = bounds;
    this.#shares = shares;
    this.#log = log;
    this.#certificates = certificates;
    this.#watchedFiles = new WatchedFiles(log);
    this.#followedFiles = new FollowedFiles(this.#watchedFiles, log);
    this.#audit = audit;
    this.#complaints = new ComplaintLog(log, systemClock);
    // Before anything is built: what fails there is said as all else is.
    const onUncaught = (error: unknown): void => this.#uncaught(error);
    process.on('uncaughtException', onUncaught);
    process.on('unhandledRejection', onUncaught);
    const self = config.members.find((member) => member.serverId === config.serverId)!;
    const { host, secrets, takesUnproved } = config.peer;
    const joinSecrets = new JoinSecrets(secrets);
    this.#transport = new PeerTransport(
      {
        serverId: config.serverId,
        address: { host, port: self.peerPort },
        strangers: { total: shares.strangers, perAddress: shares.strangersPerAddress },
        secrets: joinSecrets,
        takesUnproved,
        proofs: {
          failed: (address) => this.#member.proofs.failedProof(address, ProofKind.joinSecret),
          delayMs: (address) => this.#member.proofs.delayMs(address),
        },
        tls: certificates.members,
      },
      log,
    );
    this.#member = this.#newMember(bounds, build);
    const { token, otherToken, bearers } = config.http;
    this.#adminToken =
      token === undefined
        ? undefined
        : new AdminToken(otherToken === undefined ? [token] : [token, otherToken]);
    this.#bearers = bearers && new BearerTokens(bearers);
    const holders = { joinSecrets, adminToken: this.#adminToken, bearers: this.#bearers };
    followSecrets(config, { ...holders, clients: this.#member.clients }, this.#followedFiles);
    wordAnswers(this.#member, this.#wordMachine());
    this.#listener = new ClientListener(
      { ...config.client, maxConnections: shares.clients },
      (socket) => this.#member.accept(socket),
      log,
      systemClock,
      certificates.clients && {
        identity: certificates.clients,
        handshakes: { total: shares.handshakes, perAddress: shares.handshakesPerAddress },
      },
    );
  }

  run(): void {
    observeEventLoopDelay((delayMs) => this.#eventLoopDelays.observe(delayMs));
    const onSignal = (signal: NodeJS.Signals): void => this.#onSignal(signal);
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    const { audit } = this.#config;
    // Otherwise it ends the process, as it always did: its terminal is gone.
    if (audit.enabled && audit.file !== undefined) process.on('SIGHUP', () => this.#audit?.reopen());
    this.#start().catch(this.#fatal);
  }

  #programsView(): ProgramsView {
    const member = this.#member;
    return {
      bounds: this.#bounds,
      hosts: ownNames(this.#config),
      bearers: this.#bearers,
      isServing: () => member.clients.serving || member.clients.isReadOnly,
      accept: (socket) => member.accept(socket),
    };
  }

  #ensembleView(view: MemberView): EnsembleView {
    return ensembleView({
      member: this.#member,
      view,
      bounds: this.#bounds,
      clock: systemClock,
      scheduler: eventLoopScheduler,
      log: this.#log,
      machine: {
        mostConnections: this.#shares.clients,
        heap: machineHeap,
        descriptors: countedDescriptors,
      },
    });
  }

  #wordMachine(): WordMachine {
    return {
      clock: systemClock,
      counts: this.#counts,
      environment: machineEnvironment,
      descriptors: machineDescriptors,
    };
  }

  #newMember(bounds: Bounds, build: Build): Member {
    const config = this.#config;
    const observeSync = (durationMs: number): void => this.#logSyncs.observe(durationMs);
    const purges = new PurgeInterval(systemClock, config.purgeIntervalHours);
    return new Member({
      config,
      build,
      bounds,
      disk: new FolderDisk(config.dataDir, observeSync),
      storage: {
        segmentBytes: bounds.segmentBytes,
        snapRetainCount: config.snapshotRetain,
        purgeNow: () => purges.startIfDue(),
        history: { ...config.history, nowMs: () => systemClock.wallMs() },
        ...(config.dataLogDir === config.dataDir
          ? {}
          : { logDisk: new FolderDisk(config.dataLogDir, observeSync) }),
      },
      transport: this.#transport,
      clock: systemClock,
      scheduler: eventLoopScheduler,
      entropy: systemEntropy,
      log: this.#log,
      ...(this.#audit === undefined ? {} : { audit: this.#audit.log }),
      fatal: this.#fatal,
    });
  }

  async #start(): Promise<void> {
    const log = this.#log;
    const { client, dataDir, members } = this.#config;
    // First of all, so that probes are answered while a long log is read.
    const view = memberView(this.#member, eventLoopScheduler, this.#counts);
    this.#http = await startHttp({
      member: {
        ...view,
        commands: memberCommands(this.#member, this.#wordMachine(), view.status),
        streams: memberStreams(this.#member, {
          clock: systemClock,
          scheduler: eventLoopScheduler,
          entropy: systemEntropy,
          memoryBytes: mostMemory(),
        }),
        backups: new BackupStream(this.#member, { clock: systemClock, scheduler: eventLoopScheduler }),
      },
      config: this.#config.http,
      token: this.#adminToken,
      tls: this.#certificates.http,
      bounds: { connections: this.#shares.http, connectionsPerAddress: this.#shares.httpPerAddress },
      programs: this.#programsView(),
      window: { bounds: this.#bounds, ensemble: this.#ensembleView(view) },
      history: historyView(this.#member),
      log,
      fatal: this.#fatal,
    });
    this.#certificates.follow(this.#watchedFiles);
    await this.#member.start();
    if (this.#isEnding) return;
    // Only now: a member that has not read its disk yet must not look like one that has lost it. Each is waited for by itself: its own name
    // may be unknown for a while, and clients may be told to come to another one.
    const links = mostMembers(this.#config) > 1 ? this.#transport.start(this.#member) : undefined;
    await Promise.all([links, this.#listener.start()]);
    if (this.#isEnding) return;
    const address = joinAddress(client.host, client.port);
    this.#isUp = true;
    this.#member.audit?.serverStarted();
    log.info({ client: address, dataDir, members: members.length }, 'Rookery member is up');
  }

  async #stop(): Promise<void> {
    this.#certificates.stop();
    this.#watchedFiles.stop();
    await relinquish(this.#member, eventLoopScheduler);
    await this.#listener.stop();
    await this.#member.stop();
    await this.#transport.stop();
    await this.#http?.close();
  }

  /** What was stopped ends. A disk that does not answer would keep the process, whatever it does: none but the kernel ends it then. */
  async #end(): Promise<void> {
    if (await this.#audit?.drained()) {
      this.#log.warn({}, 'the disk of the audit log does not answer: ending without it');
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), LOG_MS);
    } else process.exit(0);
  }

  #onSignal(signal: NodeJS.Signals): void {
    if (this.#isEnding) process.exit(1);
    this.#isEnding = true;
    const log = this.#log;
    log.info({ signal }, 'stopping');
    this.#member.audit?.serverStops();
    this.#stop().then(
      () => {
        log.info({}, 'stopped');
        void this.#end();
      },
      (error: unknown) => {
        log.error({ err: error }, `did not stop cleanly: ${whatHappened(error)}`);
        process.exit(1);
      },
    );
  }

  #uncaught(error: unknown): void {
    if (!isLackOfSockets(error)) this.#fatal(error);
    else {
      const message = 'no file descriptor is left for a connection; it did not come about';
      this.#complaints.say('sockets', message, { err: error });
    }
  }

  readonly #fatal = (error: unknown): void => {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#log.error({ err: error }, fatalLine(error));
    // Nothing is there yet where building it failed.
    const audit = this.#member?.audit;
    if (this.#isUp) audit?.serverStops();
    else audit?.serverStartFailed();
    process.exitCode = 1;
    // The log is written beside the loop; it leaves at exit.
    setImmediate(() => process.exit(1));
  };
}

/** Exits where a port is to speak TLS and its stores cannot be used. */
function certificatesOrExit(config: Config, log: Logger): Certificates {
  try {
    return new Certificates(config.tls, log, systemClock);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    exitForConfiguration(new Error(`TLS cannot be spoken: ${error.message}`));
  }
}

/** undefined: nothing is audited. Exits where it is to go to a file that cannot be opened. */
function openAudit(config: Config, lines: LineSink, log: Logger): OpenAuditLog | undefined {
  if (!config.audit.enabled) return undefined;
  const { serverId } = config;
  try {
    return openAuditLog({ config: config.audit, serverId, logSink: lines, log, clock: systemClock });
  } catch (error) {
    exitForConfiguration(error);
  }
}

/** Exits where the process may have too few descriptors for a member to be of use. */
function descriptorShares(config: Config, bounds: Bounds): DescriptorShares {
  const { httpConnections, httpConnectionsPerAddress } = bounds;
  const { strangers, strangersPerAddress, handshakes, handshakesPerAddress } = bounds;
  const wishes = {
    clients: config.limits.connections,
    http: httpConnections,
    httpPerAddress: httpConnectionsPerAddress,
    strangers,
    strangersPerAddress,
    handshakes,
    handshakesPerAddress,
  };
  try {
    return shareDescriptors(wishes, mostMembers(config) - 1, mostDescriptors());
  } catch (error) {
    exitForConfiguration(error);
  }
}

function exitForConfiguration(error: unknown): never {
  process.stderr.write(`rookery-server: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(EXIT_CONFIG);
}
