import { ErrorCode, OpCode } from '@rookery/protocol';
import { EntryKind, Fitness, type Message, MessageType } from 'raft-ts-lite';
import { type CommandHeader, emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { Outbox } from '../../src/replica/peers/outbox.ts';
import {
  beginFrame,
  endFrame,
  type Grant,
  PeerFrame,
  writeGrant,
  writeHello,
  writeOutdated,
} from '../../src/replica/peers/peer-frames.ts';
import { writeAsked, writeTold } from '../../src/replica/peers/question-frames.ts';
import { writeRaftMessage } from '../../src/replica/peers/raft-codec.ts';
import { writeReconfigAnswer, writeReconfigAsked } from '../../src/replica/peers/reconfig-frames.ts';
import { writeForwardPosition } from '../../src/replica/proposal-queue.ts';
import { writeForwards } from '../../src/replica/requests.ts';
import { helloOf } from '../replica/hellos.ts';
import { frameBytes } from './lone-member.ts';

/** What the frames that a member would take now depend on. */
export interface Moment {
  readonly grant: Grant;
  readonly term: number;
  /** Of the receiver's log. */
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly commit: number;
  /** Of the sender. */
  readonly serverId: number;
}

type Write = (outbox: Outbox, moment: Moment) => void;

/** A whole frame of each kind, such as a true member would send it at this moment. */
export const PEER_FRAMES: Readonly<Record<keyof typeof PeerFrame, Write>> = {
  hello: (outbox, { serverId, grant }) =>
    writeHello(
      outbox,
      helloOf(serverId, {
        clusterId: grant.clusterId,
        raftId: serverId,
        started: true,
        running: true,
        seen: new Map([[1, 7]]),
      }),
    ),
  grant: (outbox, { grant }) => writeGrant(outbox, grant),
  outdated: (outbox, { grant }) => writeOutdated(outbox, { clusterId: grant.clusterId, term: 7 }),
  raft: (outbox, moment) => writeRaft(outbox, RAFT_MESSAGES.heartbeat(moment)),
  forward: (outbox, { term, serverId }) =>
    writeForwards(
      outbox,
      term,
      [createSession(serverId, 2 ** 40), createSession(serverId, 2 ** 40 + 1)],
      1_000,
    ),
  forwardPosition: (outbox, { term }) => writeForwardPosition(outbox, term, 5),
  touch: (outbox) =>
    framed(outbox, PeerFrame.touch, () => {
      outbox.u32(2);
      outbox.f64(5);
      outbox.f64(6);
    }),
  digest: (outbox, { commit }) =>
    framed(outbox, PeerFrame.digest, () => {
      outbox.f64(commit);
      outbox.text('0123456789abcdef');
    }),
  keepAlive: (outbox) => framed(outbox, PeerFrame.keepAlive, () => {}),
  reconfigAsked: (outbox) =>
    writeReconfigAsked(outbox, { number: 1, isPermitted: true, record: new Uint8Array(20) }),
  reconfigAnswer: (outbox, { lastIndex }) =>
    writeReconfigAnswer(outbox, { number: 1, err: ErrorCode.ok, index: lastIndex }),
  asked: (outbox) => writeAsked(outbox, { id: 1, question: '{"ask":"report"}' }),
  told: (outbox) => writeTold(outbox, { id: 1, isError: false, text: '{}' }),
  space: (outbox, { term }) =>
    framed(outbox, PeerFrame.space, () => {
      outbox.f64(term);
      outbox.u8(1);
    }),
};

/** A message of each type, such as changes something now where any of its type can. */
export const RAFT_MESSAGES: Readonly<Record<keyof typeof MessageType, (moment: Moment) => Message>> = {
  preVote: (moment) => ({
    ...envelope(moment, 1),
    ...last(moment),
    type: MessageType.preVote,
    transfer: true,
  }),
  preVoteResponse: (moment) => ({ ...envelope(moment, 1), type: MessageType.preVoteResponse, granted: true }),
  vote: (moment) => ({ ...envelope(moment, 1), ...last(moment), type: MessageType.vote, transfer: true }),
  voteResponse: (moment) => ({ ...envelope(moment), type: MessageType.voteResponse, granted: true }),
  append: (moment) => ({
    ...envelope(moment),
    type: MessageType.append,
    prevIndex: moment.lastIndex,
    prevTerm: moment.lastTerm,
    commit: moment.lastIndex + 1,
    entries: [
      { index: moment.lastIndex + 1, term: moment.term, kind: EntryKind.empty, data: new Uint8Array(0) },
      {
        index: moment.lastIndex + 2,
        term: moment.term,
        kind: EntryKind.command,
        data: createSession(moment.serverId, 2 ** 41),
      },
    ],
  }),
  appendResponse: (moment) => ({
    ...envelope(moment),
    type: MessageType.appendResponse,
    accepted: true,
    index: moment.lastIndex,
    hintIndex: 0,
    hintTerm: 0,
  }),
  heartbeat: (moment) => ({
    ...envelope(moment),
    type: MessageType.heartbeat,
    commit: moment.commit,
    round: 1,
  }),
  heartbeatResponse: (moment) => ({
    ...envelope(moment),
    type: MessageType.heartbeatResponse,
    round: 1,
    fitness: Fitness.able,
  }),
  snapshotChunk: (moment) => ({
    ...envelope(moment),
    type: MessageType.snapshotChunk,
    snapshot: {
      index: moment.lastIndex + 100,
      term: moment.term,
      configuration: { index: 3, voters: [1, 2, 3], outgoing: [], learners: [], contexts: contexts() },
    },
    offset: 0,
    data: new Uint8Array(30).fill(7),
    done: false,
  }),
  snapshotResponse: (moment) => ({
    ...envelope(moment),
    type: MessageType.snapshotResponse,
    index: moment.lastIndex,
    offset: 0,
    installed: true,
  }),
  timeoutNow: (moment) => ({ ...envelope(moment), type: MessageType.timeoutNow }),
  readIndex: (moment) => ({ ...envelope(moment), type: MessageType.readIndex, token: 3 }),
  readIndexResponse: (moment) => ({
    ...envelope(moment),
    type: MessageType.readIndexResponse,
    token: 3,
    index: moment.commit,
  }),
  logStatus: (moment) => ({
    ...envelope(moment),
    ...last(moment),
    type: MessageType.logStatus,
    reply: false,
    voters: [1, 2, 3],
  }),
};

/** The bytes of one frame, its length prefix included. */
export function bytesOf(write: (outbox: Outbox) => void): Uint8Array {
  const outbox = new Outbox(frameBytes);
  write(outbox);
  return outbox.takeBytes().slice();
}

export function writeRaft(outbox: Outbox, message: Message): void {
  framed(outbox, PeerFrame.raft, () => writeRaftMessage(outbox, message));
}

function framed(outbox: Outbox, kind: number, write: () => void): void {
  const start = beginFrame(outbox, kind);
  write();
  endFrame(outbox, start);
}

function envelope({ term, serverId }: Moment, ahead = 0) {
  return { from: serverId, to: 1, term: term + ahead };
}

function last({ lastIndex, lastTerm }: Moment) {
  return { lastIndex: lastIndex + 10, lastTerm };
}

function contexts(): Map<number, string> {
  const text = (serverId: number) =>
    JSON.stringify({ serverId, host: 'h', peerPort: 1, clientHost: 'h', clientPort: 2, instance: 3 });
  return new Map([1, 2, 3].map((id) => [id, text(id)]));
}

function createSession(origin: number, requestNumber: number): Uint8Array {
  const header: CommandHeader = { ...emptyCommandHeader(), op: OpCode.createSession, origin, requestNumber };
  // [i32 timeout][i32 identities: none]
  return encodeCommand(header, Uint8Array.of(0, 0, 39, 16, 0, 0, 0, 0));
}
