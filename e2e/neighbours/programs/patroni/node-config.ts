import { join } from 'node:path';
import { HOST } from '../../../../testkit/src/endpoint.ts';
import type { TlsFiles } from '../../tls-files.ts';

export const SCOPE = 'orders';
export const SUPERUSER = { username: 'postgres', password: 'of-the-superuser' };
const REPLICATION = { username: 'replicator', password: 'of-the-replicator' };

/**
 * Shorter than Patroni's defaults of 30, 10 and 10, as they are where a failover has to be over within half a minute. Patroni demands
 * loop_wait + 2 · retry_timeout ≤ ttl. After retry_timeout without ZooKeeper, a primary demotes itself.
 */
export const TIMES = { ttl: 20, loop_wait: 5, retry_timeout: 7 };

export interface NodeSettings {
  readonly name: string;
  readonly folder: string;
  /** PostgreSQL's. */
  readonly programs: string;
  readonly restPort: number;
  readonly postgresPort: number;
  /** Of ZooKeeper. */
  readonly connect: string;
  readonly tls: TlsFiles | undefined;
}

function tlsOf({ authority, certificate, key }: TlsFiles): object {
  return { use_ssl: true, cacert: authority, cert: certificate, key };
}

/** The text of `patroni.yml`: JSON is YAML. */
export function nodeConfig(node: NodeSettings): string {
  const config = {
    scope: SCOPE,
    namespace: '/databases/',
    name: node.name,
    // With the names of the loggers, so that kazoo's lines are known from PostgreSQL's.
    log: { format: '%(asctime)s %(levelname)s %(name)s: %(message)s' },
    restapi: { listen: `${HOST}:${node.restPort}`, connect_address: `${HOST}:${node.restPort}` },
    zookeeper: { hosts: node.connect.split(','), ...(node.tls === undefined ? {} : tlsOf(node.tls)) },
    bootstrap: {
      dcs: {
        ...TIMES,
        // Whoever is promoted has every row that was acknowledged.
        synchronous_mode: true,
        postgresql: {
          use_pg_rewind: true,
          parameters: { max_connections: 30, shared_buffers: '16MB', jit: 'off' },
        },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
    },
    postgresql: {
      listen: `${HOST}:${node.postgresPort}`,
      connect_address: `${HOST}:${node.postgresPort}`,
      data_dir: join(node.folder, 'data'),
      bin_dir: node.programs,
      pgpass: join(node.folder, 'pgpass'),
      authentication: { superuser: SUPERUSER, replication: REPLICATION },
      pg_hba: [
        `host replication ${REPLICATION.username} ${HOST}/32 scram-sha-256`,
        `host all all ${HOST}/32 scram-sha-256`,
      ],
      // The path of the folder may be too long for one.
      parameters: { unix_socket_directories: '' },
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
