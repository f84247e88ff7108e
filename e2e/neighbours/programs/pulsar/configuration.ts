import { HOST } from '../../../../testkit/src/endpoint.ts';

/** What Pulsar's own scripts tell the JVM. */
export const JVM_FLAGS: readonly string[] = [
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/java.util=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.platform=ALL-UNNAMED',
  '--add-opens=java.base/sun.net=ALL-UNNAMED',
  '--add-opens=java.management/sun.management=ALL-UNNAMED',
  '--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED',
  '-Dio.netty.tryReflectionSetAccessible=true',
  '-Dbookkeeper.metadata.bookie.drivers=org.apache.pulsar.metadata.bookkeeper.PulsarMetadataBookieDriver',
  '-Dbookkeeper.metadata.client.drivers=org.apache.pulsar.metadata.bookkeeper.PulsarMetadataClientDriver',
];

/** For log4j 2: everything to standard output. */
export const LOGGING = `rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} [%t] %-5p %c - %m%n
`;

/** Where a broker listens. */
export interface BrokerPorts {
  readonly service: number;
  readonly web: number;
}

/** The text of a bookkeeper.conf. */
export function bookieConfiguration(store: string, folder: string, port: number): string {
  return properties({
    // Its configuration takes a comma for the end of a value.
    metadataServiceUri: `metadata-store:${store.replaceAll(',', ';')}`,
    bookiePort: port,
    advertisedAddress: HOST,
    listeningInterface: 'lo',
    allowLoopback: true,
    journalDirectories: `${folder}/journal`,
    ledgerDirectories: `${folder}/ledgers`,
    // BookKeeper's own default; Pulsar's keeps an index in RocksDB, a native library of 58 MB.
    ledgerStorageClass: 'org.apache.bookkeeper.bookie.SortedLedgerStorage',
    diskUsageThreshold: 0.99,
    diskUsageWarnThreshold: 0.98,
    journalPreAllocSizeMB: 1,
    logSizeLimit: 67_108_864,
    numAddWorkerThreads: 1,
    numReadWorkerThreads: 1,
    numHighPriorityWorkerThreads: 1,
    serverNumIOThreads: 1,
    httpServerEnabled: false,
    enableStatistics: false,
    autoRecoveryDaemonEnabled: false,
  });
}

/** The text of a broker.conf. */
export function brokerConfiguration(store: string, { service, web }: BrokerPorts): string {
  return properties({
    metadataStoreUrl: store,
    configurationMetadataStoreUrl: store,
    clusterName: CLUSTER,
    brokerServicePort: service,
    webServicePort: web,
    bindAddress: HOST,
    advertisedAddress: HOST,
    managedLedgerDefaultEnsembleSize: 2,
    managedLedgerDefaultWriteQuorum: 2,
    managedLedgerDefaultAckQuorum: 2,
    // Many ledgers, for each is made, closed and listed by ZooKeeper.
    managedLedgerMaxEntriesPerLedger: 200,
    managedLedgerMinLedgerRolloverTimeMinutes: 0,
    managedLedgerCacheSizeMB: 16,
    bookkeeperClientHealthCheckEnabled: false,
    numIOThreads: 2,
    numHttpServerThreads: 8,
    numExecutorThreadPoolSize: 2,
    numOrderedExecutorThreads: 2,
    managedLedgerNumWorkerThreads: 1,
    managedLedgerNumSchedulerThreads: 1,
    bookkeeperClientNumIoThreads: 1,
    bookkeeperClientNumWorkerThreads: 2,
    // The speed of a loopback is not told.
    loadBalancerOverrideBrokerNicSpeedGbps: 1,
    systemTopicEnabled: false,
    topicLevelPoliciesEnabled: false,
    webSocketServiceEnabled: false,
  });
}

export const CLUSTER = 'pulsar';

function properties(settings: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
