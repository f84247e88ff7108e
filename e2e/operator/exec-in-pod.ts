import { kubectlCommand } from '../../tools/kube/kubectl.ts';

/** The command that runs another one in a pod that runs; what it reads comes from here. */
export function execInPod(namespace: string, pod: string, command: readonly string[]): [string, ...string[]] {
  const [kubectl, ...args] = [...kubectlCommand, '--namespace', namespace, 'exec', '--stdin', pod, '--'];
  return [kubectl!, ...args, ...command];
}
