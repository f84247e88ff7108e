import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HADOOP_LOGGING, hadoopConfiguration } from '../../hadoop-configuration.ts';
import type { Context } from '../../neighbour.ts';

const HOST = 'localhost';
const ADDRESS = '127.0.0.1';

/** Returns the folder of the configuration: one for all of its processes, whose ports they are told on the command line. */
export function writeConfiguration({ connect, folder }: Context): string {
  const conf = join(folder, 'conf');
  mkdirSync(conf);
  copyFileSync(HADOOP_LOGGING, join(conf, 'log4j.properties'));
  const properties = {
    'hbase.cluster.distributed': true,
    'hbase.zookeeper.quorum': connect,
    // HBase's own form of a chroot.
    'zookeeper.znode.parent': '/hbase',
    'zookeeper.session.timeout': 15_000,
    // A minute instead of 7 s: a region server whose replication queue cannot be written for longer aborts, and would before its session ends.
    'zookeeper.recovery.retry': 6,
    'hbase.client.registry.impl': 'org.apache.hadoop.hbase.client.ZKConnectionRegistry',
    // Snapshots by its older way, which is the one that goes through znodes.
    'hbase.snapshot.procedure.enabled': false,
    'hbase.rootdir': pathToFileURL(join(folder, 'root')).href,
    'hbase.tmp.dir': join(folder, 'tmp'),
    'fs.file.impl': 'KeptLocalFileSystem',
    'hbase.unsafe.stream.capability.enforce': false,
    'hbase.wal.provider': 'filesystem',
    'hbase.master.hostname': HOST,
    'hbase.master.ipc.address': ADDRESS,
    'hbase.master.info.port': -1,
    'hbase.master.wait.on.regionservers.mintostart': 2,
    'hbase.unsafe.regionserver.hostname': HOST,
    'hbase.regionserver.ipc.address': ADDRESS,
    'hbase.regionserver.info.port': -1,
    'hbase.regionserver.handler.count': 8,
  };
  writeFileSync(join(conf, 'hbase-site.xml'), hadoopConfiguration(properties));
  return conf;
}
