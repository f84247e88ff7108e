import { randomBytes } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { PEER_ANSWER_MS, PEER_GREETING_MS } from '../bounds/limits.ts';
import { joinAddress, plainAddress } from '../config/addresses.ts';
import { FOR_MEMBERS } from '../listen/listen-error.ts';
import { type ListenAddress, Listening } from '../listen/listening.ts';
import { Newcomers } from '../listen/newcomers.ts';
import type { Logger } from '../ports/logger.ts';
import type { PeerAddress, Transport, TransportEvents } from '../ports/transport.ts';
import { Greeting } from '../replica/peers/greeting.ts';
import { Outbox } from '../replica/peers/outbox.ts';
import { OtherVersion, PeerProtocolError } from '../replica/peers/peer-format.ts';
import { MAX_HELLO_BYTES, PEER_VERSIONS, writeVersion } from '../replica/peers/peer-frames.ts';
import type { TlsIdentity } from '../tls/tls-identity.ts';
import { followIntroduction, type IntroductionProofs } from './followed-introduction.ts';
import type { JoinSecrets } from './join-secrets.ts';
import { systemClock } from './machine.ts';
import { PeerComplaints } from './peer-complaints.ts';
import {
  type Introduced,
  NONCE_BYTES,
  type OwnIntroduction,
  PeerIntroduction,
  type VersionRange,
} from './peer-introduction.ts';
import { PeerTls } from './peer-tls.ts';

const FIRST_REDIAL_MS = 20;
const MAX_REDIAL_MS = 500;
/** Where what came over a link was refused, the next one would most likely end the same. */
const MAX_REFUSED_REDIAL_MS = 5_000;
/** A link that stood for so long begins anew when it breaks. */
const STEADY_MS = 10_000;

interface Peer {
  address: PeerAddress;
  /** The link, once the preambles were exchanged. */
  socket: Socket | undefined;
  dialling: Socket | undefined;
  /** Where TLS is optional, a try without follows one with it, and the other way round. */
  dialsPlain: boolean;
  redial: NodeJS.Timeout | undefined;
  redialMs: number;
  /** What came over the last link was refused, and its member has not been away since. */
  refused: boolean;
  /** When the link, or the last one, came up. */
  upMs: number;
  /** The reason of the last failure that was logged: the same one is not logged again until a link was up. */
  loggedReason: string;
}

/** Who this member is to others, and what it asks of them. */
export interface PeerTransportOptions {
  readonly serverId: number;
  readonly address: ListenAddress;
  /** Connections of which nobody knows yet whether a member is at their other end. */
  readonly strangers: { readonly total: number; readonly perAddress: number };
  readonly proofs: IntroductionProofs;
  readonly secrets: JoinSecrets;
  /** Others are believed that prove nothing. */
  readonly takesUnproved: boolean;
  /** undefined: links go without TLS. */
  readonly tls?: TlsIdentity | undefined;
  /** Of the protocol between members; absent: those that this build speaks. */
  readonly versions?: VersionRange;
}

/**
 * Links to the other members over TCP, one for each pair: the greater server id dials the lesser one. What is no member, or cannot prove to be
 * the one that it says, is never a link and takes nobody's.
 */
export class PeerTransport implements Transport {
  readonly #serverId: number;
  readonly #log: Logger;
  readonly #complaints: PeerComplaints;
  readonly #peers = new Map<number, Peer>();
  /** Accepted, each with the end of its patience until it is a link. */
  readonly #open = new Map<Socket, NodeJS.Timeout>();
  readonly #own: OwnIntroduction;
  readonly #tls: PeerTls | undefined;
  readonly #proofs: IntroductionProofs;
  readonly #strangers: Newcomers<Socket>;
  #events: TransportEvents | undefined;
  readonly #listening: Listening;
  #stopped = false;

  constructor(options: PeerTransportOptions, log: Logger) {
    const { serverId, address, secrets, takesUnproved, tls } = options;
    this.#serverId = serverId;
    this.#own = { serverId, secrets, takesUnproved, versions: options.versions ?? PEER_VERSIONS };
    this.#proofs = options.proofs;
    // A member shows what it is as soon as it has connected: the oldest one is the least likely to be one.
    this.#strangers = new Newcomers({ ...options.strangers, patienceMs: 0 }, systemClock);
    this.#log = log;
    this.#complaints = new PeerComplaints(log);
    if (tls !== undefined) {
      this.#tls = new PeerTls(tls, this.#complaints.strangers, (socket, raw) => this.#accepted(socket, raw));
    }
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
    for (const socket of this.#open.keys()) socket.destroy();
    await closed;
  }

  get strangers(): number {
    return this.#strangers.size;
  }

  /** Of TLS, by those who connected. */
  get tlsFailures(): number {
    return this.#tls?.failures ?? 0;
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
        dialsPlain: false,
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
    const { serverId, host, port } = peer.address;
    if (this.#stopped || serverId > this.#serverId || peer.socket !== undefined) return;
    const tls = peer.dialsPlain ? undefined : this.#tls;
    const socket = tls === undefined ? connect({ host, port, noDelay: true }) : tls.connect(host, port);
    peer.dialling = socket;
    socket.setTimeout(PEER_ANSWER_MS, () => socket.destroy(new Error('no answer in time')));
    socket.on(tls === undefined ? 'connect' : 'secureConnect', () => this.#introduceTo(peer, socket));
    socket.on('error', (error) => {
      // It is away: perhaps to come back as another version.
      if (peer.dialling === socket) peer.refused = false;
      this.#logOnce(peer, reasonOf(error));
    });
    socket.on('close', () => {
      if (peer.dialling === socket) {
        peer.dialling = undefined;
        if (this.#tls?.isOptional === true) peer.dialsPlain = !peer.dialsPlain;
      }
      this.#redial(peer);
    });
  }

  #introduceTo(peer: Peer, socket: Socket): void {
    const introduction = new PeerIntroduction(this.#own, {
      expected: peer.address.serverId,
      nonce: () => randomBytes(NONCE_BYTES),
      send: (bytes) => socket.write(bytes),
    });
    followIntroduction(introduction, socket, {
      introduced: ({ rest, version }) => {
        peer.dialling = undefined;
        this.#established(peer, socket, rest, version);
      },
      refused: ({ kind, message }) => {
        if (kind === 'version' || kind === 'secret' || kind === 'guess') peer.refused = true;
        this.#logOnce(peer, message);
        // What was said to it last still leaves.
        socket.destroySoon();
      },
    });
    introduction.begin();
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

  #accept(raw: Socket): void {
    const remote = plainAddress(raw.remoteAddress ?? '');
    // Of all of it, and then of the hello: one byte now and then gives nobody more time.
    const late = setTimeout(() => raw.destroy(), PEER_GREETING_MS);
    this.#open.set(raw, late);
    raw.on('close', () => {
      clearTimeout(late);
      this.#open.delete(raw);
      this.#strangers.leave(raw);
    });
    raw.on('error', () => raw.destroy());
    const leaving = this.#strangers.enter(raw, remote);
    if (leaving !== undefined) {
      this.#complaints.tooMany(remote);
      leaving.destroy();
      if (leaving === raw) return;
    }
    if (this.#tls === undefined) this.#accepted(raw, raw);
    else this.#tls.accept(raw);
  }

  /** @param raw what was accepted; the same, or what TLS goes over */
  #accepted(socket: Socket, raw: Socket): void {
    const address = plainAddress(raw.remoteAddress ?? '');
    if (socket !== raw) socket.on('error', () => socket.destroy());
    const introduction = new PeerIntroduction(this.#own, {
      mayDial: (serverId) => serverId > this.#serverId && this.#peers.has(serverId),
      nonce: () => randomBytes(NONCE_BYTES),
      send: (bytes) => socket.write(bytes),
    });
    followIntroduction(introduction, socket, {
      introduced: (introduced) => this.#awaitMember(introduced, socket, raw),
      refused: (refusal) => {
        if (refusal.kind === 'guess') this.#proofs.failed(address);
        this.#complaints.notIntroduced(refusal, address);
        socket.destroySoon();
      },
      proofDelayMs: () => {
        const delayMs = this.#proofs.delayMs(address);
        if (delayMs > 0) this.#strangers.keep(raw);
        return delayMs;
      },
    });
    socket.resume();
  }

  #awaitMember({ serverId, version, rest }: Introduced, socket: Socket, raw: Socket): void {
    const peer = this.#peers.get(serverId)!;
    const foreign = this.#tls?.whyForeign(socket, peer.address.host);
    if (foreign !== undefined) {
      this.#complaints.foreignCertificate(serverId, plainAddress(raw.remoteAddress ?? ''), foreign);
      socket.destroy();
      return;
    }
    this.#open.get(raw)?.refresh();
    this.#awaitHello(serverId, socket, rest, (bytes) => {
      clearTimeout(this.#open.get(raw));
      if (this.#peers.get(serverId) !== peer) {
        socket.destroy();
        return;
      }
      this.#strangers.leave(raw);
      this.#established(peer, socket, bytes, version);
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
      this.#complaints.badHello(serverId, plainAddress(socket.remoteAddress ?? ''), error);
      // It hears which version this is, and says so at its end, too.
      if (error instanceof OtherVersion) socket.end(this.#versionFrame());
      else socket.destroy();
      return undefined;
    }
  }

  #versionFrame(): Uint8Array {
    const outbox = new Outbox(MAX_HELLO_BYTES);
    writeVersion(outbox, this.#serverId);
    return outbox.takeBytes();
  }

  #established(peer: Peer, socket: Socket, rest: Uint8Array, version: number): void {
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
    this.#events!.linkUp(serverId, plainAddress(socket.remoteAddress ?? ''), version);
    const silent = setTimeout(
      () => socket.destroy(new Error('said who it is and then nothing')),
      PEER_GREETING_MS,
    );
    socket.once('close', () => clearTimeout(silent));
    const received = (chunk: Uint8Array): void => {
      clearTimeout(silent);
      if (peer.socket === socket) this.#events!.received(serverId, chunk);
    };
    if (rest.length > 0) received(rest);
    socket.on('data', received);
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
