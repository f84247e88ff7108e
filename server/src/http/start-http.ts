import { createServer, type Socket } from 'node:net';
import type { HistoryView } from '../admin/history-view.ts';
import type { HttpView } from '../admin/zookeeper-commands.ts';
import { joinAddress } from '../config/addresses.ts';
import type { HttpConfig } from '../config/config.ts';
import { FOR_HTTP } from '../listen/listen-error.ts';
import { Listening } from '../listen/listening.ts';
import { type NewcomerBounds, Newcomers } from '../listen/newcomers.ts';
import type { Fatal } from '../ports/fatal.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import { TlsAcceptor } from '../tls/tls-acceptor.ts';
import type { TlsIdentity } from '../tls/tls-identity.ts';
import type { AdminToken } from './admin-token.ts';
import { createHttp } from './create-http.ts';
import { type HttpBounds, HttpDoor } from './http-door.ts';
import type { ProgramsView } from './v1/callers.ts';
import type { WindowView } from './window/window-view.ts';

export interface RunningHttp {
  readonly host: string;
  /** While its address is waited for: that of the configuration. */
  readonly port: number;
  /** Open ones, those in their handshakes included. */
  readonly connections: number;
  readonly tlsFailures: number;
  close(): Promise<void>;
}

export interface HttpParts {
  readonly member: HttpView;
  readonly config: HttpConfig;
  /** What callers of /admin have to send; undefined: nothing. */
  readonly token: AdminToken | undefined;
  /** What callers are shown by TLS; undefined: there is none. */
  readonly tls?: TlsIdentity | undefined;
  readonly bounds: HttpBounds;
  /** What /v1 and the tree at /window need; undefined: there are neither. */
  readonly programs?: ProgramsView | undefined;
  /** What /window needs of the ensemble. */
  readonly window?: WindowView | undefined;
  /** Questions about the past. */
  readonly history?: HistoryView | undefined;
  readonly log: Logger;
  /** Told of a ListenError that shows only after the address was waited for. */
  readonly fatal: Fatal;
}

/**
 * Listens where the configuration says. Settles once callers are answered, or once it is known that the address is not there yet: it is
 * tried again then. undefined where HTTP is switched off, or where its default port is taken (a warning: the member serves its clients
 * without). Rejects with ListenError where the port was asked for and cannot be had.
 */
export async function startHttp({
  member,
  config,
  token,
  tls,
  bounds,
  programs,
  window,
  history,
  log,
  fatal,
}: HttpParts): Promise<RunningHttp | undefined> {
  if (!config.enabled) return undefined;
  const { host } = config;
  const app = createHttp(member, config, token, log, { programs, window, history });
  await app.ready();
  const clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };
  const complaints = new ComplaintLog(log, clock);
  const places = (tls?.config.mode ?? 'off') === 'off' ? bounds : halfOf(bounds);
  const door = new HttpDoor(app.server, places, (address) => {
    const message = 'too many HTTP connections: the longest idle ones are closed for those that come';
    complaints.say('evicted', message, { address, ...places });
  });
  // Of a name's addresses the first is the server's own; what comes to the others is handed to it.
  const hand = (socket: Socket): void => {
    app.server.emit('connection', socket);
    socket.resume();
  };
  const acceptor =
    tls === undefined || tls.config.mode === 'off'
      ? undefined
      : new TlsAcceptor({
          identity: tls,
          mode: tls.config.mode,
          newcomers: new Newcomers(newcomerBounds(places), clock),
          complaints,
          events: { plain: hand, secured: hand },
        });
  const take = acceptor === undefined ? hand : (socket: Socket): void => acceptor.accept(socket);
  const newServer = (place: number) =>
    place === 0 && acceptor === undefined ? app.server : createServer({ noDelay: true }, take);
  const listening = new Listening(FOR_HTTP, { host, port: config.port }, newServer, log);
  const close = async (): Promise<void> => {
    const stopped = listening.stop();
    door.closeAll();
    await stopped;
    await app.close();
  };
  const opened = listening.start().then(() => {
    if (listening.waitingFor !== '') return;
    const scheme = tls?.config.mode === 'required' ? 'https' : 'http';
    const url = `${scheme}://${joinAddress(host, listening.port)}/`;
    log.info({ url }, 'HTTP listening: page, health, metrics and admin');
  });
  try {
    await Promise.race([opened, listening.attempted]);
  } catch (error) {
    await close();
    if (config.required) throw error;
    goWithout(config, error, log);
    return undefined;
  }
  opened.catch((error: Error) => {
    if (config.required) fatal(error);
    else goWithout(config, error, log);
  });
  return {
    host,
    get port() {
      return listening.port;
    },
    get connections() {
      return door.size + (acceptor?.pending ?? 0);
    },
    get tlsFailures() {
      return acceptor?.failures ?? 0;
    },
    close,
  };
}

/** Each connection has a descriptor, be it in its handshake or through: half of them for each. */
function halfOf({ connections, connectionsPerAddress }: HttpBounds): HttpBounds {
  const half = Math.ceil(connections / 2);
  return { connections: half, connectionsPerAddress: Math.min(connectionsPerAddress, half) };
}

/** A probe is let in whoever else comes: the oldest one always gives way. */
function newcomerBounds({ connections, connectionsPerAddress }: HttpBounds): NewcomerBounds {
  return { total: connections, perAddress: connectionsPerAddress, patienceMs: 0 };
}

function goWithout({ host, port }: HttpConfig, error: unknown, log: Logger): void {
  log.warn(
    { err: error, address: joinAddress(host, port) },
    'HTTP is off: cannot listen at its default port; set http.port (or admin.serverPort)',
  );
}
