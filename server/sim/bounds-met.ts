import type { Bounds } from '../src/bounds/bounds.ts';
import type { Limits } from '../src/bounds/limits.ts';

/** Counts of a run, none of which may stay 0 over many. */
interface Met {
  readonly counts: readonly string[];
}

/** What the simulator cannot meet by its nature, and the test that does. */
interface MetElsewhere {
  readonly because: string;
  readonly test: string;
}

const met = (...counts: readonly string[]): Met => ({ counts: counts.map((count) => `bound: ${count}`) });
const elsewhere = (test: string, because: string): MetElsewhere => ({ because, test: `server/test/${test}` });

const FAILED_PROOFS = 'failed-proofs/failed-proof-table.test.ts';
const FOR_PROGRAMS = 'simulated clients speak no HTTP';
const QUESTIONS = 'replica/peers/member-questions.test.ts';
const NOBODY_LOOKS = 'members ask each other only for people who look, and nobody does';
const KNOWN_CLIENTS = 'simulated clients prove only what is theirs';

/** How it is known that members meet each bound and each limit, and go on. */
export const BOUNDS_MET: Readonly<Record<keyof Bounds | keyof Limits, Met | MetElsewhere>> = {
  requestBytes: met('request too long'),

  peerFrameBytes: elsewhere(
    'replica/peers/outbox.test.ts',
    'members never send a longer frame, which the simulator checks for each; and the least that it may be is more than its runs send',
  ),
  forwardFrameBytes: met('forward frame full'),
  forwardWindowBytes: met('forward window full'),
  appendBytes: met('append full', 'entry above an append'),
  inflightAppends: met('appends under way'),
  inflightBytes: met('bytes of appends under way'),
  linkBufferBytes: elsewhere(
    'replica/peers/links.test.ts',
    'what is sent keeps to windows that come to less: only a member that breaks them would meet it',
  ),
  uncommittedBytes: met('too much uncommitted', 'too much not durable'),
  logMemoryBytes: met('entries have left memory', 'own entries read again'),
  snapshotChunkBytes: met(
    'snapshot in pieces',
    'piece of a snapshot waits for its link',
    'snapshot kept for a member',
  ),
  askedBytes: elsewhere(QUESTIONS, NOBODY_LOOKS),
  toldBytes: elsewhere(QUESTIONS, NOBODY_LOOKS),
  toldWindowBytes: elsewhere(QUESTIONS, NOBODY_LOOKS),
  questionMs: elsewhere(QUESTIONS, NOBODY_LOOKS),

  owedRequests: met('requests owed'),
  heldBytes: met('requests held'),
  unsentBytes: met('replies unread'),
  owedBytes: elsewhere(
    'connections/requests.test.ts',
    'a simulated member takes less of one client at a time than it may owe it',
  ),
  earlyRequests: met('early requests'),
  earlyBytes: met('early bytes'),
  answerBytes: met('answer to one request'),
  pageBytes: elsewhere('connections/children-page.test.ts', 'no client may ask for pages'),

  pendingBytes: met('all clients together'),
  clientMemoryBytes: met('memory of all clients tight', 'memory of all clients'),
  turnBytes: met('turn spent'),
  turnRequestBytes: met('turn spent'),
  turnSends: met('sends of a turn'),

  reviewExpiries: met('expiries of a review'),

  turnSteps: met('steps of a turn'),
  pieceNodes: met('entry in pieces'),

  segmentBytes: met('segment full'),
  snapshotRecordBytes: elsewhere(
    'bounds/relations.test.ts',
    'no request that is taken makes a node of so many bytes, as the relation of the two says',
  ),
  reservedSegments: met('limit on disk'),

  bootNumbers: met('numbers reserved'),
  spareNumbers: elsewhere(
    'replica/number-range.test.ts',
    'a disk that takes no reservation for as long as half of the numbers last has stopped its member by then',
  ),

  proofNetworks: elsewhere(FAILED_PROOFS, KNOWN_CLIENTS),
  freeProofFailures: elsewhere(FAILED_PROOFS, KNOWN_CLIENTS),
  proofFailureMs: elsewhere(FAILED_PROOFS, KNOWN_CLIENTS),
  proofDelayStepMs: elsewhere(FAILED_PROOFS, KNOWN_CLIENTS),
  proofDelayMs: elsewhere(FAILED_PROOFS, KNOWN_CLIENTS),

  drainMs: elsewhere('admin/draining.test.ts', 'two minutes are more than a run lasts'),
  httpRequests: elsewhere('http/v1/caller-admission.test.ts', FOR_PROGRAMS),
  httpRequestsPerAddress: elsewhere('http/v1/caller-admission.test.ts', FOR_PROGRAMS),
  httpBodyBytes: elsewhere('http/v1/caller-admission.test.ts', FOR_PROGRAMS),
  httpBodyMs: elsewhere('http/v1/slow-callers.test.ts', FOR_PROGRAMS),
  httpPatienceMs: elsewhere('http/v1/slow-callers.test.ts', FOR_PROGRAMS),
  httpWatches: elsewhere('http/v1/watch.test.ts', FOR_PROGRAMS),
  httpWatchesPerAddress: elsewhere('http/v1/watch.test.ts', FOR_PROGRAMS),
  httpWalks: elsewhere('http/window/tree/walks.test.ts', FOR_PROGRAMS),
  httpWalksPerAddress: elsewhere('http/window/tree/walks.test.ts', FOR_PROGRAMS),
  httpImportBytes: elsewhere('http/window/tree/copies.test.ts', FOR_PROGRAMS),
  httpWatchChanges: elsewhere('http/v1/slow-callers.test.ts', FOR_PROGRAMS),
  httpHeartbeatMs: elsewhere('http/v1/watch.test.ts', FOR_PROGRAMS),
  httpSessions: elsewhere('http/v1/caller-sessions.test.ts', FOR_PROGRAMS),
  httpSessionIdleMs: elsewhere('http/v1/caller-sessions.test.ts', FOR_PROGRAMS),
  httpPageChildren: elsewhere('http/v1/children.test.ts', FOR_PROGRAMS),
  windowRequests: elsewhere('http/window/bounds.test.ts', NOBODY_LOOKS),
  windowPageSessions: elsewhere('http/window/bounds.test.ts', NOBODY_LOOKS),
  windowFreshMs: elsewhere('ensemble-report/shared-answer.test.ts', NOBODY_LOOKS),
  httpConnections: elsewhere('http/http-door.test.ts', 'real sockets'),
  httpConnectionsPerAddress: elsewhere('http/http-door.test.ts', 'real sockets'),
  handshakes: elsewhere('listen/newcomers.test.ts', 'real sockets'),
  handshakesPerAddress: elsewhere('listen/newcomers.test.ts', 'real sockets'),
  strangers: elsewhere(
    'platform/strangers.test.ts',
    'real sockets: simulated links begin between members that know each other',
  ),
  strangersPerAddress: elsewhere('platform/strangers.test.ts', 'real sockets'),

  connections: elsewhere(
    'platform/client-listener.test.ts',
    'real sockets: who listens counts, and that is not simulated',
  ),
  sessions: met('limit on sessions'),
  nodes: met('limit on nodes'),
  watches: elsewhere(
    'connections/watch-events.test.ts',
    'clients bring their watches along: with a limit that a run meets some would find room nowhere',
  ),
  outstandingRequests: met('requests outstanding'),
  treeBytes: met('limit on memory'),
};

/** All counts, each once. */
export const BOUND_COUNTS: readonly string[] = [
  ...new Set(Object.values(BOUNDS_MET).flatMap((each) => ('counts' in each ? each.counts : []))),
];
