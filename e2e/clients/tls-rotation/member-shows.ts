import type { TLSSocket } from 'node:tls';
import { dial } from '../../../testkit/src/dial.ts';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession, ConnectionLost } from '../../../testkit/src/session.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import { type Credentials, clientTls } from './credentials.ts';

const HANDSHAKE_TIMEOUT_MS = 5_000;
/** Of clients, and of other members. */
const LISTENERS = 2;

/** What every member has to do for connections that are new. */
export interface Expectation {
  /** The serial number of the certificate that it shows. */
  readonly serial: string;
  /** Who is served, … */
  readonly served: readonly Credentials[];
  /** … and who is not. */
  readonly refused: readonly Credentials[];
}

/** Why a member does not do as expected, in one line; undefined where it does. */
export async function whyNot(
  member: Member,
  { serial, served, refused }: Expectation,
): Promise<string | undefined> {
  const name = `member ${member.serverId}`;
  const { host, port } = member.clientEndpoint;
  const as = (credentials: Credentials): Endpoint => ({ host, port, tls: clientTls(credentials) });
  for (const credentials of served) {
    const shown = await shownSerial(as(credentials));
    if (shown !== serial) return `${name} shows ${shown}, not ${serial}`;
    if (!(await serves(as(credentials)))) return `${name} does not serve ${subjectOf(credentials)}`;
  }
  for (const credentials of refused) {
    if (await serves(as(credentials))) return `${name} still serves ${subjectOf(credentials)}`;
  }
  const told = await toldSerials(`http://${member.endpoint.host}:${member.plan.adminPort}`);
  const stale = Object.entries(told).find(([, of]) => of !== serial);
  if (Object.keys(told).length !== LISTENERS)
    return `${name} tells of ${Object.keys(told).join(', ') || 'nothing'}`;
  return stale && `${name} tells of ${stale[1]} for ${stale[0]} at /admin/members, not of ${serial}`;
}

function subjectOf({ shown }: Credentials): string {
  return `who shows the certificate ${shown.serial}`;
}

/** Of a connection that is new; what was wrong where there is none. */
function shownSerial(endpoint: Endpoint): Promise<string> {
  return new Promise((resolve) => {
    const socket = dial(endpoint) as TLSSocket;
    const end = (answer: string): void => {
      resolve(answer);
      socket.destroy();
    };
    socket.setTimeout(HANDSHAKE_TIMEOUT_MS, () => end('nothing in time'));
    socket.once('secureConnect', () =>
      end(socket.getPeerX509Certificate()?.serialNumber ?? 'no certificate'),
    );
    socket.on('error', (error) => end(error.message));
    socket.once('close', () => end('the end of the connection'));
  });
}

async function serves(endpoint: Endpoint): Promise<boolean> {
  try {
    const session = await ClientSession.connect(endpoint);
    await session.close();
    return true;
  } catch (error) {
    if (error instanceof ConnectionLost) return false;
    throw error;
  }
}

/** By who is shown it: clients, other members. */
async function toldSerials(url: string): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(`${url}/admin/members`);
  const { self } = (await response.json()) as {
    readonly self: {
      readonly certificates: readonly { readonly listener: string; readonly serial: string }[];
    };
  };
  return Object.fromEntries(self.certificates.map(({ listener, serial }) => [listener, serial]));
}
