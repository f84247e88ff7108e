import { createHash, createHmac } from 'node:crypto';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { Prng } from '../../sim/prng.ts';
import { boundsOf } from '../../src/bounds/bounds.ts';
import { FieldReader } from '../../src/codec/field-reader.ts';
import type { Config } from '../../src/config/config.ts';
import { Member } from '../../src/member.ts';
import { THIS_BUILD } from '../../src/replica/build.ts';
import { FrameSplitter } from '../../src/replica/peers/frame-splitter.ts';
import { peerFormat } from '../../src/replica/peers/peer-format.ts';
import { type Grant, type Hello, PeerFrame, readGrant } from '../../src/replica/peers/peer-frames.ts';
import { greetingOf, helloOf } from '../replica/hellos.ts';
import { settled } from '../replica/settled.ts';

export const frameBytes = 70_000_000;

export const threeVoters = [1, 2, 3].map((serverId) => ({
  serverId,
  host: '127.0.0.1',
  peerPort: 2000 + serverId,
  clientPort: 3000 + serverId,
  role: 'voter' as const,
}));

/**
 * Member 1 of three, whole, without its machine: what the others say is said by the test, and time stands still but for `tick`. So nothing
 * changes in it but by what it is sent.
 */
export class LoneMember {
  readonly log = new KeptLog();
  readonly member: Member;
  readonly volume: FaultyVolume;
  fatal: Error | undefined;
  /** Links that it wants closed, by server id: that they are gone it hears from the test. */
  readonly closed: number[] = [];
  /** Frames that it sent and nobody looked at yet. */
  readonly sent: { readonly serverId: number; readonly frame: Uint8Array }[] = [];
  #nowMs = 1_000_000;
  #due: (() => void)[] = [];
  readonly #periodic = new Set<() => void>();

  constructor(config: Config, volume = new FaultyVolume({ prng: new Prng(config.serverId) })) {
    this.volume = volume;
    const prng = new Prng(1, 'entropy');
    this.member = new Member({
      config,
      build: THIS_BUILD,
      bounds: boundsOf(config),
      disk: volume.mount((_delayMs, run) => this.#due.push(run)),
      storage: { segmentBytes: 64 * 1024, snapRetainCount: 3 },
      transport: {
        send: (serverId, bytes) =>
          new FrameSplitter(frameBytes).push(bytes.slice(), (frame) => this.sent.push({ serverId, frame })),
        bufferedBytes: () => 0,
        disconnect: (serverId) => {
          this.closed.push(serverId);
        },
        connectTo: () => {},
      },
      clock: { monotonicMs: () => this.#nowMs, wallMs: () => 1_800_000_000_000 + this.#nowMs },
      scheduler: {
        defer: (task) => this.#due.push(task),
        every: (_periodMs, task) => {
          this.#periodic.add(task);
          return () => this.#periodic.delete(task);
        },
      },
      entropy: {
        uint32: () => prng.uint32(),
        bytes: (length) => prng.bytes(length),
        hmac: (secret, message) => createHmac('sha256', secret).update(message).digest(),
        hashBase64: (algorithm, message) => createHash(algorithm).update(message).digest('base64'),
        md5: (message) => createHash('md5').update(message).digest(),
      },
      log: this.log,
      fatal: (error) => {
        this.fatal ??= error;
      },
    });
  }

  get raft() {
    return this.member.running!.replica.raft;
  }

  async start(): Promise<void> {
    const started = this.member.start();
    await this.settle();
    await started;
  }

  /** Everything that is due, the disk's answers among it. */
  async settle(): Promise<void> {
    for (;;) {
      await settled();
      const tasks = this.#due.splice(0);
      if (tasks.length === 0) return;
      for (const task of tasks) task();
    }
  }

  async tick(times = 1): Promise<void> {
    for (; times > 0; times--) {
      this.#nowMs += 20;
      for (const task of [...this.#periodic]) task();
      await this.settle();
    }
  }

  /** A link with this member, and its hello. */
  greet(hello: Hello): void {
    this.member.linkUp(hello.serverId);
    this.member.received(hello.serverId, greetingOf(hello));
  }

  receive(serverId: number, bytes: Uint8Array): void {
    this.member.received(serverId, bytes);
  }

  /** Genesis, with the others as the test plays them. @returns what member 2 was granted */
  async begin(): Promise<Grant> {
    await this.start();
    const seen = (other: number) =>
      new Map([
        [1, this.member.links.self.instance],
        [other, other * 100],
      ]);
    this.greet(helloOf(2, { seen: seen(3) }));
    this.greet(helloOf(3, { seen: seen(2) }));
    await this.tick(30);
    const granted = this.sent.find(({ serverId, frame }) => serverId === 2 && frame[0] === PeerFrame.grant);
    if (granted === undefined) throw new Error(`no genesis: ${this.member.reason}`);
    const grant = readGrant(new FieldReader(granted.frame.subarray(1), peerFormat));
    for (const serverId of [2, 3]) this.greetAgain(serverId, grant.clusterId);
    await this.tick(30);
    if (this.member.running === undefined) throw new Error(`does not run: ${this.member.reason}`);
    return grant;
  }

  /** The link with this running member of the cluster, new. */
  greetAgain(serverId: number, clusterId: string): void {
    this.greet(helloOf(serverId, { clusterId, raftId: serverId, started: true, running: true }));
  }
}
