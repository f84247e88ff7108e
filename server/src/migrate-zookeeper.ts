/**
 * `rookery-server migrate-zookeeper`: follows a running ensemble of Apache ZooKeeper as an observer, until it is told to cut; then it is the first member of a
 * cluster that goes on with the same tree and sessions, in the same process.
 *
 *   following ──POST /migration/cut──► fenced ──► data written ──► runMember
 *       └─────POST /migration/call-off, or a signal──► exit 0, and nothing is left anywhere
 */
import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { refuseUsedFolders } from './backup/new-data.ts';
import { Certificates } from './certificates.ts';
import type { Config } from './config/config.ts';
import { EXIT_CONFIG, loadConfigOrExit } from './config/or-exit.ts';
import { AdminToken } from './http/admin-token.ts';
import { type Control, openControl } from './migration/control.ts';
import { EnsembleFollower, type FollowedMember } from './migration/ensemble-follower.ts';
import { CutError, Migration } from './migration/migration.ts';
import { stopMember } from './migration/stopping.ts';
import { ownFlags } from './own-flags.ts';
import { createLog, logSink } from './platform/log.ts';
import { systemClock, systemEntropy } from './platform/machine.ts';
import type { Logger } from './ports/logger.ts';
import { runMember } from './run-member.ts';
import { ATTACHED, NewCluster } from './taken-over.ts';
import type { TlsIdentity } from './tls/tls-identity.ts';
import { HeldState } from './zookeeper-learner/held-state.ts';

/** Nobody's: ZooKeeper's ids are at most 255 where they are anything to sessions. */
const OBSERVER_ID = 0x52_4b;
/** From when a command to stop a member was through. */
const STOP_TIMEOUT_MS = 30_000;

export async function migrateZookeeper(argv: readonly string[]): Promise<void> {
  const { values, rest } = ownFlags(argv, { from: { type: 'string' }, stop: { type: 'string' } });
  const { config } = loadConfigOrExit(rest, process.env);
  const log = createLog(config.log, config.serverId, logSink(config.log));
  try {
    const members = membersFrom(values.from, dialBy(config, log));
    await refuseUsedFolders(config);
    await begin(config, members, typeof values.stop === 'string' ? values.stop : undefined, rest, log);
  } catch (error) {
    process.stderr.write(`rookery-server: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(EXIT_CONFIG);
  }
}

async function begin(
  config: Config,
  members: readonly FollowedMember[],
  stop: string | undefined,
  memberArgv: readonly string[],
  log: Logger,
): Promise<void> {
  const cluster = new NewCluster();
  const held = new HeldState({
    hashSeed: systemEntropy.uint32(),
    newSessionId: cluster.sessionId,
    attachIndex: ATTACHED,
  });
  const follower = new EnsembleFollower(members, OBSERVER_ID, held, log);
  let control: Control | undefined;
  const migration = new Migration(
    follower,
    {
      stop: (member) => stopMember(member, stop, stop === undefined ? undefined : STOP_TIMEOUT_MS),
      takeOver: async ({ state }) => {
        if (state === undefined) throw new Error('nothing is held');
        await cluster.write(config, state);
        await control?.close();
        for (const signal of SIGNALS) process.off(signal, onSignal);
        runMember(memberArgv);
      },
    },
    log,
  );
  const onSignal = (): void => {
    migration.callOff().then(
      () => process.exit(0),
      (error: unknown) => log.error({ err: error }, 'not called off'),
    );
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const { host, port, token, otherToken } = config.http;
  const tokens = [token, otherToken].filter((each) => each !== undefined);
  const admin = tokens.length === 0 ? undefined : new AdminToken(tokens);
  control = await openControl(migration, {
    host: admin === undefined ? '127.0.0.1' : host,
    port,
    permits: (authorization) => admin?.isIn(authorization) ?? true,
    calledOff: () => process.exit(0),
  });
  follower.start();
  log.info(
    { from: members.map(({ address }) => address), control: control.port },
    'following an ensemble of ZooKeeper: POST /migration/cut takes over',
  );
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

function membersFrom(from: unknown, dial: (host: string, port: number) => Socket): readonly FollowedMember[] {
  const addresses = typeof from === 'string' ? from.split(',').map((each) => each.trim()) : [];
  if (addresses.length === 0)
    throw new CutError('--from takes the quorum ports of the ensemble: --from zk-0:2888,zk-1:2888,zk-2:2888');
  return addresses.map((address) => {
    const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? [];
    const host = bracketed ?? plain;
    if (host === undefined) throw new CutError(`--from: ${address} is no host:port`);
    return { address, dial: () => dial(host, Number(digits)) };
  });
}

/** As the configuration has it for members: in a zoo.cfg, sslQuorum and ssl.quorum.*. */
function dialBy(config: Config, log: Logger): (host: string, port: number) => Socket {
  const identity = new Certificates(config.tls, log, systemClock).members;
  if (identity === undefined) return (host, port) => connect({ host, port });
  return (host, port) => secured(identity, host, port);
}

function secured({ credentials }: TlsIdentity, host: string, port: number): Socket {
  return connectTls({
    host,
    port,
    secureContext: credentials.context,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  });
}
