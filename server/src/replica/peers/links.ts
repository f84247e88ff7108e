import type { Bounds } from '../../bounds/bounds.ts';
import { FieldReader } from '../../codec/field-reader.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { ComplaintLog } from '../../ports/rate-limited-log.ts';
import type { Transport } from '../../ports/transport.ts';
import { isOfSameEnsemble } from '../membership/forced-recovery.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { Outbox } from './outbox.ts';
import { OtherVersion, PeerProtocolError, peerFormat } from './peer-format.ts';
import {
  beginFrame,
  endFrame,
  type Hello,
  isKnownKind,
  PEER_VERSIONS,
  PeerFrame,
  readHelloOf,
  writeHello,
} from './peer-frames.ts';

/** A link on which nothing was sent for so long gets an empty frame, so that silence means that something is wrong. */
const KEEP_ALIVE_MS = 1_000;
/** A link on which nothing came for so long is broken and dialled again. */
const DEAD_AFTER_MS = 5_000;

interface Link {
  readonly serverId: number;
  /** Of the other end, for people. */
  readonly address: string | undefined;
  readonly version: number;
  readonly splitter: FrameSplitter;
  readonly outbox: Outbox;
  hello: Hello | undefined;
  lastSentMs: number;
  lastReceivedMs: number;
  /** Too much waited: it is being closed, and nothing more is sent over it. */
  isClosing: boolean;
}

export type LinkBounds = Pick<Bounds, 'peerFrameBytes' | 'linkBufferBytes' | 'snapshotChunkBytes'>;

/** What comes from the other members, once they have said who they are. */
export interface LinkEvents {
  /** The first hello of a link, or a newer one; also of who is of an ensemble before or after a forced recovery, of whom nothing else is heard. */
  greeted(serverId: number, hello: Hello): void;
  frame(serverId: number, hello: Hello, kind: PeerFrame, reader: FieldReader): void;
  /** The link is gone; `hello` is what was last known. */
  parted(serverId: number, hello: Hello | undefined): void;
}

/** The links that are up: frames in and out, hellos, keep-alives. One write per link and turn. */
export class Links {
  /** Frames of kinds that this build does not know, since the start. */
  unknownFrames = 0;
  readonly #links = new Map<number, Link>();
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Of links that had to be closed for what came over them, … */
  readonly #refusals: ComplaintLog;
  /** … and of frames of unknown kinds: so many of these that the others are not heard must not be. */
  readonly #unknownKinds: ComplaintLog;
  readonly #events: LinkEvents;
  readonly #bounds: LinkBounds;
  #own: Omit<Hello, 'seen' | 'version'>;
  #lastTickMs = 0;

  constructor(
    own: Omit<Hello, 'seen' | 'version'>,
    ports: { transport: Transport; clock: Clock; log: Logger; bounds: LinkBounds },
    events: LinkEvents,
  ) {
    this.#own = own;
    this.#transport = ports.transport;
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#refusals = new ComplaintLog(ports.log, ports.clock);
    this.#unknownKinds = new ComplaintLog(ports.log, ports.clock);
    this.#events = events;
    this.#bounds = ports.bounds;
  }

  get self(): Hello {
    const seen = new Map<number, number>();
    for (const link of this.#links.values()) {
      if (link.hello !== undefined) seen.set(link.serverId, link.hello.instance);
    }
    return { version: PEER_VERSIONS.greatest, ...this.#own, seen };
  }

  /** The newest hello of each member whose link is up, but of those of an ensemble before or after a forced recovery. */
  hellos(): Map<number, Hello> {
    const hellos = new Map<number, Hello>();
    for (const { serverId, hello } of this.#links.values()) {
      if (hello !== undefined && isOfSameEnsemble(this.#own, hello)) hellos.set(serverId, hello);
    }
    return hellos;
  }

  /** Its newest one; undefined while its link is down, and of who is of an ensemble before or after a forced recovery. */
  helloOf(serverId: number): Hello | undefined {
    const hello = this.#links.get(serverId)?.hello;
    return hello !== undefined && isOfSameEnsemble(this.#own, hello) ? hello : undefined;
  }

  /** All whose links are up, whoever they are. */
  linked(): number[] {
    return [...this.#links.keys()];
  }

  isUp(serverId: number): boolean {
    return this.helloOf(serverId) !== undefined;
  }

  /** This member's standing changed: tells everybody. */
  announce(own: Partial<Omit<Hello, 'seen' | 'version'>>): void {
    this.#own = { ...this.#own, ...own };
    this.#greetAll();
  }

  /** `address`: of the other end, for people. `version`: that both ends speak. */
  up(serverId: number, address?: string, version: number = PEER_VERSIONS.greatest): void {
    if (this.#links.has(serverId)) this.down(serverId);
    const now = this.#clock.monotonicMs();
    const link: Link = {
      serverId,
      address,
      version,
      splitter: new FrameSplitter(this.#bounds.peerFrameBytes),
      outbox: new Outbox(this.#bounds.peerFrameBytes, () => this.#send(link)),
      hello: undefined,
      lastSentMs: now,
      lastReceivedMs: now,
      isClosing: false,
    };
    this.#links.set(serverId, link);
    writeHello(link.outbox, { ...this.self, version });
    this.flush();
  }

  down(serverId: number): void {
    const link = this.#links.get(serverId);
    if (link === undefined) return;
    this.#links.delete(serverId);
    if (!this.#own.started) this.#greetAll();
    this.#events.parted(serverId, link.hello);
  }

  received(serverId: number, chunk: Uint8Array): void {
    const link = this.#links.get(serverId);
    if (link === undefined) return;
    link.lastReceivedMs = this.#clock.monotonicMs();
    try {
      link.splitter.push(chunk, (frame) => this.#take(link, frame));
    } catch (error) {
      if (!(error instanceof PeerProtocolError)) throw error;
      this.#complain(link, error);
      this.#transport.disconnect(serverId, 'refused');
    }
  }

  #complain({ serverId, address }: Link, error: PeerProtocolError): void {
    const fields = { serverId, address, reason: error.message };
    if (error instanceof OtherVersion) {
      const { theirs, ours } = error;
      const message =
        'a member of another version of the protocol: no link with it until the older one is upgraded';
      this.#refusals.say(`version ${serverId}`, message, { ...fields, theirs, ours }, 'error');
    } else {
      const message = 'a peer does not keep to the protocol; closing its link';
      this.#refusals.say(`frame ${serverId}`, message, fields, 'error');
    }
  }

  /** Where to write frames for this member, or undefined while its link is down. Sent by the next `flush` at the latest. */
  outbox(serverId: number): Outbox | undefined {
    return this.#links.get(serverId)?.outbox;
  }

  flush(): void {
    for (const link of this.#links.values()) if (link.outbox.length > 0) this.#send(link);
  }

  #send(link: Link): void {
    if (link.isClosing || this.#waitingBytes(link) > this.#bounds.linkBufferBytes) {
      this.#giveUp(link);
      return;
    }
    link.lastSentMs = this.#clock.monotonicMs();
    this.#transport.send(link.serverId, link.outbox.takeBytes());
  }

  /** Whether a piece of a snapshot that is asked for again may still be among what waits on this link. */
  isBacklogged(serverId: number): boolean {
    const link = this.#links.get(serverId);
    return link !== undefined && this.#waitingBytes(link) >= this.#bounds.snapshotChunkBytes;
  }

  /** What has not left for this member yet; 0 while its link is down. */
  waitingBytes(serverId: number): number {
    const link = this.#links.get(serverId);
    return link === undefined ? 0 : this.#waitingBytes(link);
  }

  #waitingBytes(link: Link): number {
    return link.outbox.length + this.#transport.bufferedBytes(link.serverId);
  }

  /** What is sent keeps to windows that come to less: a link with more does not carry what it should, and costs memory. */
  #giveUp(link: Link): void {
    const waitingBytes = this.#waitingBytes(link);
    link.outbox.clear();
    if (link.isClosing) return;
    link.isClosing = true;
    const { linkBufferBytes } = this.#bounds;
    this.#log.warn(
      { serverId: link.serverId, waitingBytes, linkBufferBytes },
      'peer too slow: it takes less than what is sent to it; closing its link',
    );
    this.#transport.disconnect(link.serverId);
  }

  /** Called now and then: keep-alives out, dead links closed. */
  tick(): void {
    const now = this.#clock.monotonicMs();
    const stalled = now - this.#lastTickMs > KEEP_ALIVE_MS;
    this.#lastTickMs = now;
    for (const link of this.#links.values()) {
      // Time that this member slept through is no silence of the others: what they sent is still to be read.
      if (stalled) link.lastReceivedMs = now;
    }
    for (const link of this.#links.values()) {
      if (now - link.lastReceivedMs > DEAD_AFTER_MS) {
        this.#log.warn(
          { serverId: link.serverId, silentMs: Math.round(now - link.lastReceivedMs) },
          'peer unreachable: its link is silent; closing it',
        );
        this.#transport.disconnect(link.serverId);
      } else if (now - link.lastSentMs > KEEP_ALIVE_MS) {
        endFrame(link.outbox, beginFrame(link.outbox, PeerFrame.keepAlive));
      }
    }
  }

  #take(link: Link, frame: Uint8Array): void {
    // A frame before this one may have closed the link.
    if (this.#links.get(link.serverId) !== link) return;
    const reader = new FieldReader(frame, peerFormat);
    const kind = reader.u8();
    if (kind === PeerFrame.keepAlive) return;
    if (kind === PeerFrame.hello) {
      const hello = readHelloOf(link.serverId, reader);
      const news = link.hello === undefined;
      link.hello = hello;
      // Only until Raft runs does anybody ask who sees whom.
      if (news && !this.#own.started) this.#greetAll();
      this.#events.greeted(link.serverId, hello);
      return;
    }
    if (link.hello === undefined) throw new PeerProtocolError(`frame of kind ${kind} before a hello`);
    if (!isOfSameEnsemble(this.#own, link.hello)) return;
    if (isKnownKind(kind)) this.#events.frame(link.serverId, link.hello, kind, reader);
    else this.#leaveOut(link, kind);
  }

  /** A newer build of this protocol version may send it: what only some understand is never needed (peer-frames.ts). */
  #leaveOut({ serverId, address }: Link, kind: number): void {
    this.unknownFrames++;
    this.#unknownKinds.say(
      `${serverId} ${kind}`,
      'a member sends frames of a kind that this version does not know, and that are left out: it runs a newer one',
      { serverId, address, kind },
    );
  }

  #greetAll(): void {
    const hello = this.self;
    for (const { outbox, version } of this.#links.values()) writeHello(outbox, { ...hello, version });
    this.flush();
  }
}
