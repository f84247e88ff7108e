/** Objects as the API server has them, as far as the command looks. */

export interface MemberGiven {
  readonly ordinal: number;
  readonly role?: string;
  readonly ready?: boolean;
  readonly raftId?: number;
  readonly lag?: number;
}

export interface ClusterGiven {
  readonly name?: string;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly conditions?: Readonly<Record<string, 'True' | 'False' | 'Unknown'>>;
  readonly members?: readonly MemberGiven[];
  readonly generation?: number;
}

/** What the operator says of each condition of a cluster that is well. */
const WELL: Readonly<Record<string, 'True' | 'False' | 'Unknown'>> = {
  Ready: 'True',
  Reconciling: 'False',
  Stalled: 'False',
  Available: 'True',
  Progressing: 'False',
  Degraded: 'False',
  QuorumHealthy: 'True',
  Paused: 'False',
};

/** Three members, of which the first leads, unless something else is given. */
export function clusterObject(given: ClusterGiven = {}): Record<string, unknown> {
  const { name = 'demo', generation = 2 } = given;
  const members = given.members ?? [{ ordinal: 0, role: 'leader' }, { ordinal: 1 }, { ordinal: 2 }];
  const leader = members.find(({ role }) => role === 'leader');
  return {
    apiVersion: 'rookery.dev/v1',
    kind: 'CoordinationCluster',
    metadata: { name, namespace: 'apps', uid: 'cc-uid', generation },
    spec: { version: '0.3.0', replicas: 3, ...given.spec },
    status: {
      observedGeneration: 2,
      phase: 'Ready',
      voters: members.filter(({ ordinal }) => ordinal < 100).length,
      currentVersion: '0.3.0',
      featureLevel: 2,
      ...(leader === undefined ? {} : { leader: `${name}-${leader.ordinal}` }),
      endpoints: { client: `${name}.apps.svc:2181`, members: [] },
      members: members.map(({ ordinal, role, ready = true, raftId = ordinal + 11, lag = 0 }) => ({
        name: podName(name, ordinal),
        id: raftId,
        role: role ?? (ordinal < 100 ? 'follower' : 'learner'),
        ready,
        version: '0.3.0',
        lag,
      })),
      conditions: Object.entries({ ...WELL, ...given.conditions }).map(([type, status]) => ({
        type,
        status,
        reason: `${type}Is${status}`,
        message: `${type} is ${status}, says the operator.`,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      })),
      ...given.status,
    },
  };
}

export function podObject(
  ordinal: number,
  { name = 'demo', ready = true, annotations = {} as Readonly<Record<string, string>> } = {},
): Record<string, unknown> {
  return {
    kind: 'Pod',
    metadata: {
      name: podName(name, ordinal),
      uid: `pod-${ordinal}`,
      annotations,
      creationTimestamp: '2025-12-31T23:00:00Z',
    },
    spec: { nodeName: `node-${ordinal}` },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'rookery',
          ready,
          restartCount: ordinal,
          state: ready ? { running: {} } : { waiting: { reason: 'CrashLoopBackOff' } },
        },
      ],
    },
  };
}

export function list(...items: readonly unknown[]): string {
  return JSON.stringify({ kind: 'List', items });
}

function podName(name: string, ordinal: number): string {
  return ordinal < 100 ? `${name}-${ordinal}` : `${name}-read-${ordinal}`;
}
