import type { Hello } from '../peers/peer-frames.ts';

/** What this member knows while it is not running Raft yet. */
export interface GenesisView {
  readonly self: Hello;
  /** The cluster that this member was told to belong to; empty where it may begin a new one. */
  readonly expectedClusterId: string;
  /** Server ids of the initial voters, this member's own among them or not. */
  readonly voters: readonly number[];
  /** The newest hello of each member whose link is up. */
  readonly hellos: ReadonlyMap<number, Hello>;
}

export type GenesisStep =
  /** Nothing to do before something changes; `reason` is for the log and for /health/ready. */
  | { readonly kind: 'wait'; readonly reason: string }
  /** Make the cluster: choose its id and secret, adopt it, grant it to the others. */
  | { readonly kind: 'create' }
  /** Some member crashed before the grant reached it: grant the existing cluster to these server ids once more. */
  | { readonly kind: 'grant'; readonly serverIds: readonly number[] }
  /** Raft may run. */
  | { readonly kind: 'start' };

/**
 * Genesis, decided afresh from what is seen now. A cluster begins only while every initial voter is connected, has an empty disk
 * and says that it sees the very same instances of all others; Raft starts only once every voter holds the grant durably. So a
 * member that comes with an empty disk later is known to have lost it: it may have voted, and must not be given its old id again.
 */
export function decideGenesis(view: GenesisView): GenesisStep {
  const { self, voters, hellos, expectedClusterId } = view;
  if (self.clusterId !== '') return decideWithGrant(view);

  for (const hello of hellos.values()) {
    if (hello.clusterId === '') continue;
    return {
      kind: 'wait',
      reason: hello.started
        ? `this member has no data; it waits for the leader of cluster ${hello.clusterId} to admit it as a new member`
        : `this member has no data; it waits for member ${hello.serverId} to complete the genesis of cluster ${hello.clusterId}`,
    };
  }
  if (!voters.includes(self.serverId)) {
    return {
      kind: 'wait',
      reason: `waiting for the ensemble to admit this member (${self.serverId}) as a learner`,
    };
  }
  if (expectedClusterId !== '') {
    return {
      kind: 'wait',
      reason: `this member has no data, and its cluster ${expectedClusterId} exists: it waits for a member that has its data`,
    };
  }
  const missing = missingVoters(view);
  if (missing.length > 0) return waitForMissing(missing);
  if (self.serverId !== Math.min(...voters)) {
    return { kind: 'wait', reason: `waiting for member ${Math.min(...voters)} to create the cluster` };
  }
  if (!allSeeAll(view)) return { kind: 'wait', reason: 'waiting until all members see each other' };
  return { kind: 'create' };
}

function decideWithGrant(view: GenesisView): GenesisStep {
  const { self, voters, hellos } = view;
  if (self.started || (voters.length === 1 && voters[0] === self.serverId)) return { kind: 'start' };
  for (const hello of hellos.values()) {
    if (hello.clusterId === self.clusterId && hello.started) return { kind: 'start' };
  }
  const missing = missingVoters(view);
  if (missing.length > 0) return waitForMissing(missing);
  const others = voters
    .filter((serverId) => serverId !== self.serverId)
    .map((serverId) => hellos.get(serverId)!);
  const foreign = others.find((hello) => hello.clusterId !== '' && hello.clusterId !== self.clusterId);
  if (foreign !== undefined) {
    return {
      kind: 'wait',
      reason: `member ${foreign.serverId} holds data of another cluster (${foreign.clusterId}, here ${self.clusterId}); check its data folder`,
    };
  }
  const empty = others.filter((hello) => hello.clusterId === '');
  if (empty.length === 0) return { kind: 'start' };
  const granted = [
    self.serverId,
    ...others.filter((hello) => hello.clusterId !== '').map((hello) => hello.serverId),
  ];
  if (self.serverId !== Math.min(...granted) || !allSeeAll(view)) {
    return { kind: 'wait', reason: 'waiting for the genesis to reach every member' };
  }
  return { kind: 'grant', serverIds: empty.map((hello) => hello.serverId) };
}

function missingVoters({ self, voters, hellos }: GenesisView): number[] {
  return voters.filter((serverId) => serverId !== self.serverId && !hellos.has(serverId));
}

function waitForMissing(missing: readonly number[]): GenesisStep {
  return {
    kind: 'wait',
    reason: `a new cluster begins once all members are connected; missing: ${missing.join(', ')}`,
  };
}

/** Every voter sees the same instance of every other voter as this member does. */
function allSeeAll({ self, voters, hellos }: GenesisView): boolean {
  const instances = new Map<number, number>([[self.serverId, self.instance]]);
  for (const [serverId, hello] of hellos) instances.set(serverId, hello.instance);
  return voters.every((observer) =>
    observer === self.serverId
      ? true
      : voters.every(
          (serverId) =>
            serverId === observer || hellos.get(observer)?.seen.get(serverId) === instances.get(serverId),
        ),
  );
}
