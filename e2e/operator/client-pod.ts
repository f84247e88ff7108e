/** A pod that kazoo runs in. It waits; each client is run in it by `kubectl exec`. */

import { CLIENT_FOLDER } from '../../tools/kube/images/kazoo.ts';
import { kubectl } from '../../tools/kube/kubectl.ts';
import { execInPod } from './exec-in-pod.ts';

export const CLIENT_NAMESPACE = 'e2e-clients';
const namespace = CLIENT_NAMESPACE;
const name = 'kazoo';

/** As the first process of its pod it is told to end, and nobody else would end it. */
const WAIT = 'import signal; signal.signal(signal.SIGTERM, lambda *_: exit()); signal.pause()';

/** The pod is Ready once this resolves. One of another image, from an earlier run, is replaced. */
export async function startClientPod(image: string): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name,
          image,
          args: ['-c', WAIT],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
  await kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
  });
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(pod) });
  const ready = ['wait', `pod/${name}`, '--for=condition=Ready', '--timeout=60s'];
  await kubectl(['--namespace', namespace, ...ready]);
}

/** The command that runs one of the clients in the pod. */
export function inClientPod(program: string, args: readonly string[]): readonly string[] {
  return execInPod(namespace, name, ['python3', `${CLIENT_FOLDER}/${program}`, ...args]);
}
