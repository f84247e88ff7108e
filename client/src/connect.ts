import type { AclList } from '@rookery/protocol';
import { parseConnectString } from './addresses/connect-string.ts';
import { bytesOf, type Value } from './calls/value.ts';
import { Client } from './client.ts';
import { CoordinationError } from './errors.ts';
import { NodeWorld, type TlsSource } from './node/node-world.ts';
import type { World } from './ports.ts';
import { Sessions } from './session/sessions.ts';

export interface ConnectOptions {
  /** How long the session goes on without a word of this client. The server has limits of its own. 10,000 where it is not said. */
  readonly sessionTimeoutMs?: number | undefined;
  /** How long to try to get a session at first. 15,000 where it is not said. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a call may take that says nothing else, waiting for a connection included. 30,000 where it is not said. */
  readonly callTimeoutMs?: number | undefined;
  /** Calls that may wait for a connection or an answer; those beyond are refused at once. 100,000 where it is not said. */
  readonly maxPendingCalls?: number | undefined;
  /** The largest answer that is taken. 64 MiB where it is not said: lists of children have no other bound. */
  readonly maxFrameBytes?: number | undefined;
  /** Of each node that is created without one of its own; everybody may do everything where it is not said. */
  readonly acl?: AclList | undefined;
  /** Who this client is: `{ scheme: 'digest', auth: 'user:password' }`; `sasl` proves it by SASL's DIGEST-MD5, before anything else. */
  readonly auth?: readonly { readonly scheme: string; readonly auth: Value }[] | undefined;
  /** By TLS: options of `tls.connect`, or a function that is asked for them at each connection, for certificates that change. */
  readonly tls?: TlsSource | undefined;
  /**
   * A member without a quorum will do where there is no other: reads alone. A session there holds nothing; the client looks for a member that serves
   * writes meanwhile, more and more seldom (every 30 seconds in the end), and begins another session once it has found one, unless it `endsWithSession`.
   */
  readonly allowReadOnly?: boolean | undefined;
  /** No new session follows a lost one. */
  readonly endsWithSession?: boolean | undefined;
  /** Gives up waiting for the first session. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULTS = {
  sessionTimeoutMs: 10_000,
  connectTimeoutMs: 15_000,
  callTimeoutMs: 30_000,
  maxPendingCalls: 100_000,
  maxFrameBytes: 64 * 1024 * 1024,
} as const;

/**
 * A client with a session of the ensemble that `servers` tells of: `host:port,host:port/chroot`, or `srv:NAME/chroot`.
 *
 * Rejects with a CoordinationError where no member gives a session in time, and with RangeError where `servers` cannot be read.
 */
export async function connect(servers: string, options: ConnectOptions = {}): Promise<Client> {
  const target = parseConnectString(servers);
  const { client, opened } = open(new NodeWorld(target, options.tls), target.chroot, options);
  await opened;
  return client;
}

export interface Opening {
  readonly client: Client;
  readonly sessions: Sessions;
  /** Settles once the first session is there, or cannot be had. */
  readonly opened: Promise<void>;
}

/** The same in any world. */
export function open(world: World, chroot: string, options: ConnectOptions): Opening {
  const sessions = new Sessions(
    world,
    {
      timeoutMs: options.sessionTimeoutMs ?? DEFAULTS.sessionTimeoutMs,
      allowReadOnly: options.allowReadOnly ?? false,
      maxFrameBytes: options.maxFrameBytes ?? DEFAULTS.maxFrameBytes,
      callTimeoutMs: options.callTimeoutMs ?? DEFAULTS.callTimeoutMs,
      maxPendingCalls: options.maxPendingCalls ?? DEFAULTS.maxPendingCalls,
      renews: options.endsWithSession !== true,
    },
    (options.auth ?? []).map(({ scheme, auth }) => ({ scheme, auth: bytesOf(auth) })),
  );
  const client = new Client(sessions, chroot, options.acl);
  return { client, sessions, opened: firstSession(sessions, world, options) };
}

function firstSession(sessions: Sessions, world: World, options: ConnectOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timeoutMs = options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs;
  let lastWhy = 'no member has answered';
  const offState = sessions.onState((state, why) => {
    if (state === 'connected') done();
    else if (state === 'closed') done(sessions.current.signal.reason as Error);
    else lastWhy = why;
  });
  const fail = (code: 'DEADLINE_EXCEEDED' | 'ABORTED', why: string, cause?: unknown): void =>
    done(new CoordinationError(code, `connect: ${why}`, { operation: 'connect', retry: 'safe', cause }));
  const timer = world.after(timeoutMs, () =>
    fail('DEADLINE_EXCEEDED', `no session within ${timeoutMs} ms: ${lastWhy}`),
  );
  const abort = (): void => fail('ABORTED', 'it was given up', options.signal?.reason);
  const done = (error?: Error): void => {
    offState();
    timer.cancel();
    options.signal?.removeEventListener('abort', abort);
    if (error === undefined) {
      resolve();
      return;
    }
    void sessions.close();
    reject(error);
  };
  if (options.signal?.aborted === true) {
    abort();
    return promise;
  }
  options.signal?.addEventListener('abort', abort, { once: true });
  sessions.open();
  return promise;
}
