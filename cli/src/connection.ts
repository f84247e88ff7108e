import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import type { Client, ConnectOptions } from '@rookery/client';
import { UsageError } from './failures.ts';
import type { Surroundings } from './surroundings.ts';

/** How an ensemble is reached, as the command line says it. */
export interface ConnectionSettings {
  readonly server?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  /** Files in PEM. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverCert?: string;
  readonly timeoutMs?: number;
}

const DEFAULT_SERVERS = '127.0.0.1:2181';
const DEFAULT_TIMEOUT_MS = 15_000;

export function serversOf(
  { server }: ConnectionSettings,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return server ?? (env.ROOKERY_SERVER || DEFAULT_SERVERS);
}

/** Whether paths are those below a node, whose parents the client does not see. */
export function hasChroot(servers: string): boolean {
  const slash = servers.indexOf('/');
  return slash >= 0 && slash < servers.length - 1;
}

/** Connects to `servers`. Throws UsageError where the settings do not go together or name files that cannot be read. */
export function connectTo(
  servers: string,
  settings: ConnectionSettings,
  { env, connect }: Surroundings,
  signal: AbortSignal,
): Promise<Client> {
  const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return connect(servers, {
    connectTimeoutMs: timeoutMs,
    callTimeoutMs: timeoutMs,
    auth: authOf(settings, env),
    tls: clientTlsOf(servers, settings, env),
    signal,
  });
}

function authOf(
  settings: ConnectionSettings,
  env: Readonly<Record<string, string | undefined>>,
): ConnectOptions['auth'] {
  const proof = digestOf(settings, env);
  return proof === undefined ? undefined : [{ scheme: 'digest', auth: proof }];
}

/** `USER:PASSWORD`; undefined: nobody was named. Throws UsageError where there is no password. */
export function digestOf(
  { user, passwordFile }: ConnectionSettings,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (user === undefined) {
    if (passwordFile !== undefined) throw new UsageError('--password-file needs --user NAME');
    return undefined;
  }
  const password =
    passwordFile === undefined ? env.ROOKERY_PASSWORD : readText(passwordFile).replace(/\r?\n$/, '');
  if (password === undefined)
    throw new UsageError(
      `what is the password of ${user}? set ROOKERY_PASSWORD, or say --password-file FILE`,
    );
  return `${user}:${password}`;
}

/** What is shown and trusted by TLS; undefined: it was not asked for. Throws UsageError. */
export function tlsOf({ ca, cert, key }: ConnectionSettings): SecureContextOptions | undefined {
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('--cert FILE and --key FILE go together');
  return {
    ...(ca === undefined ? {} : { ca: readText(ca) }),
    ...(cert === undefined || key === undefined ? {} : { cert: readText(cert), key: readText(key) }),
  };
}

/**
 * The same where clients connect. Whoever shows the certificate of --server-cert is who is meant, whatever its name is and whoever vouches for it:
 * ROOKERY_SERVER_CERT says so of the servers that are asked where nothing else is said.
 */
export function clientTlsOf(
  servers: string,
  settings: ConnectionSettings,
  env: Readonly<Record<string, string | undefined>>,
): ConnectionOptions | undefined {
  const shown =
    settings.serverCert ??
    (servers === serversOf({}, env) ? env.ROOKERY_SERVER_CERT || undefined : undefined);
  const tls = tlsOf(settings);
  if (shown === undefined || settings.ca !== undefined) return tls;
  const { certificate, fingerprint } = certificateIn(shown);
  return {
    ...tls,
    ca: certificate,
    allowPartialTrustChain: true,
    checkServerIdentity: (_host, { fingerprint256 }) =>
      fingerprint256 === fingerprint
        ? undefined
        : new Error(`it shows another certificate than the one in ${shown}: ${fingerprint256}`),
  };
}

/** The first one in PEM: behind it stands what vouches for it. Throws UsageError. */
function certificateIn(file: string): { readonly certificate: string; readonly fingerprint: string } {
  const found = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/s.exec(readText(file))?.[0];
  if (found === undefined) throw new UsageError(`${file} has no certificate in PEM`);
  try {
    return { certificate: found, fingerprint: new X509Certificate(found).fingerprint256 };
  } catch (error) {
    throw new UsageError(`${file} has no certificate that can be read: ${(error as Error).message}`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
