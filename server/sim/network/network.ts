import type { TransportEvents } from '../../src/ports/transport.ts';
import type { Prng } from '../prng.ts';
import type { VirtualProcess } from '../process.ts';
import type { VirtualTime } from '../scheduler.ts';
import { Connection, type End } from './connection.ts';
import { PeerTransport } from './peer-transport.ts';
import { Route } from './route.ts';

export interface NetworkSettings {
  /** One way, between members. */
  readonly baseLatencyMs: number;
  readonly jitterMs: number;
  /** A dial that fails, because the process is not there or the route is blocked, is repeated after at most this. */
  readonly maxRedialMs: number;
  /** Of each way between two machines, clients' included; Infinity for no bound. */
  readonly bytesPerMs: number;
}

/** Sees what a member sends, before the network does anything to it. */
export type Tap = (from: number, to: number, frames: Uint8Array) => void;

/** The network between the members: one stream at a time for each pair, dialled by the greater server id, as over TCP (platform/peer-transport.ts). */
export class Network {
  readonly #time: VirtualTime;
  readonly #prng: Prng;
  readonly #settings: NetworkSettings;
  readonly #routes = new Map<string, Route>();
  readonly #transports = new Map<number, PeerTransport>();
  readonly #ghosts = new Map<number, End[]>();
  readonly #dialling = new Set<string>();
  readonly tap: Tap;
  linksBroken = 0;

  constructor(time: VirtualTime, prng: Prng, settings: NetworkSettings, tap: Tap = () => {}) {
    this.#time = time;
    this.#prng = prng;
    this.#settings = settings;
    this.tap = tap;
  }

  /** The way from one machine to another; machines are named by server id, clients by any other text. */
  route(from: string, to: string): Route {
    const key = `${from}>${to}`;
    let route = this.#routes.get(key);
    if (route === undefined) {
      route = new Route(
        this.#time,
        this.#prng.fork(key),
        this.#settings.baseLatencyMs,
        this.#settings.jitterMs,
      );
      route.limit(this.#settings.bytesPerMs);
      this.#routes.set(key, route);
    }
    return route;
  }

  /** Both ways between two machines. */
  ways(a: number, b: number): readonly [there: Route, back: Route] {
    return [this.route(String(a), String(b)), this.route(String(b), String(a))];
  }

  connection(from: string, to: string): Connection {
    return new Connection(this.#time, this.#prng.fork('flow'), this.route(from, to), this.route(to, from));
  }

  /** A new life of the machine's process. What an earlier life left behind after a loss of power is reset now. */
  start(serverId: number, process: VirtualProcess, events: TransportEvents): PeerTransport {
    for (const ghost of this.#ghosts.get(serverId) ?? []) ghost.refuse();
    this.#ghosts.delete(serverId);
    const transport = new PeerTransport(serverId, this, process, events);
    this.#transports.set(serverId, transport);
    return transport;
  }

  /** The process ended. Its peers see their links break, unless the machine went silent with it. */
  end(serverId: number, silent: boolean): void {
    const transport = this.#transports.get(serverId);
    if (transport === undefined) return;
    this.#transports.delete(serverId);
    const ends = transport.shut(silent);
    if (silent) this.#ghosts.set(serverId, [...(this.#ghosts.get(serverId) ?? []), ...ends]);
  }

  /** The link between two members breaks where both sides see it. */
  breakLink(a: number, b: number): void {
    const connection = this.#transports.get(a)?.connectionTo(b) ?? this.#transports.get(b)?.connectionTo(a);
    if (connection === undefined) return;
    this.linksBroken++;
    connection.break();
  }

  /** Since when two members have been linked and both ways between them undisturbed; Infinity where they are not. */
  clearSinceMs(a: number, b: number): number {
    const connection = this.#transports.get(a)?.connectionTo(b) ?? this.#transports.get(b)?.connectionTo(a);
    const [there, back] = this.ways(a, b);
    return Math.max(connection?.bornMs ?? Number.POSITIVE_INFINITY, there.clearSinceMs, back.clearSinceMs);
  }

  /** The pace of a way between two machines when nothing is wrong. */
  get bytesPerMs(): number {
    return this.#settings.bytesPerMs;
  }

  heal(): void {
    for (const route of this.#routes.values()) {
      route.slowDown(1);
      route.limit(this.#settings.bytesPerMs);
      route.open();
    }
  }

  /** @internal A link is wanted and not there: the greater server id dials until it is. */
  wanted(a: number, b: number): void {
    if (a === b) return;
    const key = a < b ? `${a}-${b}` : `${b}-${a}`;
    if (this.#dialling.has(key)) return;
    this.#dialling.add(key);
    this.#time.after(this.#prng.between(1, this.#settings.maxRedialMs), () => {
      this.#dialling.delete(key);
      this.#dial(Math.max(a, b), Math.min(a, b));
    });
  }

  /** An acceptor that still held an older link sees that one go down first. */
  #dial(dialler: number, acceptor: number): void {
    const near = this.#transports.get(dialler);
    if (near?.lacks(acceptor) !== true) return;
    const far = this.#transports.get(acceptor);
    if (far?.accepts(dialler) !== true || this.#cut(dialler, acceptor)) {
      this.wanted(dialler, acceptor);
      return;
    }
    const connection = this.connection(String(dialler), String(acceptor));
    far.attach(dialler, connection, connection.far);
    near.attach(acceptor, connection, connection.near);
  }

  #cut(a: number, b: number): boolean {
    return this.ways(a, b).some((way) => way.blocked);
  }
}
