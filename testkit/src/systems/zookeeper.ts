import type { MemberCommand, MemberFiles, System } from './system.ts';
import { installZookeeper, missingForZookeeper, ZOOKEEPER_VERSION } from './zookeeper-jars.ts';

/** What measured.md's figures were taken with. */
const HEAP = '-Xmx1g';

let classpath: string | undefined;

/** Apache ZooKeeper with its defaults, fsync on; only the AdminServer is off, which the benchmark has no use for. */
export const zookeeper: System = {
  name: 'zookeeper',
  title: `ZooKeeper ${ZOOKEEPER_VERSION}`,
  missing: missingForZookeeper,
  prepare: (log) => {
    classpath = installZookeeper(log).classpath;
  },
  configLines: () => ['admin.enableServer=false'],
  tlsLines: ['serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory'],
  memberCommand: ({ config, jaasFile, jvmFlags = [] }: MemberFiles): MemberCommand => {
    if (classpath === undefined) throw new Error('prepare() comes first');
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    const flags = jaasFile === undefined ? [] : [`-Djava.security.auth.login.config=${jaasFile}`];
    return { command: 'java', args: [HEAP, ...flags, ...jvmFlags, '-cp', classpath, main, config], env: {} };
  },
};
