import { choice, integer, list, object, optional, text, time, truth } from '../schema/builder.ts';

/** `Ready`, `Available`, `QuorumHealthy`, `TLSReady` and `ReadReplicasReady` are good when True, `Stalled` and `Degraded` when False. */
export const CONDITION_TYPES = [
  'Ready',
  'Reconciling',
  'Stalled',
  'Available',
  'Progressing',
  'Degraded',
  'QuorumHealthy',
  'TLSReady',
  'ReadReplicasReady',
  'Paused',
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

export const PHASES = [
  'Pending',
  'Bootstrapping',
  'Ready',
  'Degraded',
  'QuorumLost',
  'Stalled',
  'Scaling',
  'Updating',
  'Hibernated',
  'Paused',
  'Deleting',
] as const;

/** What the operator may be in the middle of. */
export const OPERATION_TYPES = [
  'Bootstrap',
  'Scale',
  'ReplaceMember',
  'ProveUpgrade',
  'RollingUpdate',
  'ExpandVolumes',
  'ForceNewCluster',
  'Hibernate',
  'WakeUp',
  'Delete',
] as const;

/** `Optional`: members take links without TLS, too, while all are changed over. */
export const PEER_TLS_STATES = ['Disabled', 'Optional', 'Required'] as const;

export const MEMBER_ROLES = ['leader', 'follower', 'learner', 'unknown'] as const;

/** Voters and read replicas, and room for more. */
const MAX_MEMBERS = 64;
/** A member's pod: the cluster's name, a suffix of the StatefulSet and an ordinal. */
const MAX_POD_NAME_LENGTH = 63;
const MAX_ADDRESS_LENGTH = 253 + ':65535'.length;

/** metav1.Condition, word for word. The type has no enum: conditions of a newer operator stay readable. */
const condition = object('One observation of the state.', {
  type: text('What is observed, such as Available.', {
    maxLength: 316,
    pattern:
      '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
  }),
  status: choice('Whether it is so.', ['True', 'False', 'Unknown']),
  observedGeneration: optional(
    integer('The metadata.generation that this was found for.', { format: 'int64', minimum: 0 }),
  ),
  lastTransitionTime: time('When the status last changed.'),
  reason: text('Why, in one word for programs.', {
    minLength: 1,
    maxLength: 1024,
    pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
  }),
  message: text('Why, for people.', { maxLength: 32_768 }),
});

const member = object('One member, as it was last seen.', {
  name: text('Its pod.', { minLength: 1, maxLength: MAX_POD_NAME_LENGTH }),
  id: integer('Its Raft id: the log index that added it, used once. 0 while it has none.', {
    format: 'int64',
    minimum: 0,
  }),
  role: choice('What it does in the ensemble; unknown while it does not answer.', MEMBER_ROLES),
  ready: truth('Whether its pod is ready.'),
  version: optional(text('The version that it runs.', { maxLength: 64 })),
  lag: optional(
    integer('Log entries that it is known to miss, compared with the leader.', {
      format: 'int64',
      minimum: 0,
    }),
  ),
  certSerial: optional(
    text('The serial number of the certificate that it shows to other members, or else to clients.', {
      maxLength: 64,
    }),
  ),
});

const forced = object(
  'Which data the cluster goes on with: written before that is asked for, so that it is done once.',
  {
    recovery: integer('Forced recoveries that these data had been through before.', {
      format: 'int64',
      minimum: 0,
    }),
    lastIndex: integer('The last index of the log that is kept.', { format: 'int64', minimum: 0 }),
    volumes: list(
      'UIDs of the claims that hold data of the former cluster: each is deleted, with its pod, before its member is added anew.',
      text('The UID of a claim.', { maxLength: 64 }),
      { maxItems: MAX_MEMBERS, 'x-kubernetes-list-type': 'atomic' },
    ),
  },
);

const operation = object('What the operator is in the middle of. Absent: nothing.', {
  type: choice('What is being done.', OPERATION_TYPES),
  step: optional(text('How far it is, for people.', { maxLength: 1024 })),
  target: optional(text('What it is done to, such as a pod.', { maxLength: 253 })),
  memberId: optional(
    integer('The Raft id of the member that it is done by, where that is none of the members below.', {
      format: 'int64',
      minimum: 1,
    }),
  ),
  forced: optional(forced),
  startedAt: time('When it began.'),
});

const upgradeProof = object('What came of trying the image that the spec asks for on the live log.', {
  image: text('The image, with its tag.', { minLength: 1, maxLength: 320 }),
  result: choice(
    'Equal: its state was that of the voters, so members may be rolled to it. Differs: it was not, so none is.',
    ['Equal', 'Differs'],
  ),
  checkpoint: integer(
    'The index in the log: of the last checkpoint that was equal, or of the first that differs.',
    {
      format: 'int64',
      minimum: 1,
    },
  ),
});

const endpoints = object('Where clients connect.', {
  client: text('The Service that spreads clients over the members, as host:port.', {
    maxLength: MAX_ADDRESS_LENGTH,
  }),
  read: optional(
    text('The Service that spreads clients over the read replicas, as host:port. Absent: there are none.', {
      maxLength: MAX_ADDRESS_LENGTH,
    }),
  ),
  members: list(
    "The members one by one, as host:port; joined by commas they are a client's connect string.",
    text('One member, as host:port.', { maxLength: MAX_ADDRESS_LENGTH }),
    { maxItems: MAX_MEMBERS, 'x-kubernetes-list-type': 'atomic' },
  ),
  external: optional(
    list(
      'The same for clients outside, as far as load balancers have given addresses. Absent: none has.',
      text('One member, as host:port.', { maxLength: MAX_ADDRESS_LENGTH }),
      { maxItems: MAX_MEMBERS, 'x-kubernetes-list-type': 'atomic' },
    ),
  ),
});

const tls = object('What is shown and trusted by TLS.', {
  peer: choice('What members take of one another.', PEER_TLS_STATES),
  authority: optional(
    text('SHA-256 of the certificate of the authority that signs. Absent: there is none.', {
      maxLength: 95,
    }),
  ),
  authorityNotAfter: optional(time('When it ends.')),
  notAfter: optional(time('When the first of the certificates ends that members show.')),
});

/** Only what was observed. Every field may be absent: what was not seen yet is not there. */
export const status = object('What the operator last saw.', {
  observedGeneration: optional(
    integer('The metadata.generation that the operator last acted on. -1: none yet.', {
      format: 'int64',
      minimum: -1,
    }),
  ),
  clusterId: optional(
    text(
      'The identity that the ensemble gave itself when it began; never changes. Absent: it has not begun.',
      {
        minLength: 1,
        maxLength: 64,
      },
    ),
  ),
  phase: optional(choice('The conditions in one word, for people.', PHASES)),
  replicas: optional(integer('Pods of members that there are.', { minimum: 0 })),
  readyReplicas: optional(integer('Pods of members that are ready.', { minimum: 0 })),
  voters: optional(integer('Voting members in the configuration that the ensemble goes by.', { minimum: 0 })),
  readReplicas: optional(
    integer('Pods of read replicas that there are. Absent: there are none, and none are wanted.', {
      minimum: 0,
    }),
  ),
  readyReadReplicas: optional(integer('Pods of read replicas that are ready.', { minimum: 0 })),
  selector: optional(
    text("The label selector of the members' pods, for the scale subresource.", { maxLength: 1024 }),
  ),
  leader: optional(
    text('The pod of the leader. Absent: there is none, or none is known.', {
      maxLength: MAX_POD_NAME_LENGTH,
    }),
  ),
  currentVersion: optional(
    text('The version that every member runs. Absent: they differ, or none runs.', { maxLength: 64 }),
  ),
  targetVersion: optional(text('The version that the members are to run.', { maxLength: 64 })),
  featureLevel: optional(
    integer('The feature level in force: what the members agree to do, whichever versions they run.', {
      minimum: 1,
    }),
  ),
  volumeSize: optional(
    text('What the smallest volume of a member asks for. Absent: there is none.', { maxLength: 32 }),
  ),
  endpoints: optional(endpoints),
  operation: optional(operation),
  recovery: optional(
    integer(
      'How often a cluster was made of one survivor, by the annotation rookery.dev/force-new-cluster. Members with data from before the last time are not listened to. Absent: never.',
      { minimum: 1 },
    ),
  ),
  tls: optional(tls),
  upgradeProof: optional(upgradeProof),
  members: optional(
    list('The members.', member, {
      maxItems: MAX_MEMBERS,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    }),
  ),
  conditions: optional(
    list('The state, condition by condition.', condition, {
      maxItems: 32,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    }),
  ),
});
