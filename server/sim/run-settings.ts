import type { Bounds } from '../src/bounds/bounds.ts';
import type { Limits } from '../src/bounds/limits.ts';
import type { EnsembleSettings } from './ensemble.ts';
import type { Prng } from './prng.ts';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
const UNBOUNDED = Number.POSITIVE_INFINITY;
/** On a link on which nothing is wrong, and in a process that has nothing else to do. */
const LONGEST_REQUEST_MS = 30;
const LONGEST_WORK_MS = 10;

/** What one run is like: mostly small, so that it is cheap and meets its bounds, now and then as large as members are by default. */
export function randomSettings(prng: Prng): EnsembleSettings {
  const requestBytes = prng.chance(0.03) ? MEBIBYTE - 1 : prng.pick([4, 4, 16, 16, 64]) * KIBIBYTE;
  return {
    voters: prng.pick([3, 3, 3, 3, 3, 3, 5, 5, 7]),
    learners: prng.chance(0.2) ? 1 : 0,
    segmentBytes: prng.pick([4, 4, 16, 64]) * KIBIBYTE,
    snapRetainCount: prng.pick([1, 1, 3]),
    snapshotEveryEntries: prng.pick([40, 40, 200, 600]),
    snapshotEveryBytes: prng.pick([32 * KIBIBYTE, 64 * MEBIBYTE, 64 * MEBIBYTE]),
    requestBytes,
    // On one that a few requests fill for good little else would happen.
    diskBytes: prng.chance(0.2)
      ? Math.max(prng.pick([MEBIBYTE / 2, 2 * MEBIBYTE]), 16 * requestBytes)
      : UNBOUNDED,
    // The longest request takes no longer than some heartbeats, on links and in processes: who narrows them further than that is a fault.
    msPerByte: Math.min(prng.pick([0, 1e-5, 1e-4]), LONGEST_WORK_MS / requestBytes),
    bytesPerMs: Math.max(prng.pick([UNBOUNDED, 100_000, 2_000]), requestBytes / LONGEST_REQUEST_MS),
    bounds: prng.chance(TINY_RATE) ? tinyBounds(requestBytes, prng) : {},
    spares: prng.chance(0.25) ? prng.pick([1, 1, 2]) : 0,
    limits: prng.chance(LIMITED_RATE) ? tinyLimits(requestBytes, prng) : {},
    provesMembers: prng.chance(0.5),
  };
}

/** Share of the runs in which clients meet one of the limits of the configuration. */
const LIMITED_RATE = 1 / 6;

/** So near that it is reached in the middle of a run, and so far that work goes on. */
function tinyLimits(requestBytes: number, prng: Prng): Partial<Limits> {
  // Who listens for clients counts their connections, and that is not simulated; but each may have a session, and a request.
  const shared: Partial<Limits> = { connections: 1, sessions: 12, outstandingRequests: prng.pick([2, 10]) };
  switch (prng.below(3)) {
    case 0:
      return shared;
    case 1:
      return { nodes: prng.pick([50, 100]) };
    default:
      return { treeBytes: requestBytes * 8 };
  }
}

/** Share of the runs whose bounds are so small that each is met all the time. */
const TINY_RATE = 1 / 3;

/** As small as the relations between them allow, or a little more. */
function tinyBounds(requestBytes: number, prng: Prng): Partial<Bounds> {
  const forwardFrameBytes = prng.pick([512, requestBytes]);
  const forwardWindowBytes = Math.max(forwardFrameBytes, prng.pick([KIBIBYTE, 2 * requestBytes]));
  // Takes much of one client before it makes it wait.
  const isPatient = prng.chance(0.3);
  const heldBytes = isPatient ? MEBIBYTE : prng.pick([KIBIBYTE, 2 * requestBytes]);
  const unsentBytes = prng.pick([KIBIBYTE, 16 * KIBIBYTE]);
  const answerBytes = 16 * KIBIBYTE;
  const peerFrameBytes = requestBytes + MEBIBYTE;
  const appendBytes = prng.pick([512, 4 * KIBIBYTE, requestBytes]);
  const inflightBytes = Math.max(appendBytes, prng.pick([KIBIBYTE, 64 * KIBIBYTE]));
  const pendingBytes = Math.max(requestBytes, forwardWindowBytes, heldBytes) * prng.pick([1, 1, 4]);
  // The list of the children of a node has no bound of its own.
  const owedBytes = 2 * requestBytes + 64 * KIBIBYTE;
  return {
    // Two requests, mostly, and two connections a turn: everything else waits for later ones.
    turnBytes: isPatient ? MEBIBYTE : 512,
    turnSends: 2,
    reviewExpiries: 1,
    turnSteps: 6,
    pieceNodes: 2,
    forwardFrameBytes,
    forwardWindowBytes,
    peerFrameBytes,
    appendBytes,
    inflightAppends: prng.pick([1, 2, 8]),
    inflightBytes,
    linkBufferBytes: Math.max(inflightBytes, forwardWindowBytes) + peerFrameBytes,
    // Nobody asks anything.
    askedBytes: 256,
    toldBytes: 256,
    toldWindowBytes: 256,
    uncommittedBytes: Math.max(requestBytes, forwardFrameBytes) * prng.pick([1, 4]),
    logMemoryBytes: prng.pick([KIBIBYTE, 8 * KIBIBYTE]),
    // The tree grows with what a request may carry, and each piece takes a round trip: it is to be sent in many, not in so many thousands
    // that it takes longer than an ensemble may take to be whole.
    snapshotChunkBytes: Math.max(prng.pick([256, 2 * KIBIBYTE]), requestBytes >> 6),
    owedRequests: isPatient ? 100 : prng.pick([2, 8, 50]),
    heldBytes,
    unsentBytes,
    answerBytes,
    owedBytes,
    earlyRequests: prng.pick([2, 40]),
    earlyBytes: prng.pick([KIBIBYTE, MEBIBYTE]),
    pendingBytes,
    clientMemoryBytes: Math.max(owedBytes, pendingBytes) * prng.pick([1, 2]),
    drainMs: 3_000,
    bootNumbers: prng.pick([600, 600, 2 ** 31]),
    spareNumbers: 200,
  };
}
