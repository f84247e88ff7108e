import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { joinAddress, listenAt } from '../config/addresses.ts';
import type { HttpConfig } from '../config/config.ts';
import type { Logger } from '../replica/ports.ts';
import { createHttp } from './create-http.ts';
import type { MemberView } from './member-view.ts';

export interface RunningHttp {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens where the configuration says. undefined where HTTP is switched off, or where its default port is taken (a
 * warning: the member serves its clients without). Rejects where the port was asked for and cannot be had.
 */
export async function startHttp(
  member: MemberView,
  config: HttpConfig,
  log: Logger,
): Promise<RunningHttp | undefined> {
  if (!config.enabled) return undefined;
  let app: FastifyInstance;
  try {
    app = await listenAt(config.host, (host) => open(member, { ...config, host }, log));
  } catch (error) {
    if (config.required) throw error;
    const address = joinAddress(config.host, config.port);
    log.warn(
      { err: error, address },
      'HTTP is off: cannot listen at its default port; set http.port (or admin.serverPort)',
    );
    return undefined;
  }
  const { port } = app.server.address() as AddressInfo;
  log.info(
    { url: `http://${joinAddress(config.host, port)}/` },
    'HTTP is open: page, health, metrics and admin',
  );
  return { host: config.host, port, close: () => app.close() };
}

async function open(member: MemberView, config: HttpConfig, log: Logger): Promise<FastifyInstance> {
  const app = createHttp(member, config, log);
  try {
    await app.listen({ host: config.host, port: config.port });
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}
