import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HADOOP_LOGGING, hadoopConfiguration } from '../../hadoop-configuration.ts';
import type { Context } from '../../neighbour.ts';

export const CHROOT = '/hdfs';
const NAMESERVICE = 'cluster';
export const NAME_NODES = ['a', 'b'] as const;
export type NameNode = (typeof NAME_NODES)[number];

const USER = 'failover:of hdfs';
/** As ZooKeeper's digest scheme names the user in ACLs. */
const USER_ID = `${USER.split(':')[0]}:${createHash('sha1').update(USER).digest('base64')}`;
const PORTS_PER_NAME_NODE = 3;
const PORTS_OF_DATA_NODE = 3;

/** Returns the folder of the configuration, one for all of its processes: those of a NameNode are told on the command line whose they are. */
export async function writeConfiguration({ connect, folder, ports }: Context): Promise<string> {
  const conf = join(folder, 'conf');
  // Their web servers, by which NameNodes hand images on, want the folders of pages that nobody asks for here.
  for (const pages of ['hdfs', 'datanode']) mkdirSync(join(conf, 'webapps', pages), { recursive: true });
  copyFileSync(HADOOP_LOGGING, join(conf, 'log4j.properties'));
  const core = {
    'fs.defaultFS': `hdfs://${NAMESERVICE}`,
    'hadoop.tmp.dir': join(folder, 'tmp'),
    'ha.zookeeper.quorum': `${connect}${CHROOT}`,
    // As Ambari sets it. With the default, 3, a controller that asks to become active while its member goes and the members elect a leader ends for good.
    'ha.failover-controller.active-standby-elector.zk.op.retries': 120,
    'ha.zookeeper.auth': `digest:${USER}`,
    'ha.zookeeper.acl': `digest:${USER_ID}:rwcda`,
  };
  const all = (await ports(NAME_NODES.length * PORTS_PER_NAME_NODE + PORTS_OF_DATA_NODE)).map(
    (port) => `localhost:${port}`,
  );
  const [data, http, ipc] = all.splice(0, PORTS_OF_DATA_NODE);
  const hdfs: Record<string, string | number | boolean> = {
    'dfs.nameservices': NAMESERVICE,
    [`dfs.ha.namenodes.${NAMESERVICE}`]: NAME_NODES.join(','),
    [`dfs.client.failover.proxy.provider.${NAMESERVICE}`]:
      'org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider',
    'dfs.ha.automatic-failover.enabled': true,
    'dfs.ha.fencing.methods': 'shell(/bin/true)',
    'dfs.namenode.shared.edits.dir': pathToFileURL(join(folder, 'edits')).href,
    'dfs.namenode.safemode.extension': 0,
    'dfs.replication': 1,
    // A file is closed once its block is known to the NameNode: the client asks, and asks again after 400 ms unless it is told sooner.
    'dfs.client.block.write.locateFollowingBlock.initial.delay.ms': 20,
    'dfs.datanode.data.dir': join(folder, 'data'),
    'dfs.datanode.address': data!,
    'dfs.datanode.http.address': http!,
    'dfs.datanode.ipc.address': ipc!,
  };
  for (const name of NAME_NODES) {
    const [rpc, web, controller] = all.splice(0, PORTS_PER_NAME_NODE);
    const of = `${NAMESERVICE}.${name}`;
    hdfs[`dfs.namenode.rpc-address.${of}`] = rpc!;
    hdfs[`dfs.namenode.http-address.${of}`] = web!;
    hdfs[`dfs.ha.zkfc.port.${of}`] = Number(controller!.split(':')[1]);
    hdfs[`dfs.namenode.name.dir.${of}`] = join(folder, `names-${name}`);
  }
  mkdirSync(join(folder, 'edits'));
  writeFileSync(join(conf, 'core-site.xml'), hadoopConfiguration(core));
  writeFileSync(join(conf, 'hdfs-site.xml'), hadoopConfiguration(hdfs));
  return conf;
}
