import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpView } from '../../admin/zookeeper-commands.ts';
import type { Bounds } from '../../bounds/bounds.ts';
import { plainAddress } from '../../config/addresses.ts';
import { ProgramsRefusal } from '../../errors/error-codes.ts';
import type { ClientSocket, ClientSocketEvents } from '../../ports/client-socket.ts';
import type { Logger } from '../../ports/logger.ts';
import { Asker } from './asker.ts';
import type { BearerTokens } from './bearer-tokens.ts';
import { type Caller, identify, type ProofHeader } from './caller.ts';
import { ByteBudget, SharedPlaces } from './caller-admission.ts';
import { CallerSessions } from './caller-sessions.ts';
import { ProgramsError } from './errors.ts';
import type { Operation } from './route.ts';
import { Traffic, type Wanted } from './traffic.ts';

/** What HTTP for programs, and the tree in the window, need of their member, besides what all of HTTP does. */
export interface ProgramsView {
  readonly bounds: Bounds;
  /** Names of members, in lower case, by which this one may be called. */
  readonly hosts: ReadonlySet<string>;
  /** Whom bearer tokens stand for; undefined: nobody. */
  readonly bearers?: BearerTokens | undefined;
  /** Whether clients are served at all, be it with reads alone. */
  isServing(): boolean;
  /** Takes a client's connection. */
  accept(socket: ClientSocket): ClientSocketEvents;
}

export interface ProgramsParts {
  readonly view: ProgramsView;
  readonly proofs: HttpView['proofs'];
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Logger;
}

type Place = Exclude<Operation['place'], 'none'>;

/** In words, where there are too many of them. */
const WANTED: Readonly<Record<Exclude<Wanted, 'session'>, string>> = {
  request: 'requests',
  watch: 'watches',
  walk: 'walks through the tree',
  body: 'bodies',
};

/** Those who ask at any door to the tree: who they are, how many there may be at a time, and the sessions in whose names they ask. */
export class Callers {
  readonly view: ProgramsView;
  readonly log: Logger;
  readonly traffic: Traffic;
  readonly #parts: ProgramsParts;
  readonly #sessions: CallerSessions;
  readonly #places: Readonly<Record<Place, readonly SharedPlaces[]>>;
  readonly #bodies: ByteBudget;
  readonly #forgetBearers: (() => void) | undefined;
  /** Of requests that were let in. */
  readonly #callers = new WeakMap<FastifyRequest, Caller>();

  constructor(parts: ProgramsParts) {
    const { bounds, accept, bearers } = parts.view;
    this.view = parts.view;
    this.log = parts.log;
    this.#parts = parts;
    this.#sessions = new CallerSessions(accept, bounds, () => this.traffic.refused('session'));
    this.#forgetBearers = bearers?.onOver(() => this.#sessions.endOver());
    const requests = new SharedPlaces(bounds.httpRequests, bounds.httpRequestsPerAddress);
    const watches = new SharedPlaces(bounds.httpWatches, bounds.httpWatchesPerAddress);
    const walks = new SharedPlaces(bounds.httpWalks, bounds.httpWalksPerAddress);
    // A walk lasts as a watch does.
    this.#places = { request: [requests], watch: [watches], walk: [walks, watches] };
    this.#bodies = new ByteBudget(bounds.httpBodyBytes);
    this.traffic = new Traffic(() => ({
      requests: requests.count,
      watches: watches.count - walks.count,
      walks: walks.count,
      sessions: this.#sessions.size,
    }));
  }

  get bounds(): Bounds {
    return this.view.bounds;
  }

  /** What whoever has proved nothing, or what is not believed, may prove itself by. */
  get challenge(): string {
    const basic = 'Basic realm="rookery", charset="UTF-8"';
    return this.view.bearers === undefined ? basic : `${basic}, Bearer realm="rookery"`;
  }

  /**
   * Before its body is read. What it takes up is given back once the answer is over.
   *
   * @param bodyBytes that are held at most; 0: none are, or they are a stream
   */
  async letIn(
    place: Place,
    proof: ProofHeader,
    bodyBytes: number,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { view, proofs, wait } = this.#parts;
    if (!view.isServing()) {
      const why = 'this member serves nobody for now: ask another one, or again';
      throw new ProgramsError(ProgramsRefusal.notServing, why, undefined, 'safe');
    }
    this.#take(place, plainAddress(request.ip), reply);
    if (bodyBytes > 0) this.#takeBody(request, reply, bodyBytes);
    this.#callers.set(request, await identify(request, proof, { proofs, bearers: view.bearers, wait }));
  }

  /** Of a request that was let in: what asks in its caller's name, until it is released. Rejects with ProgramsError or CoordinationError. */
  async askerOf(request: FastifyRequest, reply: FastifyReply): Promise<Asker> {
    return new Asker(await this.#sessions.take(this.#callers.get(request)!), reply, this.bounds);
  }

  stop(): void {
    this.#forgetBearers?.();
    this.#sessions.stop();
  }

  #take(place: Place, address: string, reply: FastifyReply): void {
    const taken: SharedPlaces[] = [];
    // Also where a later one of them is not to be had: the answer says so, and is over soon.
    reply.raw.once('close', () => {
      for (const places of taken) places.leave(address);
    });
    for (const places of this.#places[place]) {
      if (!places.enter(address)) throw this.#tooMany(place);
      taken.push(places);
    }
  }

  #takeBody(request: FastifyRequest, reply: FastifyReply, most: number): void {
    const said = Number(request.headers['content-length'] ?? Number.NaN);
    const bytes = Number.isSafeInteger(said) ? Math.min(said, most) : most;
    if (!this.#bodies.take(bytes)) throw this.#tooMany('body');
    const late = setTimeout(() => {
      if (!request.raw.complete) request.raw.destroy();
    }, this.bounds.httpBodyMs);
    reply.raw.once('close', () => {
      clearTimeout(late);
      this.#bodies.giveBack(bytes);
    });
  }

  #tooMany(wanted: Exclude<Wanted, 'session'>): ProgramsError {
    this.traffic.refused(wanted);
    const why = `too many ${WANTED[wanted]} at once: ask again`;
    return new ProgramsError('TOO_MANY_PENDING', why, undefined, 'safe');
  }
}
