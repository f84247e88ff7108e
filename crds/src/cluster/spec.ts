import {
  choice,
  defaulted,
  integer,
  list,
  object,
  optional,
  rules,
  section,
  text,
  textLike,
  truth,
} from '../schema/builder.ts';
import { config } from './config.ts';
import { duration } from './duration.ts';
import { MAX_OBJECT_NAME_LENGTH, MAX_READ_REPLICAS, MAX_REPLICAS } from './names.ts';
import { networkPolicy } from './network-policy.ts';
import { newerSettings } from './newer-settings.ts';
import { podTemplate } from './pod-template.ts';
import { resources } from './resources.ts';
import { scheduling } from './scheduling.ts';
import { services } from './services.ts';
import { storage } from './storage.ts';
import { superUser } from './super-user.ts';
import { tls } from './tls.ts';

/** Semantic versioning without build metadata, which a tag of an image cannot hold. */
const SEMVER =
  '^(0|[1-9][0-9]{0,4})\\.(0|[1-9][0-9]{0,4})\\.(0|[1-9][0-9]{0,4})(-[0-9A-Za-z-]{1,16}(\\.[0-9A-Za-z-]{1,16}){0,3})?$';
/** A registry with an optional port, and a path, without tag or digest. */
const REPOSITORY = '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*$';

const image = section(
  object('Where the image of the members comes from.', {
    repository: optional(
      textLike(
        "The image's name without a tag: its tag is the version. Absent: the one that the operator was installed with.",
        REPOSITORY,
        'write the name of the image without tag and digest, such as "registry.example.com/rookery-server"; the tag is spec.version',
        { maxLength: 255 },
      ),
    ),
    pullPolicy: defaulted(
      choice('When a node pulls the image.', ['Always', 'IfNotPresent', 'Never']),
      'IfNotPresent',
    ),
    pullSecrets: defaulted(
      list(
        'Secrets of the same namespace that the nodes pull the image with.',
        object('A Secret.', {
          name: text('Its name.', { minLength: 1, maxLength: MAX_OBJECT_NAME_LENGTH }),
        }),
        { maxItems: 8, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
      ),
      [],
    ),
  }),
);

const disruption = section(
  object('What may take members away for maintenance.', {
    pdb: defaulted(
      choice(
        'Auto: a PodDisruptionBudget lets one member go at a time, from three members on; with fewer there is none, for it would block every drain. Disabled: there is never one.',
        ['Auto', 'Disabled'],
      ),
      'Auto',
    ),
  }),
);

const proof = section(
  object(
    'Another version or image is tried on the live log before any member is rolled to it: in a pod and on a volume of its own, NAME-proof, it learns what the members hold and serves nobody. Where its state differs from theirs at a checkpoint the update stops there, and says at which index of the log.',
    {
      enabled: defaulted(
        truth(
          'false rolls the members at once. Other settings, resources and restarts are never tried first, and nothing is while spec.hibernated is true.',
        ),
        true,
      ),
      checkpoints: defaulted(
        integer(
          'At so many checkpoints of the log its state has to equal that of a majority of the voters.',
          {
            minimum: 1,
            maximum: 10,
          },
        ),
        3,
      ),
      timeout: defaulted(
        duration(
          'How long that may take before the cluster is called Stalled. No member is rolled in any case, and it goes on as soon as it can.',
          '1s',
          '24h',
        ),
        '30m',
      ),
    },
  ),
);

const update = section(
  object('How the members are brought to a new version or new settings: one at a time, the leader last.', {
    readyTimeout: defaulted(
      duration(
        'How long a pod that was made anew may take to become ready before the cluster is called Stalled. The others are left as they are in any case.',
        '1s',
        '24h',
      ),
      '10m',
    ),
    raiseFeatureLevel: defaulted(
      truth(
        'Once all members can run the next feature level, it is raised, and versions that do not run it cannot come back. false holds it back: set it before an upgrade that may have to be undone.',
      ),
      true,
    ),
    proof,
  }),
);

const nodeFailure = section(
  object('What becomes of a member whose node is off or cut off.', {
    replaceAfter: optional(
      duration(
        'So long after its pod should have stopped, and the node has not said that it has, the member is taken out of the ensemble, its volume is given up and a new one comes up elsewhere. It needs the majority of the others. Absent: never, it is only told of.',
        '30s',
        '24h',
      ),
    ),
  }),
);

export const spec = object(
  'The ensemble that is wanted.',
  {
    replicas: defaulted(
      integer('Voting members: 3 survive the loss of one, 5 of two.', { minimum: 1, maximum: MAX_REPLICAS }),
      3,
    ),
    allowEvenReplicas: defaulted(
      truth('Allows an even number of replicas, which survives no more losses than one member less.'),
      false,
    ),
    readReplicas: defaulted(
      integer(
        'Members that never vote: they hold all data, answer reads and watches, and hand writes on to the leader. Clients find them by the Service NAME-read. The condition ReadReplicasReady tells of them; Ready does not wait for them.',
        { minimum: 0, maximum: MAX_READ_REPLICAS },
      ),
      0,
    ),
    version: textLike(
      'The version of the server, and the tag of its image. Never changed by the operator on its own.',
      SEMVER,
      'write the version as MAJOR.MINOR.PATCH, such as "1.0.0" or "1.1.0-rc.1"',
      { maxLength: 64 },
    ),
    image,
    paused: defaulted(
      truth('While true the operator changes nothing of this cluster; the members go on serving.'),
      false,
    ),
    hibernated: defaulted(
      truth(
        'While true no member runs, and nobody is served; the volumes keep the data. Needs no quorum. A change of the version or of settings is in force for all members at once when they run again; a version is not proved then.',
      ),
      false,
    ),
    storage,
    config,
    tls,
    superUser,
    services,
    update,
    nodeFailure,
    disruption,
    scheduling,
    networkPolicy,
    resources,
    podTemplate,
  },
  rules(
    {
      // `kubectl scale` and autoscalers go the same way: a write of /scale is turned into an update of the whole object, whose
      // rules all run. The rule is on spec, not on replicas, because it reads a second field.
      rule: 'self.replicas % 2 == 1 || self.allowEvenReplicas',
      fieldPath: '.replicas',
      message:
        'write an odd number of replicas, 1, 3, 5 or 7: one more member to an even number survives no more losses; or set spec.allowEvenReplicas to true',
    },
    newerSettings,
  ),
);
