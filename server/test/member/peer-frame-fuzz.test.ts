import { type EntryKind, type Message, MessageType } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { FieldReader } from '../../src/codec/field-reader.ts';
import { KEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { unfitForward } from '../../src/replica/command-check.ts';
import { PeerProtocolError, peerFormat } from '../../src/replica/peers/peer-format.ts';
import { type Grant, PeerFrame, readHelloOf } from '../../src/replica/peers/peer-frames.ts';
import { readRaftMessage } from '../../src/replica/peers/raft-codec.ts';
import { configOf } from '../connections/ensemble.ts';
import { helloOf } from '../replica/hellos.ts';
import { LoneMember, threeVoters } from './lone-member.ts';
import { bytesOf, type Moment, PEER_FRAMES, RAFT_MESSAGES, writeRaft } from './peer-frame-table.ts';

const config = configOf(1, threeVoters, {});

/** Length, kind. */
const prefixBytes = 5;
const leader = 2;

/** What no frame may change that is not wholly valid. */
function vitals({ raft, member }: LoneMember): string {
  const { term, commit, lastIndex, leader: known, role } = raft;
  return JSON.stringify({
    term,
    commit,
    lastIndex,
    known,
    role,
    applied: member.running!.replica.appliedIndex,
  });
}

/** A member that runs, and follows member 2 in term 1 or leads. */
class Subject {
  lone!: LoneMember;
  grant!: Grant;
  readonly #leads: boolean;

  constructor(leads: boolean) {
    this.#leads = leads;
  }

  async begin(): Promise<void> {
    this.lone = new LoneMember(config);
    this.grant = await this.lone.begin();
    if (this.#leads) await this.#elect();
    else await this.#follow();
  }

  /** Hears of a leader by an append. */
  async #follow(): Promise<void> {
    const { lone } = this;
    const entry = { index: 4, term: 1, kind: 2 as const, data: new Uint8Array(0) };
    const append: Message = {
      type: MessageType.append,
      from: leader,
      to: 1,
      term: 1,
      prevIndex: 3,
      prevTerm: 0,
      commit: 4,
      entries: [entry],
    };
    lone.receive(
      leader,
      bytesOf((outbox) => writeRaft(outbox, append)),
    );
    await lone.settle();
    if (lone.raft.leader !== leader) throw new Error('follows nobody');
  }

  /** Campaigns, and member 2 says yes to everything. */
  async #elect(): Promise<void> {
    const { lone } = this;
    const answer = (message: Message): void =>
      lone.receive(
        leader,
        bytesOf((outbox) => writeRaft(outbox, message)),
      );
    for (let ticks = 0; ticks < 500 && !lone.member.running!.replica.leading; ticks++) {
      await lone.tick();
      for (const { serverId, frame } of lone.sent.splice(0)) {
        if (serverId !== leader || frame[0] !== PeerFrame.raft) continue;
        const { type, term, ...rest } = readRaftMessage(new FieldReader(frame.subarray(1), peerFormat));
        const envelope = { from: leader, to: 1, term };
        if (type === MessageType.preVote)
          answer({ type: MessageType.preVoteResponse, ...envelope, granted: true });
        if (type === MessageType.vote) answer({ type: MessageType.voteResponse, ...envelope, granted: true });
        if (type === MessageType.append && 'entries' in rest) {
          const index = rest.prevIndex + rest.entries.length;
          answer({
            type: MessageType.appendResponse,
            ...envelope,
            accepted: true,
            index,
            hintIndex: 0,
            hintTerm: 0,
          });
        }
        await lone.settle();
      }
    }
    if (!lone.member.running!.replica.leading) throw new Error('leads nobody');
  }

  get moment(): Moment {
    const { raft } = this.lone;
    const { term, commit, lastIndex } = raft;
    return { grant: this.grant, term, commit, lastIndex, lastTerm: term, serverId: leader };
  }

  /** Takes in a frame as it comes from member 2, whose link stands again afterwards. */
  async take(bytes: Uint8Array, what: string): Promise<void> {
    const { lone } = this;
    const before = vitals(lone);
    const buffersBefore = process.memoryUsage().arrayBuffers;
    try {
      lone.receive(leader, bytes);
      await lone.settle();
    } catch (error) {
      throw new Error(`${what}: thrown by ${Buffer.from(bytes).toString('hex')}`, { cause: error });
    }
    expect(lone.fatal, `${what}: ended by ${Buffer.from(bytes).toString('hex')}`).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - buffersBefore, `${what}: memory`).toBeLessThan(
      64 * 1024 * 1024,
    );
    if (vitals(lone) !== before) {
      expect(isWhole(bytes), `${what}: ${before} became ${vitals(lone)}`).toBe(true);
      await this.begin();
    } else if (lone.closed.splice(0).length > 0) await this.linkAgain();
  }

  /** A new link of member 2, over which it is what it was. */
  async linkAgain(): Promise<void> {
    const { lone } = this;
    lone.member.linkDown(leader);
    lone.greetAgain(leader, this.grant.clusterId);
    await lone.settle();
    if (this.#leads) return;
    lone.receive(
      leader,
      bytesOf((outbox) => writeRaft(outbox, RAFT_MESSAGES.heartbeat(this.moment))),
    );
    await lone.settle();
  }
}

/** Whether these bytes are what a member writes for some message or requests: then they may change what they speak of. */
function isWhole(bytes: Uint8Array): boolean {
  const reader = new FieldReader(bytes.subarray(prefixBytes), peerFormat);
  try {
    if (bytes[4] === PeerFrame.raft) {
      const message = readRaftMessage(reader);
      return Buffer.from(bytesOf((outbox) => writeRaft(outbox, message))).equals(bytes);
    }
    if (bytes[4] === PeerFrame.hello) return readHelloOf(leader, reader).serverId === leader;
    if (bytes[4] !== PeerFrame.forward) return false;
    reader.f64();
    let fit = true;
    for (let left = reader.u32(); left > 0; left--)
      fit &&= unfitForward(reader.block(), leader, KEEPER_LEVEL) === undefined;
    return fit && reader.remaining === 0;
  } catch (error) {
    if (error instanceof PeerProtocolError) return false;
    throw error;
  }
}

/** The frame with its length as it is. */
function measured(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, bytes.length - 4);
  return bytes;
}

const raftFrames = (Object.keys(RAFT_MESSAGES) as (keyof typeof RAFT_MESSAGES)[]).map(
  (type) =>
    [
      `raft ${type}`,
      (moment: Moment) => bytesOf((out) => writeRaft(out, RAFT_MESSAGES[type](moment))),
    ] as const,
);
const otherFrames = (Object.keys(PEER_FRAMES) as (keyof typeof PEER_FRAMES)[])
  .filter((kind) => kind !== 'raft')
  .map((kind) => [kind, (moment: Moment) => bytesOf((out) => PEER_FRAMES[kind](out, moment))] as const);
const frames = [...otherFrames, ...raftFrames];

test('every kind of frame, and every type of Raft message, is among those that are tried', () => {
  expect(Object.keys(PEER_FRAMES).sort()).toEqual(Object.keys(PeerFrame).sort());
  expect(Object.keys(RAFT_MESSAGES).sort()).toEqual(Object.keys(MessageType).sort());
  const moment = { term: 1, lastIndex: 4, lastTerm: 1, commit: 4, serverId: 2 };
  const grant: Grant = {
    clusterId: 'c',
    raftId: 1,
    secret: new Uint8Array(32),
    genesis: new Uint8Array(0),
    instance: 1,
  };
  for (const kind of Object.keys(PEER_FRAMES) as (keyof typeof PEER_FRAMES)[]) {
    expect(bytesOf((out) => PEER_FRAMES[kind](out, { ...moment, grant }))[4]).toBe(PeerFrame[kind]);
  }
  for (const type of Object.keys(RAFT_MESSAGES) as (keyof typeof RAFT_MESSAGES)[]) {
    expect(RAFT_MESSAGES[type]({ ...moment, grant }).type).toBe(MessageType[type]);
  }
});

describe.each([
  ['follows', false],
  ['leads', true],
])('a member that %s', (_role, leads) => {
  test.each(frames)(
    'takes nothing from a %s that is cut short, wherever, and goes on',
    async (what, frameAt) => {
      const subject = new Subject(leads);
      await subject.begin();
      const whole = frameAt(subject.moment);
      for (let length = prefixBytes; length < whole.length; length++) {
        await subject.take(measured(frameAt(subject.moment).slice(0, length)), `${what} of ${length} bytes`);
      }
    },
  );

  test.each(frames)(
    'takes from a %s with a huge number, wherever, no more than it holds',
    async (what, frameAt) => {
      const subject = new Subject(leads);
      await subject.begin();
      const { length } = frameAt(subject.moment);
      for (let at = 0; at + 4 <= length; at++) {
        for (const huge of [0xffffffff, 0x7fffffff, 0x00ffffff]) {
          const bytes = frameAt(subject.moment);
          new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, huge);
          await subject.take(bytes, `${what} with ${huge} at ${at}`);
          // What was announced may still be to come.
          if (at < 4) await subject.linkAgain();
        }
      }
    },
  );

  test.each(frames)(
    'changes by a %s with wrong bytes nothing but what these bytes say whole',
    async (what, frameAt) => {
      const subject = new Subject(leads);
      await subject.begin();
      for (let seed = 1; seed <= 150; seed++) {
        const prng = new Prng(seed, what);
        const bytes = frameAt(subject.moment);
        for (let changes = 1 + prng.below(3); changes > 0; changes--) {
          const at = 4 + prng.below(bytes.length - 4);
          bytes[at] = prng.pick([0, 0x7f, 0xff, 1, bytes[at]! ^ (1 << prng.below(8)), prng.below(256)]);
        }
        await subject.take(bytes, `${what}, seed ${seed}`);
      }
    },
  );
});

test('an entry of a kind that only a newer version knows is not taken, and the log says so', async () => {
  const subject = new Subject(false);
  await subject.begin();
  const { lone } = subject;
  const before = vitals(lone);
  const message = RAFT_MESSAGES.append(subject.moment);
  if (!('entries' in message)) throw new Error('no append');
  const entries = message.entries.map((entry) => ({ ...entry, kind: 3 as EntryKind }));
  lone.receive(
    leader,
    bytesOf((out) => writeRaft(out, { ...message, entries })),
  );
  await lone.settle();
  expect(vitals(lone)).toBe(before);
  expect(lone.closed).toEqual([]);
  expect(lone.log.of('warn', 'what this version cannot read').map(({ fields }) => fields.reason)).toEqual([
    'an entry of kind 3, which this member does not know',
  ]);
});

describe('a member that joins', () => {
  /** One whose disk is empty, while member 2 runs. */
  async function joining(): Promise<LoneMember> {
    const lone = new LoneMember(config);
    await lone.start();
    lone.greet(helloOf(2, { clusterId: 'c', raftId: 2, started: true, running: true }));
    await lone.settle();
    return lone;
  }

  test('becomes by a grant with wrong bytes no member that cannot start again', async () => {
    const { grant } = await (async () => {
      const subject = new Subject(false);
      await subject.begin();
      return subject;
    })();
    for (let seed = 1; seed <= 600; seed++) {
      const what = `grant, seed ${seed}`;
      const prng = new Prng(seed, 'grant');
      const lone = await joining();
      const { instance } = lone.member.links.self;
      const bytes = bytesOf((out) =>
        PEER_FRAMES.grant(out, {
          grant: { ...grant, clusterId: 'c', instance },
          term: 1,
          lastIndex: 4,
          lastTerm: 1,
          commit: 4,
          serverId: 2,
        }),
      );
      for (let changes = prng.below(3); changes > 0; changes--) {
        const at = 4 + prng.below(bytes.length - 4);
        bytes[at] = prng.pick([0, 0x7f, 0xff, bytes[at]! ^ (1 << prng.below(8)), prng.below(256)]);
      }
      const cut = prng.chance(0.2) ? measured(bytes.slice(0, 5 + prng.below(bytes.length - 5))) : bytes;
      try {
        lone.receive(2, cut);
        await lone.tick(10);
      } catch (error) {
        throw new Error(`${what}: thrown by ${Buffer.from(cut).toString('hex')}`, { cause: error });
      }
      expect(lone.fatal, `${what}: ended by ${Buffer.from(cut).toString('hex')}`).toBeUndefined();
      if (lone.member.links.self.clusterId === '') continue;
      lone.volume.kill();
      const again = new LoneMember(config, lone.volume);
      await again.start().catch((error: Error) => {
        throw new Error(`${what}: does not start again after ${Buffer.from(cut).toString('hex')}`, {
          cause: error,
        });
      });
      await again.tick(10);
      expect(again.fatal, `${what}: ${Buffer.from(cut).toString('hex')}`).toBeUndefined();
    }
  });
});
