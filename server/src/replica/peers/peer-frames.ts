/**
 * Frames between members: [u32 length][u8 kind][payload]. Raft's own messages are one kind among them (raft-codec.ts).
 *
 * Each link is spoken in the greatest version that both ends have. Members of one version may be builds of different age. So a frame may get fields behind its last one, which older builds do not
 * look at, and there may be new kinds, which older builds leave out: what is sent so must be of use without being understood by
 * everybody. Whatever else changes is another version, which is sent only over links that are spoken in it. In all versions a link begins with a
 * hello, and a hello with version and server id.
 */
import type { Recovery } from 'raft-ts-lite';
import type { FieldReader } from '../../codec/field-reader.ts';
import { FIRST_LEVEL_ONLY, type LevelRange } from '../../model/feature-level.ts';
import type { Outbox } from './outbox.ts';
import { OtherVersion, PeerProtocolError } from './peer-format.ts';

export const PeerFrame = {
  hello: 1,
  /** Makes an empty process a member: at genesis, or when the leader admits it later. */
  grant: 2,
  /** The receiver's data belong to a member that was removed. */
  outdated: 3,
  raft: 4,
  forward: 5,
  forwardPosition: 6,
  touch: 7,
  digest: 8,
  keepAlive: 9,
  /** A leader's word on its disk (leader-space.ts). */
  space: 10,
  /** A client's reconfig and what becomes of it (reconfig-frames.ts): from the feature level on that knows them. */
  reconfigAsked: 11,
  reconfigAnswer: 12,
  /** What a person wants to know of another member than the one they ask, and the answer (question-frames.ts). */
  asked: 13,
  told: 14,
} as const;
export type PeerFrame = (typeof PeerFrame)[keyof typeof PeerFrame];

const knownKinds: ReadonlySet<number> = new Set(Object.values(PeerFrame));

/** Whether this build knows what to do with it. */
export function isKnownKind(kind: number): kind is PeerFrame {
  return knownKinds.has(kind);
}

/** Nothing of a removed member is proposed or counted any more. Raft's own frames may come of a configuration that is not known here yet. */
export function isForMembersOnly(kind: number): boolean {
  return (
    kind === PeerFrame.forward ||
    kind === PeerFrame.touch ||
    kind === PeerFrame.digest ||
    kind === PeerFrame.reconfigAsked ||
    kind === PeerFrame.asked
  );
}

/** Of this protocol, that this build speaks: with each neighbour the greatest that both have. */
export const PEER_VERSIONS = { least: 1, greatest: 1 } as const;

/** Longest hello, kind included: far more than one that names every member comes to. Who has not said hello yet is kept no more of. */
export const MAX_HELLO_BYTES = 16 * 1024;

/** The first frame on every link, and again whenever any of it changes. */
export interface Hello {
  /** That this link is spoken in. */
  readonly version: number;
  readonly serverId: number;
  /** Empty where the member has no data. */
  readonly clusterId: string;
  /** 0 where the member has no data. */
  readonly raftId: number;
  /** Raft runs here: a vote may have been given. */
  readonly started: boolean;
  /** This very process has read its disk and takes Raft's frames now. Before, what is sent to it is lost. */
  readonly running: boolean;
  /** Random, new at each start of a process: tells a member that lost its disk twice from one that lost it once. */
  readonly instance: number;
  /** The instances of the others as the sender sees them: by this the receiver knows how fresh the rest is. */
  readonly seen: ReadonlyMap<number, number>;
  /** That its build can run. */
  readonly levels: LevelRange;
  /** In force at what it has applied; 0 where it does not know yet. */
  readonly featureLevel: number;
  /** The forced recovery out of which its cluster came; undefined: none. Members that tell different ones exchange nothing. */
  readonly recovery: Recovery | undefined;
}

/** What a member without data says of itself. */
export function ofNobody(
  serverId: number,
  instance: number,
  levels: LevelRange,
): Omit<Hello, 'seen' | 'version'> {
  return {
    serverId,
    clusterId: '',
    raftId: 0,
    started: false,
    running: false,
    instance,
    levels,
    featureLevel: 0,
    recovery: undefined,
  };
}

/** Begins a frame; give the result to `endFrame`. */
export function beginFrame(writer: Outbox, kind: number): number {
  const start = writer.length;
  writer.u32(0);
  writer.u8(kind);
  return start;
}

/** Writes the frame's length into its prefix; it may leave now. Throws OversizedFrame. */
export function endFrame(writer: Outbox, start: number): void {
  writer.frameEnded(start, LENGTH_BYTES);
}

const LENGTH_BYTES = 4;
/** A server id and an instance. */
const SEEN_BYTES = 16;
const STARTED_BIT = 1;
const RUNNING_BIT = 2;

export function writeHello(writer: Outbox, hello: Hello): void {
  const start = beginFrame(writer, PeerFrame.hello);
  writer.u32(hello.version);
  writer.f64(hello.serverId);
  writer.text(hello.clusterId);
  writer.f64(hello.raftId);
  writer.u8((hello.started ? STARTED_BIT : 0) | (hello.running ? RUNNING_BIT : 0));
  writer.f64(hello.instance);
  writer.u32(hello.seen.size);
  for (const [serverId, instance] of hello.seen) {
    writer.f64(serverId);
    writer.f64(instance);
  }
  writer.u32(hello.levels.lowest);
  writer.u32(hello.levels.highest);
  writer.u32(hello.featureLevel);
  writeRecovery(writer, hello.recovery);
  endFrame(writer, start);
}

/** Zeros: there was none. */
function writeRecovery(writer: Outbox, recovery: Recovery | undefined): void {
  writer.f64(recovery?.number ?? 0);
  writer.f64(recovery?.survivor ?? 0);
  writer.f64(recovery?.index ?? 0);
  writer.f64(recovery?.term ?? 0);
}

/** The beginning of a hello: all that members of other versions read of it, and what they are told. */
export function writeVersion(writer: Outbox, serverId: number): void {
  const start = beginFrame(writer, PeerFrame.hello);
  writer.u32(PEER_VERSIONS.greatest);
  writer.f64(serverId);
  endFrame(writer, start);
}

/** The hello of the member `expected`. Throws OtherVersion, or PeerProtocolError where it is none, or another's. */
export function readHelloOf(expected: number, reader: FieldReader): Hello {
  const hello = readHello(reader);
  if (hello.serverId === expected) return hello;
  throw new PeerProtocolError(`member ${hello.serverId} said hello; expected member ${expected}`);
}

/** Throws OtherVersion, or PeerProtocolError where it is none. */
export function readHello(reader: FieldReader): Hello {
  const version = reader.u32();
  const serverId = reader.whole();
  if (version < PEER_VERSIONS.least || version > PEER_VERSIONS.greatest) {
    throw new OtherVersion('peer protocol', serverId, version, PEER_VERSIONS.greatest);
  }
  const fixed = {
    version,
    serverId,
    clusterId: reader.text(),
    raftId: reader.whole(),
    ...readStanding(reader),
    instance: reader.whole(),
  };
  const seen = new Map<number, number>();
  for (let left = reader.count(SEEN_BYTES); left > 0; left--) seen.set(reader.whole(), reader.whole());
  return { ...fixed, seen, ...readLevels(reader), recovery: readRecovery(reader) };
}

/** Builds from before there were feature levels end their hello before them. */
function readLevels(reader: FieldReader): Pick<Hello, 'levels' | 'featureLevel'> {
  if (reader.remaining === 0) return { levels: FIRST_LEVEL_ONLY, featureLevel: 0 };
  return { levels: { lowest: reader.u32(), highest: reader.u32() }, featureLevel: reader.u32() };
}

/** Builds from before there were forced recoveries end their hello before it. */
function readRecovery(reader: FieldReader): Recovery | undefined {
  if (reader.remaining === 0) return undefined;
  const number = reader.whole();
  const recovery = { number, survivor: reader.whole(), index: reader.whole(), term: reader.whole() };
  return number === 0 ? undefined : recovery;
}

function readStanding(reader: FieldReader): Pick<Hello, 'started' | 'running'> {
  const bits = reader.u8();
  return { started: (bits & STARTED_BIT) !== 0, running: (bits & RUNNING_BIT) !== 0 };
}

/** What makes a process a member: given at genesis to all, later by the leader to each one that joins. */
export interface Grant {
  readonly clusterId: string;
  readonly raftId: number;
  readonly secret: Uint8Array;
  /** The configuration with which the cluster began, encoded. */
  readonly genesis: Uint8Array;
  /** The `instance` of the hello that it answers. */
  readonly instance: number;
}

export function writeGrant(writer: Outbox, grant: Grant): void {
  const start = beginFrame(writer, PeerFrame.grant);
  writer.text(grant.clusterId);
  writer.f64(grant.raftId);
  writer.block(grant.secret);
  writer.block(grant.genesis);
  writer.f64(grant.instance);
  endFrame(writer, start);
}

export function readGrant(reader: FieldReader): Grant {
  return {
    clusterId: reader.text(),
    raftId: reader.whole(),
    secret: reader.block().slice(),
    genesis: reader.block().slice(),
    instance: reader.whole(),
  };
}

/** Tells a member that its data belong to an id that the cluster has removed. */
export interface Outdated {
  readonly clusterId: string;
  /** Of the leader that the teller follows, or is. */
  readonly term: number;
}

export function writeOutdated(writer: Outbox, { clusterId, term }: Outdated): void {
  const start = beginFrame(writer, PeerFrame.outdated);
  writer.text(clusterId);
  writer.f64(term);
  endFrame(writer, start);
}

export function readOutdated(reader: FieldReader): Outdated {
  return { clusterId: reader.text(), term: reader.whole() };
}
