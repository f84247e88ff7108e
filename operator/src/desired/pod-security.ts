import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';

/** `nonroot` of the distroless images. */
const USER_ID = 65_532;

/** Of files with secrets. Group may read: the members run under the group of fsGroup. */
export const SECRET_FILE_MODE = 0o440;

/*
 * What the Pod Security Standard `restricted` asks for, and more: nobody is root, nothing is writable but the volume.
 */

export const podSecurity = (): V1PodSecurityContext => ({
  runAsNonRoot: true,
  runAsUser: USER_ID,
  runAsGroup: USER_ID,
  fsGroup: USER_ID,
  // Walking a large volume to change its owners again would delay every start.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
});

export const containerSecurity = (): V1SecurityContext => ({
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
});
