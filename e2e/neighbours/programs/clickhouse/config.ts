import type { Endpoint } from '../../../../testkit/src/endpoint.ts';

/** One server and the ports that it listens on. */
export interface Server {
  readonly replica: string;
  readonly http: number;
  readonly native: number;
  readonly interserver: number;
}

export interface ServerConfig {
  readonly server: Server;
  /** All of them: the replicas of one shard. */
  readonly servers: readonly Server[];
  /** Of its own. */
  readonly folder: string;
  readonly members: readonly Endpoint[];
  readonly chroot: string;
  readonly cluster: string;
  readonly sessionTimeoutMs: number;
}

/** The text of a server's config.xml; what it does not say is ClickHouse's default. */
export function serverConfig(config: ServerConfig): string {
  const { server, servers, folder, members, chroot, cluster, sessionTimeoutMs } = config;
  const replicas = servers.map(
    ({ native }) => `<replica><host>127.0.0.1</host><port>${native}</port></replica>`,
  );
  const nodes = members.map(
    ({ host, port }, index) => `<node index="${index + 1}"><host>${host}</host><port>${port}</port></node>`,
  );
  return `<yandex>
  <logger><level>information</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${server.http}</http_port>
  <tcp_port>${server.native}</tcp_port>
  <interserver_http_port>${server.interserver}</interserver_http_port>
  <interserver_http_host>127.0.0.1</interserver_http_host>
  <path>${folder}/data/</path>
  <tmp_path>${folder}/tmp/</tmp_path>
  <format_schema_path>${folder}/schemas/</format_schema_path>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>67108864</mark_cache_size>
  <remote_servers>
    <${cluster}><shard><internal_replication>true</internal_replication>${replicas.join('')}</shard></${cluster}>
  </remote_servers>
  <zookeeper>
    ${nodes.join('\n    ')}
    <session_timeout_ms>${sessionTimeoutMs}</session_timeout_ms>
    <root>${chroot}</root>
  </zookeeper>
  <macros><shard>1</shard><replica>${server.replica}</replica></macros>
  <distributed_ddl><path>/task_queue/ddl</path></distributed_ddl>
</yandex>
`;
}

/** One user from this machine alone, without a password. */
export const USERS_CONFIG = `<yandex>
  <profiles><default><max_threads>2</max_threads></default></profiles>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </default>
  </users>
  <quotas><default></default></quotas>
</yandex>
`;
