/**
 * One replica of the operator as a process.
 *
 *   flags and variables → Kubernetes configuration → probes → caches → lease → work
 *
 * SIGTERM and SIGINT stop it cleanly with exit 0; a second one at once. Exit 2: flags, variables or the Kubernetes configuration are wrong.
 * Exit 1: the lease was lost, or it cannot go on; Kubernetes starts it again, with nothing of its former term in memory.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { KubeConfig } from '@kubernetes/client-node';
import {
  ApiError,
  createKubeApi,
  KubeHttp,
  KubeMetrics,
  type RunningProbes,
  startProbes,
  systemClock,
  systemRandom,
  systemScheduler,
} from '@rookery/kube';
import { pino } from 'pino';
import { memberAdmin } from './act/member-admin.ts';
import { CommandLineError, type OperatorConfig, readCommandLine, UsageRequested } from './command-line.ts';
import { memberClient } from './observe/member-client.ts';
import { buildOperator } from './operator.ts';
import { LEASE_NAME } from './permissions.ts';

const EXIT_FAILURE = 1;
const EXIT_CONFIG = 2;
/** For each of three stages of a stop: all end within a Pod's usual 30 s. */
const STOP_GRACE_MS = 8_000;
const TOKEN_BYTES = 32;
const SERIAL_BYTES = 16;
const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

function configOrExit(): OperatorConfig {
  try {
    return readCommandLine(process.argv.slice(2), process.env);
  } catch (error) {
    if (error instanceof UsageRequested) {
      process.stdout.write(error.text);
      process.exit(0);
    }
    if (error instanceof CommandLineError) return exitForConfig(error.message);
    throw error;
  }
}

function exitForConfig(message: string): never {
  process.stderr.write(`rookery-operator: ${message}\n`);
  process.exit(EXIT_CONFIG);
}

function httpOrExit(): KubeHttp {
  const kubeConfig = new KubeConfig();
  try {
    kubeConfig.loadFromDefault();
    return new KubeHttp(kubeConfig, systemScheduler, 'rookery-operator');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return exitForConfig(
      error instanceof ApiError ? why : `the Kubernetes configuration cannot be read: ${why}`,
    );
  }
}

function leaseNamespaceOrExit({ leaseNamespace }: OperatorConfig): string {
  if (leaseNamespace !== undefined) return leaseNamespace;
  try {
    return readFileSync(NAMESPACE_FILE, 'utf8').trim();
  } catch {
    return exitForConfig(
      'outside of a Pod nobody can tell where the Lease belongs: give --lease-namespace, or --leader-elect=false',
    );
  }
}

const config = configOrExit();
const log = pino({
  level: config.logLevel,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (name) => ({ level: name }) },
});
const replica = config.podName ?? hostname();
const lease = config.leaderElect ? { namespace: leaseNamespaceOrExit(config), name: LEASE_NAME } : undefined;

let probes: RunningProbes | undefined;
let ending = false;

/** Ends the process for a reason that a restart may mend. */
function fail(fields: object, message: string): void {
  if (ending) return;
  ending = true;
  log.error(fields, message);
  process.exit(EXIT_FAILURE);
}
process.on('uncaughtException', (error) =>
  fail({ err: error }, 'a defect; the operator ends and is started again'),
);
process.on('unhandledRejection', (error) =>
  fail({ err: error }, 'a defect; the operator ends and is started again'),
);

const http = httpOrExit();
const metrics = new KubeMetrics('rookery_operator').withProcessMetrics();
const ports = { clock: systemClock, scheduler: systemScheduler, random: systemRandom, log, metrics };
const operator = buildOperator(
  {
    namespaces: config.namespaces,
    serverImage: config.serverImage,
    hasCertManager: config.certManager,
    // A process that comes back under its Pod's name is another one.
    identity: `${replica}_${randomBytes(4).toString('hex')}`,
    lease,
    onLost: (why) => fail({ why }, 'the lease is lost; the operator ends and comes back as a candidate'),
  },
  {
    ...ports,
    api: createKubeApi({ http, clock: systemClock, metrics, fieldManager: 'rookery-operator' }),
    askMember: memberClient(systemScheduler),
    tellMember: memberAdmin(systemScheduler),
    newToken: () => randomBytes(TOKEN_BYTES).toString('hex'),
    newSerial: () => randomBytes(SERIAL_BYTES).toString('hex'),
  },
);

async function start(): Promise<void> {
  const { manager } = operator;
  const sources = { notReady: () => manager.notReady(), registry: metrics.registry };
  const { httpHost: host, httpPort: port } = config;
  try {
    probes = await startProbes(sources, { host, port });
  } catch (error) {
    // A machine without IPv6 has no `::`.
    if (host !== '::' || !isNoSuchFamily(error)) throw error;
    probes = await startProbes(sources, { host: '0.0.0.0', port });
  }
  manager.start();
  const { namespaces, serverImage } = config;
  log.info({ replica, namespaces, serverImage, httpPort: probes.port }, 'the operator is up');
}

function isNoSuchFamily(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}

async function stop(): Promise<void> {
  await operator.manager.stop(STOP_GRACE_MS);
  await probes?.close();
  http.close();
}

function onSignal(signal: NodeJS.Signals): void {
  if (ending) process.exit(EXIT_FAILURE);
  ending = true;
  log.info({ signal }, 'stopping');
  stop().then(
    () => {
      log.info({}, 'stopped');
      process.exit(0);
    },
    (error: unknown) => {
      log.error({ err: error }, 'did not stop cleanly');
      process.exit(EXIT_FAILURE);
    },
  );
}

process.on('SIGTERM', onSignal);
process.on('SIGINT', onSignal);
start().catch((error: unknown) => fail({ err: error }, 'could not start'));
