import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of one ResourceManager: each serves clients, applications, nodes, administrators and browsers at a port of its own. */
export const PORTS_PER_MANAGER = 5;

/** Whose applications they are. */
export const USER = 'rookery';

const SERVICES = [
  'address',
  'scheduler.address',
  'resource-tracker.address',
  'admin.address',
  'webapp.address',
];

/** To standard output; of what every application goes through, the warnings alone. */
const LOGGING = `log4j.rootLogger=WARN,out
log4j.logger.org.apache.zookeeper=INFO
log4j.logger.org.apache.curator=INFO
log4j.logger.org.apache.hadoop.ha=INFO
log4j.logger.org.apache.hadoop.yarn.server.resourcemanager.ResourceManager=INFO
log4j.logger.org.apache.hadoop.yarn.server.resourcemanager.recovery.ZKRMStateStore=INFO
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d{ISO8601} %p %c: %m%n
`;

/** Writes the configuration that all ResourceManagers and clients share. Returns its folder, for their class path. */
export function writeSite(
  folder: string,
  connect: string,
  managers: ReadonlyMap<string, readonly number[]>,
): string {
  const site = join(folder, 'conf');
  mkdirSync(site);
  const ids = [...managers.keys()];
  writeXml(join(site, 'core-site.xml'), {
    'hadoop.tmp.dir': join(folder, 'tmp'),
    'hadoop.zk.address': connect,
    // The machine has no such user, and is not to be asked for its groups each time.
    'hadoop.user.group.static.mapping.overrides': `${USER}=${USER};`,
  });
  writeXml(join(site, 'yarn-site.xml'), {
    'yarn.resourcemanager.ha.enabled': 'true',
    'yarn.resourcemanager.ha.rm-ids': ids.join(','),
    'yarn.resourcemanager.cluster-id': 'yarn',
    'yarn.resourcemanager.recovery.enabled': 'true',
    'yarn.resourcemanager.store.class':
      'org.apache.hadoop.yarn.server.resourcemanager.recovery.ZKRMStateStore',
    // A client goes from one ResourceManager to the other after 30 s and more unless told.
    'yarn.client.failover-sleep-base-ms': '500',
    'yarn.client.failover-sleep-max-ms': '2000',
    ...Object.fromEntries(
      [...managers].flatMap(([id, ports]) =>
        SERVICES.map((service, i) => [`yarn.resourcemanager.${service}.${id}`, `127.0.0.1:${ports[i]}`]),
      ),
    ),
  });
  writeXml(join(site, 'capacity-scheduler.xml'), {
    'yarn.scheduler.capacity.maximum-applications': '10000',
    'yarn.scheduler.capacity.root.queues': 'default',
    'yarn.scheduler.capacity.root.default.capacity': '100',
  });
  writeFileSync(join(site, 'log4j.properties'), LOGGING);
  return site;
}

function writeXml(file: string, properties: Readonly<Record<string, string>>): void {
  const lines = Object.entries(properties).map(
    ([name, value]) => `  <property><name>${name}</name><value>${value}</value></property>`,
  );
  writeFileSync(file, `<configuration>\n${lines.join('\n')}\n</configuration>\n`);
}
