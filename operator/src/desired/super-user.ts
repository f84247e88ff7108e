import type { V1EnvVar, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { CoordinationCluster } from '@rookery/crds';
import { SECRET_FILE_MODE } from './pod-security.ts';

const KEY = 'digest';
const VOLUME = 'super-user';
const FOLDER = '/etc/rookery-super-user';

/** Where members find the digest of the super user, and the Secret that holds it. */
export interface SuperUserMount {
  readonly environment: readonly V1EnvVar[];
  readonly mounts: readonly V1VolumeMount[];
  readonly volumes: readonly V1Volume[];
}

/** Nothing of it where the spec names no Secret. */
export function superUserMount({ spec }: CoordinationCluster): SuperUserMount {
  const { secretName } = spec.superUser;
  if (secretName === undefined) return { environment: [], mounts: [], volumes: [] };
  return {
    environment: [{ name: 'ROOKERY_SUPER_DIGEST_FILE', value: `${FOLDER}/${KEY}` }],
    // The whole folder: a file mounted by itself would never be brought up to date.
    mounts: [{ name: VOLUME, mountPath: FOLDER, readOnly: true }],
    volumes: [
      {
        name: VOLUME,
        secret: { secretName, defaultMode: SECRET_FILE_MODE, items: [{ key: KEY, path: KEY }] },
      },
    ],
  };
}
