import { resolveSrv } from 'node:dns/promises';
import { type ConnectionSettings, serversOf } from '../connection.ts';
import { UsageError } from '../failures.ts';
import { DEFAULT_HTTP_PORT, parseHttpAddresses } from '../members-http/http-address.ts';
import type { Seed } from './gather.ts';

/**
 * Where to begin: what --admin or ROOKERY_ADMIN says; else port 8080 of the hosts of --server, and their ports of clients for four-letter words. By TLS
 * where --ca or --cert was said and no scheme is.
 */
export async function seedsOf(
  settings: ConnectionSettings & { readonly admin?: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Seed[]> {
  const isSecure = settings.ca !== undefined || settings.cert !== undefined;
  // An empty one says that it is not where the variable says.
  const admin = settings.admin ?? env.ROOKERY_ADMIN ?? '';
  if (admin !== '') return parseHttpAddresses(admin, isSecure).map((http) => ({ http }));
  return (await clientsOf(serversOf(settings, env))).map((client) => ({
    http: { isSecure, host: client.host, port: DEFAULT_HTTP_PORT },
    client,
  }));
}

interface ClientAddress {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_CLIENT_PORT = 2181;

async function clientsOf(servers: string): Promise<readonly ClientAddress[]> {
  const [hosts = ''] = servers.split('/', 1);
  if (hosts.startsWith('srv:')) {
    const name = hosts.slice('srv:'.length);
    const records = await resolveSrv(name).catch((error: Error) => {
      throw new UsageError(`${name} has no SRV records: ${error.message}; say --admin HOST:PORT`);
    });
    return records.map((record) => ({ host: record.name, port: record.port }));
  }
  return hosts.split(',').map((text) => {
    const match = /^\s*(?:\[([^\]]+)\]|([^:\s]+))(?::(\d+))?\s*$/.exec(text);
    const host = match?.[1] ?? match?.[2];
    if (host === undefined)
      throw new UsageError(`"${text}" in --server is no address: HOST:PORT,HOST:PORT is expected`);
    return { host, port: match?.[3] === undefined ? DEFAULT_CLIENT_PORT : Number(match[3]) };
  });
}
