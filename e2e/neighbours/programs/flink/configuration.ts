/** What Flink's own scripts open of the JDK for it. */
export const JAVA_OPENS: readonly string[] = [
  '--add-exports=java.base/sun.net.util=ALL-UNNAMED',
  '--add-exports=java.management/sun.management=ALL-UNNAMED',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=java.base/java.net=ALL-UNNAMED',
  '--add-opens=java.base/java.io=ALL-UNNAMED',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--add-opens=java.base/java.lang.reflect=ALL-UNNAMED',
  '--add-opens=java.base/java.text=ALL-UNNAMED',
  '--add-opens=java.base/java.time=ALL-UNNAMED',
  '--add-opens=java.base/java.util=ALL-UNNAMED',
  '--add-opens=java.base/java.util.concurrent=ALL-UNNAMED',
  '--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED',
  '--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED',
];

/** For log4j 2: everything to standard output. */
export const LOGGING = `rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c - %m%n
`;

/** The text of a config.yaml. @param folder for state and for temporary files */
export function flinkConfiguration(connect: string, folder: string): string {
  const settings = {
    'high-availability.type': 'zookeeper',
    'high-availability.zookeeper.quorum': connect,
    'high-availability.zookeeper.path.root': '/flink',
    'high-availability.storageDir': `file://${folder}/ha`,
    // Of 60 s, the default, the servers grant 40 s: so long a standby would wait once a JobManager was killed.
    'high-availability.zookeeper.client.session-timeout': '10 s',
    'high-availability.zookeeper.client.connection-timeout': '5 s',
    // Otherwise it looks for a user of SASL, and says as an error that it has none.
    'zookeeper.sasl.disable': 'true',
    'execution.checkpointing.interval': '500 ms',
    'execution.checkpointing.dir': `file://${folder}/checkpoints`,
    'execution.target': 'remote',
    'io.tmp.dirs': `${folder}/temporary`,
    'jobmanager.rpc.address': '127.0.0.1',
    'rest.bind-address': '127.0.0.1',
    'jobmanager.bind-host': '127.0.0.1',
    'taskmanager.bind-host': '127.0.0.1',
    'taskmanager.host': '127.0.0.1',
    'taskmanager.numberOfTaskSlots': '2',
    // Flink's scripts would work these out.
    'taskmanager.cpu.cores': '1',
    'taskmanager.memory.framework.heap.size': '64 mb',
    'taskmanager.memory.framework.off-heap.size': '64 mb',
    'taskmanager.memory.jvm-metaspace.size': '128 mb',
    'taskmanager.memory.jvm-overhead.min': '64 mb',
    'taskmanager.memory.jvm-overhead.max': '64 mb',
    'taskmanager.memory.task.heap.size': '128 mb',
    'taskmanager.memory.task.off-heap.size': '0 mb',
    'taskmanager.memory.network.min': '32 mb',
    'taskmanager.memory.network.max': '32 mb',
    'taskmanager.memory.managed.size': '32 mb',
    'parallelism.default': '1',
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}: "${value}"\n`)
    .join('');
}
