import type { Named } from '../../testkit/src/scenarios/choose.ts';
import type { CertificateName } from './certificates.ts';
import type { Request } from './requests.ts';
import type { SetupName } from './setups.ts';

/** Where a scenario is played: at this member, its clients connect unless they say otherwise. */
export const PLACES = ['leader', 'follower'] as const;
export type Place = (typeof PLACES)[number];

export interface ConnectFields {
  /** The member that the scenario is played at, or another one. */
  readonly member?: 'asked' | 'other';
  /** Where there is TLS: at the port of TLS only unless said otherwise. */
  readonly port?: 'secure' | 'other';
  /** By TLS where the ports have it, unless said otherwise. */
  readonly by?: 'TLS' | 'plain TCP';
  /** What is shown by TLS; the client's own unless said otherwise. */
  readonly certificate?: CertificateName;
  readonly timeoutMs?: number;
  /** A zxid, or one beyond all that the ensemble has. */
  readonly lastZxidSeen?: number | 'ahead';
  /** The session of the client of that name, or an id that nobody was given; a new one where left out. */
  readonly session?: string | number;
  readonly password?: 'own' | 'wrong' | 'short' | 'none';
  /** `absent`: the request is one byte shorter, as of clients older than 3.4. */
  readonly readOnly?: boolean | 'absent';
  /** Sent in the same write, before the session is there. */
  readonly behind?: readonly Request[];
}

/** One thing that a client does or waits for. */
export type Step =
  | { readonly kind: 'connect'; readonly client: string; readonly fields: ConnectFields }
  /** All in one write; then every reply is awaited. */
  | { readonly kind: 'send'; readonly client: string; readonly requests: readonly Request[] }
  | { readonly kind: 'events'; readonly client: string; readonly count: number }
  | { readonly kind: 'drop'; readonly client: string }
  | { readonly kind: 'closed'; readonly client: string }
  /** The other members are gone, and the one that is asked has noticed; they come back once the scenario is through. */
  | { readonly kind: 'lose the others' }
  | { readonly kind: 'remember'; readonly client: string; readonly name: string };

export interface Scenario extends Named {
  /** `topic/what`. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** How both servers are configured. */
  readonly setup: SetupName;
}

/** Names a client, for steps that read as sentences: `ann.sends(create('/a'), getData('/a'))`. */
export function client(name: string) {
  return {
    connects: (fields: ConnectFields = {}): Step => ({ kind: 'connect', client: name, fields }),
    /** Sends requests in one write and waits for all replies. */
    sends: (...requests: readonly Request[]): Step => ({ kind: 'send', client: name, requests }),
    /** Waits until so many more events have come. */
    hears: (count: number): Step => ({ kind: 'events', client: name, count }),
    /** The connection breaks; the session lives on. */
    drops: (): Step => ({ kind: 'drop', client: name }),
    /** Waits until the member has closed the connection. */
    isClosed: (): Step => ({ kind: 'closed', client: name }),
    /** Keeps the newest zxid that this client has seen, as a client does for setWatches. */
    remembers: (what: string): Step => ({ kind: 'remember', client: name, name: what }),
  };
}

export const theOthersAreLost: Step = { kind: 'lose the others' };

export const ann = client('ann');
export const bob = client('bob');
export const cleo = client('cleo');

export function scenario(name: string, ...steps: readonly Step[]): Scenario {
  return { name, steps, setup: 'plain' };
}

/** The same against servers that are configured otherwise. */
export function under(setup: SetupName, ...scenarios: readonly Scenario[]): Scenario[] {
  return scenarios.map((each) => ({ ...each, setup }));
}
