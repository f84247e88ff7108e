import {
  API_VERSION,
  type CoordinationCluster,
  type CoordinationClusterSpecInput,
  KIND,
  withDefaults,
} from '@rookery/crds';
import type { DesiredContext } from '../../src/desired/desired.ts';

export const context: DesiredContext = {
  serverImage: 'registry.example.com/rookery-server',
  hasCertManager: true,
};

/** A cluster as the API server keeps it: the defaults are filled in. */
export function clusterOf(
  spec: Partial<CoordinationClusterSpecInput> = {},
  { name = 'demo', namespace = 'team', clusterId }: Identity = {},
): CoordinationCluster {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: {
      name,
      namespace,
      uid: '0e7f3c1e-5d1c-4b8e-9a61-2f6f5f0a9d11',
      resourceVersion: '7',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: withDefaults({ version: '1.0.0', ...spec }),
    ...(clusterId === undefined ? {} : { status: { clusterId } }),
  };
}

interface Identity {
  readonly name?: string;
  readonly namespace?: string;
  readonly clusterId?: string;
}
