import type { Data, Place, Pod, Role, Site, World } from './world.ts';

const HEAD_BYTES = 16;
const SITE_BYTES = 6;
const READ_SET_BYTES = 4;

/** @param readers 0: nothing is kept of them */
export function packedBytes(sites: number, readers: number): number {
  return HEAD_BYTES + SITE_BYTES * (sites + readers) + (readers === 0 ? 0 : READ_SET_BYTES);
}

/** The same bytes for the same state, and for no other. */
export function pack(world: World, into: Uint8Array): Uint8Array {
  into[0] = world.edits | (world.deletion << 4) | bit(world.isHeld, 6) | bit(world.hasSecret, 7);
  into[1] = world.status & 255;
  into[2] = (world.status >> 8) & 255;
  into[3] = world.status >> 16;
  into[4] = world.infrastructure;
  into[5] = world.set;
  into[6] = bit(world.isSetSeen, 0) | (world.setUid << 1) | bit(world.isOrphaned, 2);
  into[7] = world.seenTemplate;
  into[8] = world.appliedInfrastructure;
  into[9] = world.appliedSet;
  into[10] = (world.leader + 1) | ((world.changing + 1) << 4);
  into[11] = packPlace(world.before);
  into[12] = world.faults | (world.losses << 4);
  into[13] = world.crashes;
  into[14] = world.asks | (world.recovery << 4);
  into[15] = world.authority | (world.certificates << 2) | bit(world.isOverlapOver, 5);
  for (const [at, site] of [...world.sites, ...world.readers].entries())
    packSite(site, into, HEAD_BYTES + at * SITE_BYTES);
  if (world.readers.length === 0) return into;
  const rest = into.length - READ_SET_BYTES;
  into[rest] = world.readSet;
  into[rest + 1] = world.seenReadTemplate;
  into[rest + 2] = world.appliedReadSet;
  into[rest + 3] = bit(world.isReadSetSeen, 0);
  return into;
}

export function unpack(from: Uint8Array, sites: number, readers: number): World {
  const all = Array.from({ length: sites + readers }, (_, index) =>
    unpackSite(from, HEAD_BYTES + index * SITE_BYTES),
  );
  const rest = from.length - READ_SET_BYTES;
  const ofReaders = (offset: number): number => (readers === 0 ? 0 : from[rest + offset]!);
  const at = (index: number): number => from[index]!;
  return {
    edits: at(0) & 15,
    deletion: ((at(0) >> 4) & 3) as World['deletion'],
    isHeld: hasBit(at(0), 6),
    hasSecret: hasBit(at(0), 7),
    status: at(1) | (at(2) << 8) | (at(3) << 16),
    infrastructure: at(4),
    set: at(5),
    isSetSeen: hasBit(at(6), 0),
    setUid: ((at(6) >> 1) & 1) as 0 | 1,
    isOrphaned: hasBit(at(6), 2),
    seenTemplate: at(7),
    appliedInfrastructure: at(8),
    appliedSet: at(9),
    leader: (at(10) & 15) - 1,
    changing: (at(10) >> 4) - 1,
    before: unpackPlace(at(11)),
    faults: at(12) & 15,
    losses: at(12) >> 4,
    crashes: at(13),
    asks: at(14) & 15,
    recovery: (at(14) >> 4) as 0 | 1,
    authority: (at(15) & 3) as World['authority'],
    certificates: (at(15) >> 2) & 7,
    isOverlapOver: hasBit(at(15), 5),
    sites: all.slice(0, sites),
    readSet: ofReaders(0),
    seenReadTemplate: ofReaders(1),
    appliedReadSet: ofReaders(2),
    isReadSetSeen: ofReaders(3) === 1,
    readers: all.slice(sites),
  };
}

function packSite(site: Site, into: Uint8Array, at: number): void {
  into[at] =
    site.pod |
    bit(site.deleting, 2) |
    bit(site.ready, 3) |
    bit(site.late, 4) |
    bit(site.isIn, 5) |
    bit(site.caughtUp, 6) |
    bit(site.mute, 7);
  into[at + 1] = site.template;
  into[at + 2] = packPlace(site) | bit(site.byOperator, 6) | bit(site.claim, 7);
  into[at + 3] = site.requested | bit(site.isLeaving, 2) | bit(site.isRenewed, 3) | bit(site.isPast, 4);
  into[at + 4] = site.capacity;
  into[at + 5] = site.file | (site.mounted << 4);
}

function unpackSite(from: Uint8Array, at: number): Site {
  const [first, template, second, third] = [from[at]!, from[at + 1]!, from[at + 2]!, from[at + 3]!];
  return {
    pod: (first & 3) as Pod,
    deleting: hasBit(first, 2),
    ready: hasBit(first, 3),
    late: hasBit(first, 4),
    isIn: hasBit(first, 5),
    caughtUp: hasBit(first, 6),
    mute: hasBit(first, 7),
    template,
    ...unpackPlace(second),
    byOperator: hasBit(second, 6),
    claim: hasBit(second, 7),
    requested: third & 3,
    isLeaving: hasBit(third, 2),
    isRenewed: hasBit(third, 3),
    isPast: hasBit(third, 4),
    capacity: from[at + 4]!,
    file: from[at + 5]! & 15,
    mounted: from[at + 5]! >> 4,
  };
}

function packPlace({ role, isBound, generation, data }: Place): number {
  return role | bit(isBound, 2) | (generation << 3) | (data << 4);
}

function unpackPlace(byte: number): Place {
  return {
    role: (byte & 3) as Role,
    isBound: hasBit(byte, 2),
    generation: ((byte >> 3) & 1) as 0 | 1,
    data: ((byte >> 4) & 3) as Data,
  };
}

function bit(value: boolean, place: number): number {
  return value ? 1 << place : 0;
}

function hasBit(byte: number, place: number): boolean {
  return ((byte >> place) & 1) === 1;
}
