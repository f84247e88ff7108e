import {
  ErrorCode,
  FrameReader,
  FrameStatus,
  OpCode,
  Reader,
  readConnectRequest,
  Writer,
  writeConnectResponse,
  writeHeaderReply,
} from '@rookery/protocol';
import { md5 } from '../../src/node/machine.ts';
import type { Address, Link, LinkEvents, Timer, World } from '../../src/ports.ts';
import { TurnableClock } from '../../src/testing/turnable-clock.ts';

/** `away`: nobody listens; `no-quorum`: it takes no client; `reads`: it takes those that do with reads; `serves`: a leader is there. */
export type Service = 'away' | 'no-quorum' | 'reads' | 'serves';

interface Asked {
  readonly port: number;
  readonly readOnly: boolean;
  readonly atMs: number;
}

/** Members of which a test says how they serve, by their ports, and a world in which a client finds them. Time stands still but for `clock.advance`. */
export class Members implements World {
  readonly clock = new TurnableClock(true);
  hasOneMember = false;
  readonly services: Map<number, Service>;
  /** Requests for a session, in their order. */
  readonly asked: Asked[] = [];
  readonly #links = new Map<number, Set<(reason: string) => void>>();
  #sessions = 0;

  constructor(services: Readonly<Record<number, Service>>) {
    this.services = new Map(Object.entries(services).map(([port, service]) => [Number(port), service]));
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  wallMs(): number {
    return this.clock.wallMs();
  }

  after(delayMs: number, task: () => void): Timer {
    return this.clock.after(delayMs, task);
  }

  atTurnEnd(task: () => void): void {
    this.clock.soon(task);
  }

  /** The greatest: rotation and pauses are the same each time. */
  random(bound: number): number {
    return Math.max(0, Math.ceil(bound) - 1);
  }

  md5(message: Uint8Array): Uint8Array {
    return md5(message);
  }

  resolve(): Promise<readonly Address[]> {
    return Promise.resolve([...this.services.keys()].map((port) => ({ host: 'member', port })));
  }

  /** From now on it serves so; its connections end. */
  set(port: number, service: Service): void {
    this.services.set(port, service);
    for (const close of this.#links.get(port) ?? []) close('the member closed it');
  }

  connectionsOf(port: number): number {
    return this.#links.get(port)?.size ?? 0;
  }

  dial({ port }: Address, events: LinkEvents): Link {
    const links = this.#links.get(port) ?? new Set();
    this.#links.set(port, links);
    const close = (reason: string): void => {
      if (links.delete(close)) this.clock.soon(() => events.closed(reason));
    };
    links.add(close);
    const member = new MemberConnection({
      send: (bytes) => this.clock.soon(() => links.has(close) && events.received(bytes)),
      close: () => close('the member closed it'),
      asks: (readOnly) => this.#grant(port, readOnly),
    });
    this.clock.soon(() => {
      if (this.services.get(port) === 'away') close('connection refused');
      else if (links.has(close)) events.opened();
    });
    return {
      write: (bytes) => this.clock.soon(() => links.has(close) && member.received(bytes)),
      end: () => close('this side closed it'),
      destroy: () => close('this side closed it'),
    };
  }

  #grant(port: number, readOnly: boolean): Granted | undefined {
    this.asked.push({ port, readOnly, atMs: this.nowMs() });
    const service = this.services.get(port);
    if (service === 'serves') return { session: ++this.#sessions, readOnly: false };
    return service === 'reads' && readOnly
      ? { session: ++this.#sessions + 1_000, readOnly: true }
      : undefined;
  }
}

interface Granted {
  readonly session: number;
  readonly readOnly: boolean;
}

interface MembersSide {
  readonly send: (bytes: Uint8Array) => void;
  readonly close: () => void;
  /** undefined: it gives no session. */
  readonly asks: (readOnly: boolean) => Granted | undefined;
}

/** One connection, seen from the member: a session, pings and an answer without a node to whatever else is asked. */
class MemberConnection {
  readonly #frames = new FrameReader(1_000_000);
  readonly #reader = new Reader();
  readonly #out: MembersSide;
  #hasSession = false;

  constructor(out: MembersSide) {
    this.#out = out;
  }

  received(bytes: Uint8Array): void {
    this.#frames.push(bytes);
    while (this.#frames.next() === FrameStatus.frame) {
      this.#reader.reset(this.#frames.bytes, this.#frames.start, this.#frames.end);
      if (this.#hasSession) this.#answer();
      else this.#attach();
    }
  }

  #attach(): void {
    const { timeoutMs, readOnly } = readConnectRequest(this.#reader)!;
    const granted = this.#out.asks(readOnly === true);
    if (granted === undefined) {
      this.#out.close();
      return;
    }
    this.#hasSession = true;
    const writer = new Writer();
    const { session: sessionId } = granted;
    const password = new Uint8Array(16);
    writeConnectResponse(writer, { timeoutMs, sessionId, password, readOnly: granted.readOnly });
    this.#out.send(writer.copy());
  }

  #answer(): void {
    const xid = this.#reader.readInt();
    const op = this.#reader.readInt();
    const isPlain = op === OpCode.ping || op === OpCode.setWatches2 || op === OpCode.closeSession;
    const writer = new Writer();
    writeHeaderReply(writer, xid, 7, isPlain ? ErrorCode.ok : ErrorCode.noNode);
    this.#out.send(writer.copy());
  }
}
