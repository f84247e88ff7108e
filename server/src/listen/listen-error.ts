import { joinAddress } from '../config/addresses.ts';

/** Whom a listener is for, and which settings say where it listens. */
export interface ListenPurpose {
  readonly whom: string;
  readonly hostSetting: string;
  readonly portSetting: string;
}

export const FOR_CLIENTS: ListenPurpose = {
  whom: 'clients',
  hostSetting: 'client.host (clientPortAddress in a zoo.cfg)',
  portSetting: 'client.port (clientPort in a zoo.cfg)',
};

export const FOR_TLS_CLIENTS: ListenPurpose = {
  whom: 'clients with TLS',
  hostSetting: 'client.secureHost (secureClientPortAddress in a zoo.cfg)',
  portSetting: 'client.securePort (secureClientPort in a zoo.cfg)',
};

export const FOR_MEMBERS: ListenPurpose = {
  whom: 'the other members',
  hostSetting: "peer.host, or this member's own host among the members (server.N in a zoo.cfg)",
  portSetting: "this member's peerPort among the members (the first port of server.N in a zoo.cfg)",
};

export const FOR_HTTP: ListenPurpose = {
  whom: 'HTTP',
  hostSetting: 'http.host',
  portSetting: 'http.port (admin.serverPort in a zoo.cfg)',
};

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

/** A listener that cannot be had, whatever is waited for. The message says what happened and what to do. */
export class ListenError extends Error {
  override readonly name: string = 'ListenError';
  /** The system's: `EADDRINUSE`, `EACCES`, … */
  readonly code: string;

  constructor(purpose: ListenPurpose, place: ListenPlace, code: string, cause: unknown) {
    super(
      `cannot listen for ${purpose.whom} at ${joinAddress(place.host, place.port)}: ${why(purpose, place, code, cause)}`,
      {
        cause,
      },
    );
    this.code = code;
  }
}

function why(purpose: ListenPurpose, { port }: ListenPlace, code: string, cause: unknown): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use by another process (${code}). End that process, or give this member another ${purpose.portSetting}`;
    case 'EACCES':
    case 'EPERM':
      return `the system does not let this user listen at port ${port} (${code}). Give this member a ${purpose.portSetting} of 1024 or more, or the process the capability NET_BIND_SERVICE`;
    default:
      return `${cause instanceof Error ? cause.message : String(cause)}. Correct ${purpose.hostSetting} or ${purpose.portSetting}`;
  }
}

/** What may be there a moment later: an address that this machine is given, descriptors that others give back. */
const PASSING: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'ENETDOWN',
]);

/** Whether listening is worth another try: nothing about the configuration or the machine has to be changed for it to succeed. */
export function isPassing(code: string): boolean {
  return PASSING.has(code);
}

/** Not an address of this machine, or of a family that it does not have. */
export function isForeignAddress(code: string): boolean {
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
