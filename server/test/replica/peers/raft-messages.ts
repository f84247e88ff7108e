import {
  type Configuration,
  type Entry,
  EntryKind,
  Fitness,
  type Message,
  MessageType,
  type SnapshotMeta,
} from 'raft-ts-lite';
import type { Prng } from '../../../sim/prng.ts';

/** A message of this type with random content: all that Raft may send. */
export function randomMessage(prng: Prng, type: MessageType): Message {
  const envelope = { from: id(prng), to: id(prng), term: whole(prng) };
  switch (type) {
    case MessageType.preVote:
    case MessageType.vote:
      return { type, ...envelope, lastIndex: whole(prng), lastTerm: whole(prng), transfer: prng.chance(0.5) };
    case MessageType.preVoteResponse:
    case MessageType.voteResponse:
      return { type, ...envelope, granted: prng.chance(0.5) };
    case MessageType.append: {
      const entries = Array.from({ length: prng.below(5) }, () => randomEntry(prng));
      return {
        type,
        ...envelope,
        prevIndex: whole(prng),
        prevTerm: whole(prng),
        commit: whole(prng),
        entries,
      };
    }
    case MessageType.appendResponse:
      return {
        type,
        ...envelope,
        accepted: prng.chance(0.5),
        index: whole(prng),
        hintIndex: whole(prng),
        hintTerm: whole(prng),
      };
    case MessageType.heartbeat:
      return { type, ...envelope, commit: whole(prng), round: whole(prng) };
    case MessageType.heartbeatResponse:
      return { type, ...envelope, round: whole(prng), fitness: prng.pick(Object.values(Fitness)) };
    case MessageType.snapshotChunk:
      return {
        type,
        ...envelope,
        snapshot: randomSnapshot(prng),
        offset: whole(prng),
        data: prng.bytes(prng.below(300)),
        done: prng.chance(0.5),
      };
    case MessageType.snapshotResponse:
      return { type, ...envelope, index: whole(prng), offset: whole(prng), installed: prng.chance(0.5) };
    case MessageType.timeoutNow:
      return { type, ...envelope };
    case MessageType.readIndex:
      return { type, ...envelope, token: whole(prng) };
    case MessageType.readIndexResponse:
      return { type, ...envelope, token: whole(prng), index: whole(prng) };
    case MessageType.logStatus:
      return {
        type,
        ...envelope,
        lastIndex: whole(prng),
        lastTerm: whole(prng),
        reply: prng.chance(0.5),
        voters: Array.from({ length: prng.below(6) }, () => id(prng)),
      };
    default:
      return type satisfies never;
  }
}

function randomEntry(prng: Prng): Entry {
  const kind = prng.pick(Object.values(EntryKind));
  return { index: whole(prng), term: whole(prng), kind, data: prng.bytes(prng.below(40)) };
}

function randomSnapshot(prng: Prng): SnapshotMeta {
  return { index: whole(prng), term: whole(prng), configuration: randomConfiguration(prng) };
}

function randomConfiguration(prng: Prng): Configuration {
  const voters = Array.from({ length: 1 + prng.below(5) }, (_, i) => 1 + i * (1 + prng.below(9)));
  const unique = [...new Set(voters)];
  return {
    index: whole(prng),
    voters: unique,
    outgoing: prng.chance(0.3) ? unique.slice(0, 2) : [],
    learners: prng.chance(0.3) ? [whole(prng) + 100] : [],
    contexts: new Map(unique.map((member) => [member, `member ${member} 🐦`])),
  };
}

function id(prng: Prng): number {
  return 1 + whole(prng);
}

/** Small as a rule, and now and then as large as they get. */
function whole(prng: Prng): number {
  return prng.chance(0.2) ? Math.floor(prng.fraction() * 2 ** 52) : prng.below(1000);
}
