import { STAT_BYTES } from '../../../testkit/src/wire/replies.ts';
import { EVENT_XID, frame, int, long, op, text } from '../../../testkit/src/wire/requests.ts';

/** Something that a member may not do, and that the programs have to notice. */
export interface Lie {
  readonly name: string;
  /** The group of checks that has to find it wrong; `writes`: what is counted in the end. */
  readonly caughtBy: string;
  /** The member is not to see that clients go. */
  readonly hidesEnds?: true;
  /** What the client is told instead of the frame that the member sent, by the operation that it answers (0: none). */
  reply?(operation: number, reply: Buffer): Buffer | 'dropped';
  /** What the client is told at once, and the member never hears of the frame; undefined: it is handed on. */
  forgedReply?(operation: number, request: Buffer): Buffer | undefined;
}

/** Offsets in a frame: its length, then int xid, long zxid, int err. */
const ERR_OFFSET = 16;
const BODY_OFFSET = 20;
/** In a stat: behind czxid, mzxid, ctime and mtime. */
const VERSION_OFFSET = 32;

const NO_NODE = -101;
const CREATE2 = 15;
const GET_CHILDREN2 = 12;
/** The write that is acknowledged and never made. */
const LOST_WRITE = 7;

function toldAsMissing(name: string, error: number, caughtBy: string): Lie {
  return {
    name,
    caughtBy,
    reply: (_, reply) => {
      if (reply.length >= BODY_OFFSET && reply.readInt32BE(ERR_OFFSET) === error)
        reply.writeInt32BE(NO_NODE, ERR_OFFSET);
      return reply;
    },
  };
}

function acknowledged(request: Buffer, ...body: readonly Buffer[]): Buffer {
  return frame(int(request.readInt32BE(4)), long(0), int(0), ...body);
}

export const lies: readonly Lie[] = [
  toldAsMissing('a node that exists is told as none', -110, 'create'),
  toldAsMissing('a bad version is told as no node', -103, 'bad-version'),
  toldAsMissing('children in the way are told as no node', -111, 'not-empty'),
  toldAsMissing('a lack of rights is told as no node', -102, 'acl'),
  {
    name: 'versions are one too high',
    caughtBy: 'get-set',
    reply: (operation, reply) => {
      const stat = reply.length - STAT_BYTES;
      if (operation === op.getData && stat > BODY_OFFSET)
        reply.writeInt32BE(reply.readInt32BE(stat + VERSION_OFFSET) + 1, stat + VERSION_OFFSET);
      return reply;
    },
  },
  {
    name: 'a child has another name',
    caughtBy: 'children',
    reply: (operation, reply) => {
      const hasNames = operation === op.getChildren || operation === GET_CHILDREN2;
      // The number of names, the length of the first one, and that one.
      if (hasNames && reply.length > BODY_OFFSET + 8 && reply.readInt32BE(BODY_OFFSET) > 0)
        reply.write('z', BODY_OFFSET + 8, 'latin1');
      return reply;
    },
  },
  {
    name: 'watches never fire',
    caughtBy: 'data-watch',
    reply: (_, reply) => (reply.readInt32BE(4) === EVENT_XID ? 'dropped' : reply),
  },
  {
    name: 'a session outlives its end',
    caughtBy: 'ephemeral',
    hidesEnds: true,
    forgedReply: (operation, request) => (operation === op.closeSession ? acknowledged(request) : undefined),
  },
  {
    name: 'a write is acknowledged and never made',
    caughtBy: 'writes',
    forgedReply: (operation, request) => {
      if (operation !== op.create && operation !== CREATE2) return undefined;
      const path = request.subarray(16, 16 + request.readInt32BE(12)).toString('utf8');
      if (!path.endsWith(`/writes/${LOST_WRITE}`)) return undefined;
      const stat = operation === CREATE2 ? [Buffer.alloc(STAT_BYTES)] : [];
      return acknowledged(request, text(path), ...stat);
    },
  },
];
