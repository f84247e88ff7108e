import type { Endpoint } from '../../testkit/src/endpoint.ts';
import {
  bool,
  bytes,
  frame,
  int,
  long,
  noSession,
  type SessionIdentity,
} from '../../testkit/src/wire/requests.ts';
import type { Certificates } from './certificates.ts';
import { type Heard, RawClient } from './raw-client.ts';
import {
  closeSession,
  codeOf,
  describeRequest,
  encodeParts,
  type Request,
  type Surroundings,
} from './requests.ts';
import type { ConnectFields, Scenario, Step } from './scenario.ts';
import { entriesOf, type Life, type Transcript } from './transcript.ts';

/** Where one member takes clients. */
export interface Doors {
  /** Without TLS, unless it takes both. */
  readonly plain: Endpoint;
  /** Of TLS only. */
  readonly secure?: Endpoint;
}

/** The members beside the one that is asked. */
export interface Quorum {
  /** They end, and the one that is asked serves reads only. */
  lose(): Promise<void>;
  /** All are there and serve, whether or not they were lost. */
  regain(): Promise<void>;
}

/** Where a scenario is played. */
export interface Stage {
  /** The node below which the scenario's paths lie; it has to be there. */
  readonly root: string;
  readonly asked: Doors;
  readonly other: Doors;
  /** Where there is TLS: what clients show. */
  readonly certificates?: Certificates;
  readonly quorum: Quorum;
  /** When the first node of this stage was created, ms since 1970. */
  readonly sinceMs: number;
}

export interface Waits {
  /** For a reply, a handshake or the end of a connection. */
  readonly replyMs: number;
  /** For an event: a session that falls silent has to expire first. */
  readonly eventMs: number;
}

export const defaultWaits: Waits = { replyMs: 8_000, eventMs: 15_000 };
/** Nobody pings: longer than all that a scenario waits for. */
export const DEFAULT_TIMEOUT_MS = 20_000;

/** Beyond all that a server reaches in a run, and within what every server can read. */
const ZXID_AHEAD = 2 ** 52;

/** Plays one scenario against one server, step by step; never rejects because of what the server does. */
export async function play(scenario: Scenario, stage: Stage, waits = defaultWaits): Promise<Transcript> {
  return new Player(stage, waits).play(scenario);
}

class Player {
  readonly #stage: Stage;
  readonly #waits: Waits;
  /** Each client's connections, the newest last. */
  readonly #lives = new Map<string, Life[]>();
  readonly #sessions = new Map<string, SessionIdentity>();
  readonly #remembered = new Map<string, number>();
  readonly #eventsAwaited = new Map<RawClient, number>();
  readonly #labels = new Map<string, string>();
  #wake: () => void = () => undefined;

  constructor(stage: Stage, waits: Waits) {
    this.#stage = stage;
    this.#waits = waits;
  }

  async play({ steps }: Scenario): Promise<Transcript> {
    for (const [at, step] of steps.entries()) await this.#step(step, at + 1);
    await this.#closeAll(steps.length + 1);
    const entries = [...this.#lives].flatMap(([name, lives]) =>
      lives.flatMap((life) => entriesOf(name, life, this.#labels)),
    );
    for (const life of [...this.#lives.values()].flat()) life.client.drop();
    await this.#stage.quorum.regain();
    await this.#endSessions();
    const { root, sinceMs: beganMs } = this.#stage;
    return { entries, root, beganMs, endedMs: Date.now() };
  }

  async #step(step: Step, number: number): Promise<void> {
    switch (step.kind) {
      case 'connect':
        return this.#connect(step.client, number, step.fields);
      case 'send':
        return this.#send(step.client, number, step.requests);
      case 'events': {
        const { client } = this.#life(step.client);
        const wanted = (this.#eventsAwaited.get(client) ?? 0) + step.count;
        this.#eventsAwaited.set(client, wanted);
        await this.#until(() => client.closed || eventsOf(client) >= wanted, this.#waits.eventMs);
        return;
      }
      case 'drop':
        this.#life(step.client).client.drop();
        return;
      case 'closed': {
        const { client } = this.#life(step.client);
        await this.#until(() => client.closed, this.#waits.replyMs);
        return;
      }
      case 'lose the others':
        return this.#stage.quorum.lose();
      case 'remember':
        this.#remembered.set(step.name, this.#life(step.client).client.zxidSeen);
        return;
      default:
        return step satisfies never;
    }
  }

  async #connect(name: string, number: number, fields: ConnectFields): Promise<void> {
    const client = this.#open(name, fields);
    const life = { client, step: number, again: fields.session !== undefined };
    this.#lives.set(name, [...(this.#lives.get(name) ?? []), life]);
    const behind = (fields.behind ?? []).map((request, at) =>
      this.#frame(client, request, `${number}.${at + 1}`),
    );
    client.write(Buffer.concat([this.#connectRequest(fields), ...behind]));
    await this.#until(() => client.closed || (!client.connecting && client.owed === 0), this.#waits.replyMs);
    const { session } = client;
    if (session !== undefined && !session.id.equals(noSession.id)) this.#sessions.set(name, session);
  }

  #open(name: string, fields: ConnectFields): RawClient {
    return new RawClient(this.#endpoint(name, fields), () => this.#wake());
  }

  #endpoint(name: string, { member, port, by, certificate }: ConnectFields): Endpoint {
    const { asked, other, certificates } = this.#stage;
    const { plain, secure } = member === 'other' ? other : asked;
    const { host, port: number } = port === 'other' ? plain : (secure ?? plain);
    if (certificates === undefined || by === 'plain TCP') return { host, port: number };
    return { host, port: number, tls: certificates.of(certificate ?? name) };
  }

  #connectRequest(fields: ConnectFields): Buffer {
    const { session = 0, password = 'own', readOnly = false, lastZxidSeen = 0 } = fields;
    const known = typeof session === 'string' ? this.#session(session) : undefined;
    const id = known?.id ?? long(typeof session === 'number' ? session : 0);
    return frame(
      int(0),
      long(lastZxidSeen === 'ahead' ? ZXID_AHEAD : lastZxidSeen),
      int(fields.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      id,
      bytes(passwordBytes(known?.password ?? noSession.password, password)),
      ...(readOnly === 'absent' ? [] : [bool(readOnly)]),
    );
  }

  async #send(name: string, number: number, requests: readonly Request[]): Promise<void> {
    const { client } = this.#life(name);
    const owedBefore = client.owed;
    const frames = requests.map((request, at) => {
      return this.#frame(client, request, requests.length === 1 ? `${number}` : `${number}.${at + 1}`);
    });
    client.write(Buffer.concat(frames));
    await this.#until(() => client.closed || client.owed <= owedBefore, this.#waits.replyMs);
  }

  #frame(client: RawClient, request: Request, number: string): Buffer {
    this.#labels.set(number, `#${number} ${describeRequest(request)}`);
    const body = encodeParts(request.parts, this.#surroundings(client));
    return client.request(request.op, codeOf(request), number, body);
  }

  /** A server may close at once after a session's end; what it says before counts, and that it closes. */
  async #closeAll(number: number): Promise<void> {
    for (const [name, lives] of this.#lives) {
      const { client } = lives.at(-1)!;
      if (client.closed || client.connecting || client.session === undefined) continue;
      if (!this.#hasEnded(client.session.id)) await this.#send(name, number, [closeSession()]);
      await this.#until(() => client.closed, this.#waits.replyMs);
    }
  }

  /** No session of this scenario may expire during the next one: an expiry is a transaction too. */
  async #endSessions(): Promise<void> {
    for (const [name, { id }] of this.#sessions) {
      if (this.#hasEnded(id)) continue;
      const client = this.#open(name, {});
      client.write(this.#connectRequest({ session: name }));
      await this.#until(() => !client.connecting, this.#waits.replyMs);
      if (!client.closed) {
        client.write(client.request('closeSession', codeOf(closeSession()), '0', Buffer.alloc(0)));
        await this.#until(() => client.closed || client.owed === 0, this.#waits.replyMs);
      }
      client.drop();
    }
  }

  /** Whether some connection of the session was told that it is closed. */
  #hasEnded(id: Buffer): boolean {
    const clients = [...this.#lives.values()].flat().map(({ client }) => client);
    return clients.some(
      ({ session, heard }) => session?.id.equals(id) === true && heard.some(isEndOfSession),
    );
  }

  #surroundings(client: RawClient): Surroundings {
    return {
      challenge: client.lastToken,
      root: this.#stage.root,
      remembered: (name) => {
        const zxid = this.#remembered.get(name);
        if (zxid === undefined) throw new Error(`no client remembers ${name}`);
        return zxid;
      },
    };
  }

  #life(name: string): Life {
    const life = this.#lives.get(name)?.at(-1);
    if (life === undefined) throw new Error(`${name} has to connect first`);
    return life;
  }

  #session(name: string): SessionIdentity {
    // A scenario that resumes a session which it was refused is a difference of the handshake before, not of this one.
    return this.#sessions.get(name) ?? noSession;
  }

  /** Resolves once `holds`, or after `timeoutMs`. */
  #until(holds: () => boolean, timeoutMs: number): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const deadline = setTimeout(resolve, timeoutMs);
      this.#wake = () => {
        if (!holds()) return;
        clearTimeout(deadline);
        resolve();
      };
    });
  }
}

function isEndOfSession(heard: Heard): boolean {
  return heard.kind === 'reply' && heard.op === 'closeSession' && heard.bytes.readInt32BE(12) === 0;
}

function eventsOf(client: RawClient): number {
  return client.heard.reduce((count, { kind }) => count + (kind === 'event' ? 1 : 0), 0);
}

function passwordBytes(own: Buffer, which: ConnectFields['password']): Buffer | null {
  switch (which) {
    case 'wrong':
      return Buffer.from(own.map((byte) => byte ^ 0x5a));
    case 'short':
      return own.subarray(0, 8);
    case 'none':
      return null;
    default:
      return own;
  }
}
