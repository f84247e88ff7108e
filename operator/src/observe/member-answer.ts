import { isReadServerId, PROOF_SERVER_ID } from '../model/cluster-names.ts';
import {
  ANSWER_ROLES,
  type AnswerRole,
  type Checkpoint,
  type CheckpointDifference,
  type MemberAnswer,
  type MemberStanding,
  type ShownCertificate,
} from '../model/observed.ts';

/** PURE. Reads what a member's GET /admin/members answers; undefined where it is not that. Fields of newer servers are passed over. */
export function readMemberAnswer(text: string): MemberAnswer | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed) || !isRecord(parsed.self) || !Array.isArray(parsed.members)) return undefined;
  const { version, self } = parsed;
  const role = ANSWER_ROLES.find((candidate) => candidate === self.role);
  const standings = parsed.members.map(readStanding);
  if (
    role === undefined ||
    typeof version !== 'string' ||
    !isCount(self.serverId) ||
    !isCount(self.raftId) ||
    !isCount(self.instance) ||
    typeof self.clusterId !== 'string' ||
    !isCount(self.term) ||
    !(self.leader === undefined || isCount(self.leader)) ||
    !isCount(self.configurationIndex) ||
    typeof self.changing !== 'boolean' ||
    typeof self.serving !== 'boolean' ||
    typeof self.reason !== 'string' ||
    standings.includes(undefined)
  ) {
    return undefined;
  }
  const all = standings as MemberStanding[];
  const readReplicas = all.filter(({ serverId }) => isReadServerId(serverId));
  // It has a place in the ensemble and none among the members: no count of these is about it.
  const prover = all.find(({ serverId }) => serverId === PROOF_SERVER_ID);
  return {
    version,
    role,
    serverId: self.serverId,
    raftId: self.raftId,
    instance: self.instance,
    clusterId: self.clusterId,
    term: self.term,
    leader: self.leader,
    configurationIndex: self.configurationIndex,
    changing: self.changing,
    // Versions from before there were levels do not tell.
    featureLevel: isCount(self.featureLevel) ? self.featureLevel : 0,
    highestFeatureLevel: isCount(self.highestFeatureLevel) ? self.highestFeatureLevel : 0,
    serving: self.serving,
    reason: self.reason,
    certificates: Array.isArray(self.certificates) ? self.certificates.flatMap(readShown) : [],
    ...optional('adminTokens', readTexts(self.adminTokens)),
    members: all.filter(({ serverId }) => serverId !== PROOF_SERVER_ID && !isReadServerId(serverId)),
    ...optional('readReplicas', readReplicas.length > 0 ? readReplicas : undefined),
    ...optional('prover', prover),
    ...optional('commitIndex', isCount(self.commitIndex) ? self.commitIndex : undefined),
    ...optional('recovery', isCount(self.recovery) ? self.recovery : undefined),
    ...optional('lastLogTerm', isCount(self.lastLogTerm) ? self.lastLogTerm : undefined),
    ...optional('lastLogIndex', isCount(self.lastLogIndex) ? self.lastLogIndex : undefined),
    ...optional('checkpoints', readCheckpoints(self.checkpoints)),
    ...optional('differs', readDifference(self.differs)),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

/** undefined: its version does not tell of any. */
function readTexts(given: unknown): readonly string[] | undefined {
  return Array.isArray(given) && given.every((each) => typeof each === 'string') ? given : undefined;
}

/** undefined: its version does not tell of any. */
function readCheckpoints(given: unknown): readonly Checkpoint[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const read = given.flatMap((each: unknown): Checkpoint[] =>
    isRecord(each) && isCount(each.index) && typeof each.digest === 'string'
      ? [{ index: each.index, digest: each.digest }]
      : [],
  );
  return read.length === given.length ? read : undefined;
}

function readDifference(given: unknown): CheckpointDifference | undefined {
  if (!isRecord(given) || !isCount(given.index)) return undefined;
  const { index, own, theirs } = given;
  return typeof own === 'string' && typeof theirs === 'string' ? { index, own, theirs } : undefined;
}

const LISTENERS: readonly ShownCertificate['listener'][] = ['clients', 'members', 'HTTP'];

/** None where it is not understood: nothing is concluded from it then. */
function readShown(shown: unknown): ShownCertificate[] {
  if (!isRecord(shown)) return [];
  const { serial, notAfter, trusted } = shown;
  const listener = LISTENERS.find((candidate) => candidate === shown.listener);
  if (listener === undefined || typeof serial !== 'string' || typeof notAfter !== 'string') return [];
  return [{ listener, serial, notAfter, trusted: readTexts(trusted) }];
}

const STANDING_ROLES: readonly (AnswerRole | 'voter')[] = [...ANSWER_ROLES, 'voter'];

function readStanding(standing: unknown): MemberStanding | undefined {
  if (!isRecord(standing)) return undefined;
  const { serverId, raftId, instance, connected, lagEntries } = standing;
  const role = STANDING_ROLES.find((candidate) => candidate === standing.role);
  if (role === undefined || !isCount(serverId) || !isCount(raftId) || !isCount(instance)) return undefined;
  if (typeof connected !== 'boolean') return undefined;
  const lag = isCount(lagEntries) ? lagEntries : undefined;
  return { serverId, raftId, role, instance, connected, lagEntries: lag };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
