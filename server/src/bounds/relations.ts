import { type Bounds, FRAME_ROOM_BYTES } from './bounds.ts';
import type { Limits } from './limits.ts';

/** All that is related: what the parts are given, and what the configuration limits. */
export type Sides = Bounds & Limits;

/** Two bounds of which one relies on the other. */
export interface Relation {
  /** The first must be at least the second, and as much more as `room` says: bytes, or another bound. */
  readonly atLeast: readonly [keyof Sides, keyof Sides];
  readonly room: number | keyof Sides;
  /** Who relies on it, and what would happen. */
  readonly because: string;
}

function relation(
  larger: keyof Sides,
  smaller: keyof Sides,
  because: string,
  room: Relation['room'] = 0,
): Relation {
  return { atLeast: [larger, smaller], room, because };
}

/** What the larger side must be at least. */
export function least({ atLeast: [, smaller], room }: Relation, sides: Sides): number {
  return sides[smaller] + (typeof room === 'number' ? room : sides[room]);
}

export const RELATIONS: readonly Relation[] = [
  relation('sessions', 'connections', 'each connection has one'),
  relation('outstandingRequests', 'connections', 'or some connection could never ask anything'),
  relation('treeBytes', 'requestBytes', 'or one node could not fit'),
  relation('snapshotRecordBytes', 'requestBytes', 'or a node could be written that no snapshot brings back'),
  relation(
    'peerFrameBytes',
    'requestBytes',
    'a request goes to the leader, and from it to the others, in one frame',
    FRAME_ROOM_BYTES / 2,
  ),
  relation('peerFrameBytes', 'forwardFrameBytes', 'members refuse longer frames', FRAME_ROOM_BYTES / 2),
  relation('peerFrameBytes', 'appendBytes', 'members refuse longer frames', FRAME_ROOM_BYTES / 2),
  relation('peerFrameBytes', 'snapshotChunkBytes', 'members refuse longer frames', FRAME_ROOM_BYTES / 2),
  relation('peerFrameBytes', 'toldBytes', 'members refuse longer frames', FRAME_ROOM_BYTES / 2),
  relation(
    'toldBytes',
    'askedBytes',
    'a question can be long for the list that it holds, and so is its answer',
  ),
  relation('toldWindowBytes', 'toldBytes', 'or nothing could be asked of a member'),
  relation(
    'linkBufferBytes',
    'peerFrameBytes',
    'the longest frame behind answers to questions does not close its link',
    'toldWindowBytes',
  ),
  relation('inflightBytes', 'appendBytes', 'a follower must be able to have one whole append under way'),
  relation(
    'linkBufferBytes',
    'peerFrameBytes',
    'the longest frame behind a window of appends does not close its link',
    'inflightBytes',
  ),
  relation(
    'linkBufferBytes',
    'peerFrameBytes',
    'the longest frame behind a window of commands does not close its link',
    'forwardWindowBytes',
  ),
  relation(
    'forwardWindowBytes',
    'forwardFrameBytes',
    'a frame that the window has no room for would never be full',
  ),
  relation(
    'uncommittedBytes',
    'forwardFrameBytes',
    'the leader proposes no more at once than fits into a frame',
  ),
  relation('pendingBytes', 'requestBytes', 'a member must be able to take any request'),
  relation(
    'pendingBytes',
    'forwardWindowBytes',
    'what was handed to the leader is among what a member holds for its clients',
  ),
  relation('pendingBytes', 'heldBytes', 'one connection alone must not stop all others'),
  relation('clientMemoryBytes', 'owedBytes', 'what one client may be owed must not close others'),
  relation('clientMemoryBytes', 'pendingBytes', 'what is on its way through the log is held as well'),
  relation('owedBytes', 'requestBytes', 'the data of one request must be readable in one reply'),
  relation('owedBytes', 'unsentBytes', 'a client is made to wait before it is sent away'),
  relation('owedBytes', 'answerBytes', 'a client must be able to get the longest answer'),
  relation('turnSteps', 'pieceNodes', 'or a turn would apply a multiple of what it may'),
  relation(
    'bootNumbers',
    'spareNumbers',
    'the next numbers are reserved, from the middle on, long before these run short',
    'spareNumbers',
  ),
  relation('proofDelayMs', 'proofDelayStepMs', 'the first wait is no longer than the longest'),
  relation('httpConnections', 'httpConnectionsPerAddress', 'one address has a share of the whole'),
  relation('httpRequests', 'httpRequestsPerAddress', 'one address has a share of the whole'),
  relation('httpWatches', 'httpWatchesPerAddress', 'one address has a share of the whole'),
  relation('httpWalks', 'httpWalksPerAddress', 'one address has a share of the whole'),
  relation('httpWatches', 'httpWalks', 'a walk has a place among the watches'),
  relation('httpWatchesPerAddress', 'httpWalksPerAddress', 'a walk has a place among the watches'),
  relation(
    'httpConnections',
    'httpRequests',
    'watches and requests leave connections for probes',
    'httpWatches',
  ),
  relation(
    'httpSessions',
    'httpRequests',
    'each request and each watch may be of another caller',
    'httpWatches',
  ),
  relation('httpBodyBytes', 'requestBytes', 'any value must be writable, as JSON as well', 'requestBytes'),
  relation('httpImportBytes', 'requestBytes', 'any value must be importable', 'requestBytes'),
  relation('httpPatienceMs', 'httpHeartbeatMs', 'a watch that is quiet is not given up'),
  relation(
    'httpConnections',
    'windowRequests',
    'the window leaves connections for programs and probes',
    'httpRequests',
  ),
  relation('handshakes', 'handshakesPerAddress', 'one address has a share of the whole'),
  relation('strangers', 'strangersPerAddress', 'one address has a share of the whole'),
];

/** Where a side is a setting of the configuration: its name. */
const settings: Partial<Record<keyof Sides, string>> = {
  requestBytes: 'client.maxFrameBytes',
  connections: 'limits.connections',
  sessions: 'limits.sessions',
  outstandingRequests: 'limits.outstandingRequests',
  treeBytes: 'limits.treeBytes',
};

export interface BrokenRelation {
  /** To blame; undefined where no setting has a part in it. */
  readonly setting: string | undefined;
  /** For a person: names both sides, but for the setting to blame where that is the one which is too small. */
  readonly problem: string;
}

/** Empty where all relations hold. */
export function brokenRelations(bounds: Bounds, limits: Limits): BrokenRelation[] {
  const sides: Sides = { ...bounds, ...limits };
  const named = (side: keyof Sides): string => `${settings[side] ?? side} (${sides[side]})`;
  const broken = RELATIONS.filter((each) => sides[each.atLeast[0]] < least(each, sides));
  return broken.map(({ atLeast: [larger, smaller], room, because }) => {
    const more = typeof room === 'number' ? `${room} more` : `${named(room)} together`;
    const needed = room === 0 ? '' : ` and ${more}`;
    const subject = settings[larger] === undefined ? `${named(larger)} ` : '';
    const problem = `${subject}must be at least ${named(smaller)}${needed}: ${because}`;
    return { setting: settings[larger] ?? settings[smaller], problem };
  });
}

/** Throws where the bounds do not agree: a member that started all the same would stop under load. */
export function checkBounds(bounds: Bounds, limits: Limits): void {
  const broken = brokenRelations(bounds, limits);
  if (broken.length === 0) return;
  throw new RangeError(broken.map(({ setting, problem }) => `${setting ?? 'bounds'}: ${problem}`).join('; '));
}
