import { type Bounds, frameRoomBytes } from './bounds.ts';

/** Two bounds of which one relies on the other. */
export interface Relation {
  /** The first must be at least the second, and as much more as `room` says: bytes, or another bound. */
  readonly atLeast: readonly [keyof Bounds, keyof Bounds];
  readonly room: number | keyof Bounds;
  /** Who relies on it, and what would happen. */
  readonly because: string;
}

function relation(
  larger: keyof Bounds,
  smaller: keyof Bounds,
  because: string,
  room: Relation['room'] = 0,
): Relation {
  return { atLeast: [larger, smaller], room, because };
}

/** What the larger side must be at least. */
export function least({ atLeast: [, smaller], room }: Relation, bounds: Bounds): number {
  return bounds[smaller] + (typeof room === 'number' ? room : bounds[room]);
}

export const RELATIONS: readonly Relation[] = [
  relation(
    'peerFrameBytes',
    'requestBytes',
    'a request goes to the leader, and from it to the others, in one frame',
    frameRoomBytes / 2,
  ),
  relation('peerFrameBytes', 'forwardFrameBytes', 'members refuse longer frames', frameRoomBytes / 2),
  relation('peerFrameBytes', 'appendBytes', 'members refuse longer frames', frameRoomBytes / 2),
  relation('peerFrameBytes', 'snapshotChunkBytes', 'members refuse longer frames', frameRoomBytes / 2),
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
  relation('httpConnections', 'httpConnectionsPerAddress', 'one address has a share of the whole'),
  relation('strangers', 'strangersPerAddress', 'one address has a share of the whole'),
];

/** What is wrong, for a person: names both sides. Empty where all relations hold. */
export function brokenRelations(bounds: Bounds): string[] {
  const broken = RELATIONS.filter((each) => bounds[each.atLeast[0]] < least(each, bounds));
  return broken.map(({ atLeast: [larger, smaller], room, because }) => {
    const more = typeof room === 'number' ? `${room} more` : `${room} (${bounds[room]}) together`;
    const needed = room === 0 ? '' : ` and ${more}`;
    return `${larger} (${bounds[larger]}) must be at least ${smaller} (${bounds[smaller]})${needed}: ${because}`;
  });
}

/** Throws where the bounds do not agree: a member that started all the same would stop under load. */
export function checkBounds(bounds: Bounds): void {
  const broken = brokenRelations(bounds);
  if (broken.length > 0) throw new RangeError(broken.join('; '));
}
