import { createHash } from 'node:crypto';
import {
  type AclList,
  CreateMode,
  ErrorCode,
  OpCode,
  Reader,
  readConnectResponse,
  readReplyHeader,
  Writer,
  writeAuthRequest,
  writeConnectRequest,
  writeCreateRequest,
  writePathRequest,
  writePathWatchRequest,
  writeSetDataRequest,
} from '@rookery/protocol';
import { type Entry, EntryKind, type SnapshotMeta } from 'raft-ts-lite';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { Prng } from '../../sim/prng.ts';
import { boundsOf } from '../../src/bounds/bounds.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Clients as ClientsClass } from '../../src/connections/clients.ts';
import { ProofGuard } from '../../src/failed-proofs/proof-guard.ts';
import { FIRST_LEVEL_ONLY } from '../../src/model/feature-level.ts';
import { encodeContext } from '../../src/replica/membership/membership.ts';
import type { BarrierWaiter } from '../../src/replica/read-barrier.ts';
import type { ReconfigRequests } from '../../src/replica/reconfig-requests.ts';
import type { Replica } from '../../src/replica/replica.ts';
import type { Request } from '../../src/replica/requests.ts';
import type { StateMachine as MachineClass } from '../../src/replica/state-machine.ts';
import { identity, genesis as storedGenesis } from '../storage/member.ts';
import type { Session } from './test-client.ts';

/** One member, with an address that can be told. */
const genesis = {
  ...storedGenesis,
  contexts: new Map(
    [...storedGenesis.contexts.keys()].map((id) => [
      id,
      encodeContext({
        serverId: id,
        host: '127.0.0.1',
        peerPort: 2888,
        clientHost: '127.0.0.1',
        clientPort: 2181,
        instance: 1,
      }),
    ]),
  ),
};

const USERS = 4;
const AUTH_XID = -4;
const PIECE_BYTES = 100;
const noBytes = new Uint8Array(0);
const noSession: Session = { id: 0, password: new Uint8Array(16) };

export interface Subject {
  readonly Clients: typeof ClientsClass;
  readonly StateMachine: typeof MachineClass;
}

interface Expected {
  readonly what: string;
  readonly xid: number;
  readonly err: number;
}

/** One connection as its client sees it: what it asked, and what that must come to by what it had proved before. */
class Peer {
  readonly out = new Writer();
  readonly proved = new Set<number>();
  readonly expected: Expected[] = [];
  readonly replies: { readonly xid: number; readonly err: number }[] = [];
  session: Session = noSession;
  isGreeted = false;
  /** Its session has been attached elsewhere. */
  isStale = false;
  isClosed = false;
  #rest: Uint8Array = noBytes;
  #xid = 0;

  nextXid(): number {
    return ++this.#xid;
  }

  take(bytes: Uint8Array): void {
    const all = Uint8Array.from([...this.#rest, ...bytes]);
    let at = 0;
    while (all.length - at >= 4) {
      const length = new Reader().reset(all, at, all.length).readInt();
      if (at + 4 + length > all.length) break;
      this.#frame(new Reader().reset(all, at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#rest = all.slice(at);
  }

  #frame(reader: Reader): void {
    if (this.isGreeted) {
      const { xid, err } = readReplyHeader(reader);
      this.replies.push({ xid, err });
      return;
    }
    const { sessionId, password } = readConnectResponse(reader)!;
    this.session = { id: sessionId, password };
    this.isGreeted = true;
  }
}

/**
 * A member's clients and its state, over a log that takes its time and rounds of reads that do, too. Clients prove who they are, ask
 * for what that opens, and reconnect, all without waiting; now and then the state is replaced by its own snapshot.
 */
export class IdentityWorld {
  readonly #prng: Prng;
  readonly #machine: MachineClass;
  readonly #clients: ClientsClass;
  readonly #log: Request[] = [];
  readonly #rounds: { readonly waiter: BarrierWaiter; readonly committed: number }[] = [];
  readonly #peers: { readonly peer: Peer; readonly feed: (bytes: Uint8Array) => void }[] = [];
  #requestNumber = 0;
  #committed = 0;
  #applied = 0;
  #made = 0;

  constructor(seed: number, { Clients, StateMachine }: Subject) {
    this.#prng = new Prng(seed, 'identities');
    const entropy = new Prng(seed, 'entropy');
    this.#machine = new StateMachine(genesis, { hashSeed: 1 }, FIRST_LEVEL_ONLY);
    const { config } = loadConfig([], {}, () => '');
    const bounds = boundsOf(config);
    const clock = { monotonicMs: () => 0, wallMs: () => 0 };
    const log = new KeptLog();
    this.#clients = new Clients({
      config,
      bounds,
      clock,
      scheduler: { defer: () => {}, every: () => () => {} },
      entropy: {
        uint32: () => entropy.uint32(),
        bytes: (length) => entropy.bytes(length),
        hmac: (_secret, message) => createHash('sha256').update(message).digest(),
        hashBase64: (algorithm, message) => createHash(algorithm).update(message).digest('base64'),
        md5: (message) => createHash('md5').update(message).digest(),
      },
      log,
      audit: undefined,
      proofs: new ProofGuard({ bounds, clock, log, witness: undefined }),
    });
    const reconfigs = undefined as unknown as ReconfigRequests;
    this.#clients.attach(this.#replica() as unknown as Replica, this.#machine, reconfigs, identity);
    this.#clients.serve();
    this.#connect();
    for (let user = 0; user < USERS; user++) this.#make(this.#peers[0]!.peer, `/u${user}`, ownedBy(user), 0);
    this.#settle();
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const chance = this.#prng.fraction();
      if (chance < 0.05) this.#connect();
      else if (chance < 0.1) this.#move();
      else if (chance < 0.11) this.#restore();
      else if (chance < 0.5) this.#ask(this.#prng.pick(this.#peers).peer);
      else if (chance < 0.7) this.#send();
      else if (chance < 0.93) this.#apply();
      else this.#confirm();
    }
    this.#settle();
  }

  /** What is wrong with the answers; undefined where nothing is. */
  complaint(): string | undefined {
    for (const [i, { peer }] of this.#peers.entries()) {
      for (const [at, { xid, err }] of peer.replies.entries()) {
        const expected = peer.expected[at];
        const isRight = xid === expected?.xid && err === expected.err;
        if (isRight || (peer.isStale && err === ErrorCode.sessionMoved)) continue;
        return `client ${i} got ${err} under xid ${xid} for ${JSON.stringify(expected)}`;
      }
      if (!peer.isStale && peer.replies.length !== peer.expected.length)
        return `client ${i} got ${peer.replies.length} of ${peer.expected.length} replies`;
    }
    return undefined;
  }

  #connect(session: Session = noSession): void {
    const peer = new Peer();
    const events = this.#clients.accept({
      remoteAddress: '127.0.0.1',
      remotePort: this.#peers.length,
      write: (bytes) => peer.take(bytes),
      bufferedBytes: () => 0,
      pause: () => {},
      resume: () => {},
      end: () => {
        peer.isClosed = true;
      },
      destroy: () => {
        peer.isClosed = true;
      },
    });
    this.#peers.push({ peer, feed: (bytes) => events.received(bytes) });
    writeConnectRequest(peer.out, {
      protocolVersion: 0,
      lastZxidSeen: 0,
      timeoutMs: 10_000,
      sessionId: session.id,
      password: session.password,
      readOnly: undefined,
    });
  }

  /** A client takes its session to a new connection; what it still sends over the old one must not count. */
  #move(): void {
    const { peer } = this.#prng.pick(this.#peers);
    if (!peer.isGreeted || peer.isStale) return;
    peer.isStale = true;
    this.#connect(peer.session);
    this.#send(this.#peers.length - 1);
  }

  #ask(peer: Peer): void {
    const user = this.#prng.below(USERS);
    const may = peer.proved.has(user) ? ErrorCode.ok : ErrorCode.noAuth;
    const chance = this.#prng.fraction();
    if (chance < 0.2) {
      writeAuthRequest(peer.out, 'digest', new TextEncoder().encode(proofOf(user)));
      peer.proved.add(user);
      peer.expected.push({ what: `auth ${user}`, xid: AUTH_XID, err: ErrorCode.ok });
    } else if (chance < 0.5) {
      writePathWatchRequest(
        peer.out,
        this.#expect(peer, `get ${user}`, may),
        OpCode.getData,
        `/u${user}`,
        false,
      );
    } else if (chance < 0.8) {
      writeSetDataRequest(peer.out, this.#expect(peer, `set ${user}`, may), `/u${user}`, noBytes, -1);
    } else if (chance < 0.9) {
      const creators = [{ perms: 31, scheme: 'auth', id: '' }];
      const err = peer.proved.size > 0 ? ErrorCode.ok : ErrorCode.invalidAcl;
      this.#make(peer, `/made-${++this.#made}`, creators, err);
    } else writePathRequest(peer.out, this.#expect(peer, 'sync', ErrorCode.ok), OpCode.sync, '/');
  }

  #make(peer: Peer, path: string, acl: AclList, err: number): void {
    const xid = this.#expect(peer, `create ${path}`, err);
    const fields = { path, data: noBytes, acl, flags: CreateMode.persistent };
    writeCreateRequest(peer.out, xid, OpCode.create, fields);
  }

  #expect(peer: Peer, what: string, err: number): number {
    const xid = peer.nextXid();
    peer.expected.push({ what, xid, err });
    return xid;
  }

  /** What a client has written arrives, cut anywhere. */
  #send(at = this.#prng.below(this.#peers.length)): void {
    const { peer, feed } = this.#peers[at]!;
    const bytes = peer.out.copy();
    peer.out.clear();
    if (!peer.isClosed) feed(bytes);
    this.#clients.flush();
  }

  #apply(): void {
    const request = this.#log.shift();
    if (request === undefined) return;
    this.#applied++;
    const index = this.#machine.appliedIndex + 1;
    const entry: Entry = { index, term: 1, kind: EntryKind.command, data: request.command };
    const result = this.#machine.apply(entry);
    request.applied(result);
    this.#clients.commandApplied(result);
    this.#clients.flush();
  }

  #confirm(): void {
    const round = this.#rounds[0];
    if (round === undefined || round.committed > this.#applied) return;
    this.#rounds.shift();
    round.waiter.reached();
    this.#clients.flush();
  }

  /** The state is replaced by what its own snapshot says; throws where that is not the same. */
  #restore(): void {
    const machine = this.#machine;
    const walk = machine.beginSnapshot();
    const loader = machine.newLoader();
    for (let piece = walk.next(PIECE_BYTES); piece !== undefined; piece = walk.next(PIECE_BYTES))
      loader.feed(piece);
    const loaded = loader.finish(Number.MAX_SAFE_INTEGER);
    if (loaded.state !== 'loaded') throw new Error(`the snapshot: ${JSON.stringify(loaded)}`);
    const meta: SnapshotMeta = { index: machine.appliedIndex, term: 1, configuration: genesis };
    machine.adopt(loaded, meta, machine.digest());
  }

  #settle(): void {
    for (let at = 0; at < this.#peers.length; at++) this.#send(at);
    while (this.#log.length + this.#rounds.length > 0) {
      this.#apply();
      this.#confirm();
    }
  }

  /** As much of a replica as clients need. */
  #replica() {
    const log = this.#log;
    const requests = { pending: 0, pendingBytes: 0, nextNumber: () => this.#requestNumber + 1 };
    return {
      requests,
      raft: { term: 1 },
      wake: () => {},
      submit: (request: Request) => {
        this.#requestNumber++;
        this.#committed++;
        log.push(request);
      },
      reads: { wait: (waiter: BarrierWaiter) => this.#rounds.push({ waiter, committed: this.#committed }) },
    };
  }
}

function proofOf(user: number): string {
  return `user${user}:password`;
}

function ownedBy(user: number): AclList {
  const id = `user${user}:${createHash('sha1').update(proofOf(user)).digest('base64')}`;
  return [{ perms: 31, scheme: 'digest', id }];
}
