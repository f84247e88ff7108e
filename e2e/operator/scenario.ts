import type { Named } from '../../testkit/src/scenarios/choose.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { Cluster } from './cluster.ts';
import type { Measured } from './measured.ts';

export interface Scenario extends Named {
  /** In the fast tier, too. */
  readonly fast: boolean;
  /** Resolves with a short account, and what writers met; rejects when it failed. `namespace` is new and empty, and goes away when it has passed. */
  run(cluster: Cluster, namespace: string): Promise<string | Measured>;
}

/** The custom resource as people write it. */
export function coordinationCluster(name: string, spec: object): object {
  return {
    apiVersion: 'rookery.dev/v1',
    kind: 'CoordinationCluster',
    metadata: { name },
    spec: { version: packageJson.version, storage: { size: '1Gi' }, ...spec },
  };
}
