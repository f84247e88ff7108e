/**
 * One member as a process: builds the layers from the disk up to HTTP and stops them in reverse.
 *
 *   configuration → log → disk → links → member → clients' listener → HTTP
 *
 * SIGTERM and SIGINT stop it cleanly with exit 0; a second one at once. Exit 2: the configuration is wrong. Exit 1: it could not
 * start, or could not go on without risking data; the log says why.
 */
import { joinAddress } from './config/addresses.ts';
import { loadConfigOrExit } from './config/or-exit.ts';
import { type RunningHttp, startHttp } from './http/start-http.ts';
import { relinquish } from './leadership-transfer.ts';
import { Member } from './member.ts';
import { memberView } from './member-view.ts';
import { ClientListener } from './node/client-listener.ts';
import { FolderDisk } from './node/disk.ts';
import { machineEnvironment } from './node/environment.ts';
import { createLog } from './node/log.ts';
import { eventLoopScheduler, systemClock, systemEntropy } from './node/machine.ts';
import { PeerTransport } from './node/peer-transport.ts';
import { wordAnswers } from './word-answers.ts';

const segmentBytes = 64 * 1024 * 1024;

/** `argv`: what follows the program's name. Returns at once; the process lives on until a signal or a fatal error ends it. */
export function runMember(argv: readonly string[]): void {
  const { config, warnings } = loadConfigOrExit(argv, process.env);
  const log = createLog(config.log, config.label);
  for (const warning of warnings) log.warn({}, warning);

  let ending = false;
  function fatal(error: unknown): void {
    if (ending) return;
    ending = true;
    log.error({ err: error }, 'this member cannot go on; it stops to keep its data safe');
    process.exitCode = 1;
    // The log is written beside the loop; it leaves at exit.
    setImmediate(() => process.exit(1));
  }
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);

  let logSyncSeconds = 0;
  const observeSync = (durationMs: number): void => {
    logSyncSeconds += durationMs / 1000;
  };
  const self = config.members.find((member) => member.label === config.label)!;
  const transport = new PeerTransport(config.label, { host: config.peer.host, port: self.peerPort }, log);
  const member = new Member({
    config,
    disk: new FolderDisk(config.dataDir, observeSync),
    storage: {
      segmentBytes,
      snapRetainCount: config.snapshotRetain,
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
  wordAnswers(member, { clock: systemClock, environment: machineEnvironment });
  const listener = new ClientListener(
    { ...config.client, maxConnections: config.limits.connections },
    (socket) => member.accept(socket),
    log,
  );

  const view = memberView(member, eventLoopScheduler, {
    connectionsRefused: () => listener.refused,
    logSyncSeconds: () => logSyncSeconds,
  });
  let http: RunningHttp | undefined;

  async function start(): Promise<void> {
    // First of all, so that probes are answered while a long log is read.
    http = await startHttp(view, config.http, log);
    await member.start();
    // Only now: a member that has not read its disk yet must not look like one that has lost it.
    if (config.members.length > 1) await transport.start(member);
    await listener.start();
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
        log.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  }

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  start().catch(fatal);
}
