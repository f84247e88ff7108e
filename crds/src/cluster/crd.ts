import { cluster } from './cluster.ts';
import { CATEGORY, GROUP, KIND, PLURAL, SHORT_NAME, SINGULAR, VERSION } from './names.ts';

interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly description: string;
  readonly jsonPath: string;
  /** 1: only with `-o wide`. */
  readonly priority?: 1;
}

/** What `kubectl get coordinationclusters` prints. */
const columns: readonly Column[] = [
  {
    name: 'Ready',
    type: 'integer',
    description: 'Members that are ready',
    jsonPath: '.status.readyReplicas',
  },
  { name: 'Desired', type: 'integer', description: 'Members that are wanted', jsonPath: '.spec.replicas' },
  { name: 'Leader', type: 'string', description: 'The pod of the leader', jsonPath: '.status.leader' },
  {
    name: 'Version',
    type: 'string',
    description: 'What every member runs',
    jsonPath: '.status.currentVersion',
  },
  { name: 'Phase', type: 'string', description: 'The state in one word', jsonPath: '.status.phase' },
  {
    name: 'Voters',
    type: 'integer',
    description: 'Members that vote',
    jsonPath: '.status.voters',
    priority: 1,
  },
  {
    name: 'Read',
    type: 'integer',
    description: 'Read replicas that are ready',
    jsonPath: '.status.readyReadReplicas',
    priority: 1,
  },
  {
    name: 'Operation',
    type: 'string',
    description: 'What the operator is in the middle of',
    jsonPath: '.status.operation.type',
    priority: 1,
  },
  {
    name: 'Message',
    type: 'string',
    description: 'Why it is ready, or is not',
    jsonPath: '.status.conditions[?(@.type=="Ready")].message',
  },
  { name: 'Age', type: 'date', description: 'Since it was made', jsonPath: '.metadata.creationTimestamp' },
];

/** The CustomResourceDefinition, as plain data. */
export const customResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${PLURAL}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: KIND,
      listKind: `${KIND}List`,
      plural: PLURAL,
      singular: SINGULAR,
      shortNames: [SHORT_NAME],
      categories: [CATEGORY],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema: cluster.node },
      },
    ],
  },
};
