/**
 * One member as a process: builds the layers from the disk up to HTTP and stops them in reverse.
 *
 *   configuration → log → disk → links → member → clients' listener → HTTP
 *
 * SIGTERM and SIGINT stop it cleanly with exit 0; a second one at once. Exit 2: the configuration is wrong. Exit 1: it could not
 * start, or could not go on without risking data; the log says why.
 */

import { relinquish } from './admin/leadership-transfer.ts';
import { memberView } from './admin/member-view.ts';
import { type Bounds, boundsOf } from './bounds/bounds.ts';
import { type DescriptorShares, shareDescriptors } from './bounds/descriptors.ts';
import { shareMemory } from './bounds/memory.ts';
import { joinAddress } from './config/addresses.ts';
import type { Config } from './config/config.ts';
import { DEFAULT_ORIGIN } from './config/config-error.ts';
import { EXIT_CONFIG, loadConfigOrExit } from './config/or-exit.ts';
import { fatalLine, isLackOfSockets, whatHappened } from './fatal-line.ts';
import { wordAnswers } from './four-letter-words/word-answers.ts';
import { type RunningHttp, startHttp } from './http/start-http.ts';
import { Member } from './member.ts';
import { ClientListener } from './platform/client-listener.ts';
import { machineDescriptors, mostDescriptors } from './platform/descriptors.ts';
import { FolderDisk } from './platform/disk.ts';
import { machineEnvironment } from './platform/environment.ts';
import { createLog } from './platform/log.ts';
import { eventLoopScheduler, systemClock, systemEntropy } from './platform/machine.ts';
import { mostMemory } from './platform/memory.ts';
import { PeerTransport } from './platform/peer-transport.ts';
import { ComplaintLog } from './ports/rate-limited-log.ts';
import { PurgeInterval } from './purge-interval.ts';

/** `argv`: what follows the program's name. Returns at once; the process lives on until a signal or a fatal error ends it. */
export function runMember(argv: readonly string[]): void {
  const { config, warnings } = loadConfigOrExit(argv, process.env);
  const log = createLog(config.log, config.label);
  for (const warning of warnings) log.warn({}, warning);
  const bounds = shareMemory(boundsOf(config), mostMemory());
  const shares = descriptorShares(config, bounds);
  if (shares.remark !== '') {
    // Whoever wrote the number may count on it; the default is only a ceiling.
    if (config.source['limits.connections'] === DEFAULT_ORIGIN) log.info({}, shares.remark);
    else log.warn({}, shares.remark);
  }

  let ending = false;
  function fatal(error: unknown): void {
    if (ending) return;
    ending = true;
    log.error({ err: error }, fatalLine(error));
    process.exitCode = 1;
    // The log is written beside the loop; it leaves at exit.
    setImmediate(() => process.exit(1));
  }
  const complaints = new ComplaintLog(log, systemClock);
  function uncaught(error: unknown): void {
    if (!isLackOfSockets(error)) fatal(error);
    else
      complaints.say('sockets', 'no file descriptor is left for a connection; it did not come about', {
        err: error,
      });
  }
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);

  let logSyncSeconds = 0;
  const observeSync = (durationMs: number): void => {
    logSyncSeconds += durationMs / 1000;
  };
  const self = config.members.find((member) => member.label === config.label)!;
  const transport = new PeerTransport(
    config.label,
    { host: config.peer.host, port: self.peerPort },
    { total: shares.strangers, perAddress: shares.strangersPerAddress },
    log,
  );
  const purges = new PurgeInterval(systemClock, config.purgeIntervalHours);
  const member = new Member({
    config,
    bounds,
    disk: new FolderDisk(config.dataDir, observeSync),
    storage: {
      segmentBytes: bounds.segmentBytes,
      snapRetainCount: config.snapshotRetain,
      purgeNow: () => purges.take(),
      ...(config.dataLogDir === config.dataDir
        ? {}
        : { logDisk: new FolderDisk(config.dataLogDir, observeSync) }),
    },
    transport,
    clock: systemClock,
    scheduler: eventLoopScheduler,
    entropy: systemEntropy,
    log,
    fatal,
  });
  wordAnswers(member, {
    clock: systemClock,
    environment: machineEnvironment,
    descriptors: machineDescriptors,
  });
  const listener = new ClientListener(
    { ...config.client, maxConnections: shares.clients },
    (socket) => member.accept(socket),
    log,
  );

  const view = memberView(member, eventLoopScheduler, {
    waitingFor: () => listener.waitingFor,
    connectionsRefused: () => listener.refused,
    logSyncSeconds: () => logSyncSeconds,
  });
  let http: RunningHttp | undefined;

  async function start(): Promise<void> {
    // First of all, so that probes are answered while a long log is read.
    http = await startHttp({
      member: view,
      config: config.http,
      bounds: { connections: shares.http, connectionsPerAddress: shares.httpPerAddress },
      log,
      fatal,
    });
    await member.start();
    if (ending) return;
    // Only now: a member that has not read its disk yet must not look like one that has lost it. Each is waited for by itself: its own name
    // may be unknown for a while, and clients may be told to come to another one.
    await Promise.all([config.members.length > 1 ? transport.start(member) : undefined, listener.start()]);
    if (ending) return;
    const client = joinAddress(config.client.host, config.client.port);
    log.info({ client, dataDir: config.dataDir, members: config.members.length }, 'Rookery member is up');
  }

  async function stop(): Promise<void> {
    await relinquish(member, eventLoopScheduler);
    await listener.stop();
    await member.stop();
    await transport.stop();
    await http?.close();
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (ending) process.exit(1);
    ending = true;
    log.info({ signal }, 'stopping');
    stop().then(
      () => {
        log.info({}, 'stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, `did not stop cleanly: ${whatHappened(error)}`);
        process.exit(1);
      },
    );
  }

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  start().catch(fatal);
}

/** Exits where the process may have too few descriptors for a member to be of use. */
function descriptorShares(config: Config, bounds: Bounds): DescriptorShares {
  const { httpConnections, httpConnectionsPerAddress, strangers, strangersPerAddress } = bounds;
  const wishes = {
    clients: config.limits.connections,
    http: httpConnections,
    httpPerAddress: httpConnectionsPerAddress,
    strangers,
    strangersPerAddress,
  };
  try {
    return shareDescriptors(wishes, config.members.length - 1, mostDescriptors());
  } catch (error) {
    process.stderr.write(`rookery-server: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(EXIT_CONFIG);
  }
}
