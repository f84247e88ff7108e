import { connect, createServer, type Socket } from 'node:net';
import { joinAddress, plainAddress } from '../config/addresses.ts';
import { FOR_MEMBERS } from '../listen/listen-error.ts';
import { type ListenAddress, Listening } from '../listen/listening.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import type { PeerAddress, Transport, TransportEvents } from '../ports/transport.ts';
import { Greeting } from '../replica/peers/greeting.ts';
import { Outbox } from '../replica/peers/outbox.ts';
import { OtherVersion, PeerProtocolError } from '../replica/peers/peer-format.ts';
import { MAX_HELLO_BYTES, writeVersion } from '../replica/peers/peer-frames.ts';
import { systemClock } from './machine.ts';
import { type StrangerBounds, Strangers } from './strangers.ts';

/*
 * One TCP connection per pair of members: the greater server id dials the lesser one. Both begin with a preamble
 *   8 bytes "ROOKPEER", u32 preamble version, u32 own server id, u32 server id expected at the other end
 * so that neither talks to the wrong process (an address that was given to somebody else, a client on the peer port). The one that dialled
 * says hello then, and is answered as soon as that has come. In all preamble versions the same bytes say version and server id.
 */
const MAGIC = Buffer.from('ROOKPEER', 'latin1');
const PREAMBLE_VERSION = 1;
const PREAMBLE_BYTES = 20;
/** Of the preamble, and then of the hello that follows it at once. */
const greetingTimeoutMs = 5_000;
const FIRST_REDIAL_MS = 20;
const MAX_REDIAL_MS = 500;
/** Where what came over a link was refused, the next one would most likely end the same. */
const MAX_REFUSED_REDIAL_MS = 5_000;
/** A link that stood for so long begins anew when it breaks. */
const STEADY_MS = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;

interface Peer {
  address: PeerAddress;
  /** The link, once the preambles were exchanged. */
  socket: Socket | undefined;
  dialling: Socket | undefined;
  redial: NodeJS.Timeout | undefined;
  redialMs: number;
  /** What came over the last link was refused, and its member has not been away since. */
  refused: boolean;
  /** When the link, or the last one, came up. */
  upMs: number;
  /** The reason of the last failure that was logged: the same one is not logged again until a link was up. */
  loggedReason: string;
}

/** Links to the other members over TCP. */
export class PeerTransport implements Transport {
  readonly #serverId: number;
  readonly #log: Logger;
  /** Of strangers on the peer port, … */
  readonly #complaints: ComplaintLog;
  /** … and of those whose server ids are members': strangers can make the others overflow. */
  readonly #refusals: ComplaintLog;
  readonly #peers = new Map<number, Peer>();
  readonly #accepted = new Set<Socket>();
  readonly #strangers: Strangers;
  #events: TransportEvents | undefined;
  readonly #listening: Listening;
  #stopped = false;

  constructor(serverId: number, address: ListenAddress, bounds: StrangerBounds, log: Logger) {
    this.#serverId = serverId;
    this.#strangers = new Strangers(bounds);
    this.#log = log;
    this.#complaints = new ComplaintLog(log, systemClock);
    this.#refusals = new ComplaintLog(log, systemClock);
    const newServer = () => createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#listening = new Listening(FOR_MEMBERS, address, newServer, log);
  }

  /**
   * Begins to listen and to dial: who cannot be dialled yet may dial already. Settles once others can dial this member. Rejects with
   * ListenError where waiting does not mend it.
   */
  start(events: TransportEvents): Promise<void> {
    this.#events = events;
    for (const peer of this.#peers.values()) this.#dial(peer);
    return this.#listening.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const peer of this.#peers.values()) {
      clearTimeout(peer.redial);
      peer.dialling?.destroy();
      peer.socket?.destroy();
    }
    const closed = this.#listening.stop();
    for (const socket of this.#accepted) socket.destroy();
    await closed;
  }

  send(serverId: number, frames: Uint8Array): void {
    this.#peers.get(serverId)?.socket?.write(frames);
  }

  bufferedBytes(serverId: number): number {
    return this.#peers.get(serverId)?.socket?.writableLength ?? 0;
  }

  disconnect(serverId: number, why?: 'refused'): void {
    const peer = this.#peers.get(serverId);
    if (peer === undefined) return;
    if (why === 'refused') peer.refused = true;
    peer.socket?.destroy();
  }

  connectTo(addresses: readonly PeerAddress[]): void {
    const wanted = new Set<number>();
    for (const address of addresses) {
      if (address.serverId === this.#serverId) continue;
      wanted.add(address.serverId);
      const known = this.#peers.get(address.serverId);
      if (known !== undefined) {
        known.address = address;
        continue;
      }
      const peer: Peer = {
        address,
        socket: undefined,
        dialling: undefined,
        redial: undefined,
        redialMs: FIRST_REDIAL_MS,
        refused: false,
        upMs: 0,
        loggedReason: '',
      };
      this.#peers.set(address.serverId, peer);
      if (this.#events !== undefined) this.#dial(peer);
    }
    for (const [serverId, peer] of this.#peers) {
      if (wanted.has(serverId)) continue;
      this.#peers.delete(serverId);
      clearTimeout(peer.redial);
      peer.dialling?.destroy();
      peer.socket?.destroy();
    }
  }

  #dial(peer: Peer): void {
    if (this.#stopped || peer.address.serverId > this.#serverId || peer.socket !== undefined) return;
    const socket = connect({ host: peer.address.host, port: peer.address.port, noDelay: true });
    peer.dialling = socket;
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.on('connect', () => socket.write(this.#preamble(peer.address.serverId)));
    socket.on('error', (error) => {
      // It is away: perhaps to come back as another version.
      if (peer.dialling === socket) peer.refused = false;
      this.#logOnce(peer, reasonOf(error));
    });
    socket.on('close', () => {
      if (peer.dialling === socket) peer.dialling = undefined;
      this.#redial(peer);
    });
    this.#awaitPreamble(socket, (version, serverId, rest) => {
      if (version !== PREAMBLE_VERSION) {
        peer.refused = true;
        this.#logOnce(peer, new OtherVersion('link preamble', serverId, version, PREAMBLE_VERSION).message);
        socket.destroy();
        return;
      }
      if (serverId !== peer.address.serverId) {
        this.#logOnce(
          peer,
          `member ${serverId} answered there, member ${peer.address.serverId} was expected`,
        );
        socket.destroy();
        return;
      }
      peer.dialling = undefined;
      this.#established(peer, socket, rest);
    });
  }

  #redial(peer: Peer): void {
    if (this.#stopped || peer.redial !== undefined || peer.address.serverId > this.#serverId) return;
    if (this.#peers.get(peer.address.serverId) !== peer) return;
    const mostMs = peer.refused ? MAX_REFUSED_REDIAL_MS : MAX_REDIAL_MS;
    const delayMs = Math.min(peer.redialMs, mostMs);
    peer.redial = setTimeout(() => {
      peer.redial = undefined;
      if (peer.dialling === undefined) this.#dial(peer);
    }, delayMs);
    peer.redialMs = Math.min(delayMs * 2, mostMs);
  }

  #accept(socket: Socket): void {
    this.#accepted.add(socket);
    const remote = plainAddress(socket.remoteAddress ?? '');
    if (this.#strangers.enter(socket, remote)) {
      const message =
        'too many connections to the peer port that no member stands behind: the oldest are closed';
      this.#complaints.say('strangers', message, { address: remote });
    }
    // Of all of it, and then of the hello: one byte now and then gives nobody more time.
    const late = setTimeout(() => socket.destroy(), greetingTimeoutMs);
    socket.on('close', () => {
      clearTimeout(late);
      this.#accepted.delete(socket);
      this.#strangers.leave(socket);
    });
    socket.on('error', () => socket.destroy());
    this.#awaitPreamble(socket, (version, serverId, rest) => {
      const peer = this.#peers.get(serverId);
      if (peer === undefined || serverId <= this.#serverId) {
        this.#complaints.say(`server id ${serverId}`, 'a peer with an unknown server id tried to connect', {
          serverId,
          address: remote,
        });
        socket.destroy();
        return;
      }
      if (version !== PREAMBLE_VERSION) {
        this.#refuse(
          serverId,
          remote,
          new OtherVersion('link preamble', serverId, version, PREAMBLE_VERSION),
        );
        socket.end(this.#preamble(serverId));
        return;
      }
      socket.write(this.#preamble(serverId));
      late.refresh();
      this.#awaitHello(serverId, socket, rest, (bytes) => {
        clearTimeout(late);
        if (this.#peers.get(serverId) !== peer) {
          socket.destroy();
          return;
        }
        this.#strangers.leave(socket);
        this.#established(peer, socket, bytes);
      });
    });
  }

  /** Nothing that somebody else opened is a link, or ends one, before a hello of the server id that it claims has come. */
  #awaitHello(serverId: number, socket: Socket, rest: Uint8Array, done: (bytes: Uint8Array) => void): void {
    const greeting = new Greeting(serverId);
    const onData = (chunk: Uint8Array): void => {
      const bytes = this.#greet(greeting, serverId, socket, chunk);
      if (bytes === undefined) return;
      socket.removeListener('data', onData);
      done(bytes);
    };
    socket.on('data', onData);
    if (rest.length > 0) onData(rest);
  }

  #greet(greeting: Greeting, serverId: number, socket: Socket, chunk: Uint8Array): Uint8Array | undefined {
    try {
      return greeting.push(chunk);
    } catch (error) {
      if (!(error instanceof PeerProtocolError)) throw error;
      socket.removeAllListeners('data');
      this.#refuse(serverId, plainAddress(socket.remoteAddress ?? ''), error);
      // It hears which version this is, and says so at its end, too.
      if (error instanceof OtherVersion) socket.end(this.#versionFrame());
      else socket.destroy();
      return undefined;
    }
  }

  #refuse(serverId: number, address: string, error: PeerProtocolError): void {
    const fields = { serverId, address, reason: error.message };
    if (error instanceof OtherVersion) {
      const { theirs, ours } = error;
      const message =
        'a member of another version tried to connect: no link with it until the older one is upgraded';
      this.#refusals.say(`version ${serverId}`, message, { ...fields, theirs, ours });
    } else {
      const message =
        'what connected under a server id of a member does not say hello as members do; closing it';
      this.#refusals.say(`hello ${serverId}`, message, fields);
    }
  }

  #versionFrame(): Uint8Array {
    const outbox = new Outbox(MAX_HELLO_BYTES);
    writeVersion(outbox, this.#serverId);
    return outbox.takeBytes();
  }

  #awaitPreamble(socket: Socket, done: (version: number, serverId: number, rest: Uint8Array) => void): void {
    let received: Uint8Array = new Uint8Array(0);
    const onData = (chunk: Uint8Array): void => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (received.length < PREAMBLE_BYTES) return;
      socket.removeListener('data', onData);
      const view = new DataView(received.buffer, received.byteOffset, received.byteLength);
      if (MAGIC.compare(received, 0, MAGIC.length) !== 0 || view.getUint32(16) !== this.#serverId) {
        const address = plainAddress(socket.remoteAddress ?? '');
        const message = 'a connection to the peer port is not from a member that means this one';
        this.#complaints.say(`stranger ${address}`, message, { address });
        socket.destroy();
        return;
      }
      done(view.getUint32(8), view.getUint32(12), received.subarray(PREAMBLE_BYTES));
    };
    socket.on('data', onData);
  }

  #established(peer: Peer, socket: Socket, rest: Uint8Array): void {
    const { serverId } = peer.address;
    const old = peer.socket;
    if (old !== undefined) {
      // The other side dialled again and has said hello: it knows that the old connection is dead even where we were not told.
      peer.socket = undefined;
      old.removeAllListeners('data');
      old.destroy();
      this.#events!.linkDown(serverId);
    }
    peer.socket = socket;
    peer.upMs = systemClock.monotonicMs();
    peer.loggedReason = '';
    socket.setTimeout(0);
    socket.setKeepAlive(true, 5_000);
    socket.on('close', () => {
      if (peer.socket !== socket) return;
      peer.socket = undefined;
      if (systemClock.monotonicMs() - peer.upMs > STEADY_MS) peer.redialMs = FIRST_REDIAL_MS;
      this.#events!.linkDown(serverId);
      this.#redial(peer);
    });
    this.#events!.linkUp(serverId, plainAddress(socket.remoteAddress ?? ''));
    const silent = setTimeout(
      () => socket.destroy(new Error('said who it is and then nothing')),
      greetingTimeoutMs,
    );
    socket.once('close', () => clearTimeout(silent));
    const received = (chunk: Uint8Array): void => {
      clearTimeout(silent);
      if (peer.socket === socket) this.#events!.received(serverId, chunk);
    };
    if (rest.length > 0) received(rest);
    socket.on('data', received);
  }

  #preamble(expected: number): Uint8Array {
    const bytes = Buffer.alloc(PREAMBLE_BYTES);
    MAGIC.copy(bytes);
    bytes.writeUInt32BE(PREAMBLE_VERSION, 8);
    bytes.writeUInt32BE(this.#serverId, 12);
    bytes.writeUInt32BE(expected, 16);
    return bytes;
  }

  #logOnce(peer: Peer, reason: string): void {
    if (peer.loggedReason === reason) return;
    peer.loggedReason = reason;
    const { serverId, host, port } = peer.address;
    this.#log.warn(
      { serverId, address: joinAddress(host, port), reason },
      'cannot reach a member; trying on',
    );
  }
}

/** A name of several addresses fails once for each of them, and the whole has no message of its own. */
function reasonOf(error: Error): string {
  if (!(error instanceof AggregateError) || error.message !== '') return error.message;
  return error.errors.map((one: unknown) => (one instanceof Error ? one.message : String(one))).join('; ');
}
