import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { joinAddress } from '../config/addresses.ts';
import type { Config } from '../config/config.ts';
import { loadCredentials } from '../tls/credentials.ts';
import { filesOnDisk } from '../tls/store-files.ts';

/** Handing leadership over takes milliseconds, or is given up after two seconds. */
const ANSWER_TIMEOUT_MS = 5_000;

export interface OwnAnswer {
  readonly status: number;
  readonly body: string;
}

/** Where the member with this configuration answers on its own machine; one that listens everywhere answers on loopback, too. */
export function ownAddress({ http: { host, port }, tls }: Config): string {
  const scheme = tls.http?.mode === 'required' ? 'https' : 'http';
  return `${scheme}://${joinAddress(ownHost(host), port)}`;
}

function ownHost(host: string): string {
  return host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host;
}

/** Asks the member that runs on this machine with the same configuration. Rejects where it cannot be reached, or another one answers. */
export async function askOwnMember(config: Config, method: string, path: string): Promise<OwnAnswer> {
  const socket = await connectToOwn(config);
  const { token } = config.http;
  const asked = request({
    createConnection: () => socket,
    method,
    path,
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    headers: {
      host: joinAddress(ownHost(config.http.host), config.http.port),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  asked.end();
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const chunk of answer.setEncoding('utf8')) body += chunk;
  socket.destroy();
  return { status: answer.statusCode, body };
}

async function connectToOwn({ http, tls }: Config): Promise<Socket> {
  const at = { host: ownHost(http.host), port: http.port };
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  if (tls.http?.mode !== 'required') {
    const socket = connectPlain(at);
    await once(socket, 'connect', { signal });
    return socket;
  }
  const { options, shown } = loadCredentials(tls.http, filesOnDisk);
  // It shows what stands in the files here, or what did a moment ago: whose names those are does not matter on the way to itself.
  const socket = connectTls({ ...at, ...options, rejectUnauthorized: false });
  await once(socket, 'secureConnect', { signal });
  if (!socket.authorized && socket.getPeerX509Certificate()?.serialNumber !== shown.serial) {
    socket.destroy();
    throw new Error('what answers there shows a certificate that is not this member’s');
  }
  return socket;
}
