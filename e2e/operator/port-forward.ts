import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { kubectlCommand } from '../../tools/kube/kubectl.ts';

export interface PortForward {
  /** Of 127.0.0.1. */
  readonly port: number;
  close(): void;
}

const FORWARDING = /^Forwarding from 127\.0\.0\.1:(\d+)/;

/** Leads a port of this machine to one of a pod, until it is closed. Throws where kubectl ends before it does. */
export async function portForward(namespace: string, pod: string, port: number): Promise<PortForward> {
  const forward = ['port-forward', `pod/${pod}`, `:${port}`, '--address=127.0.0.1'];
  const [file, ...args] = [...kubectlCommand, '--namespace', namespace, ...forward];
  const kubectl = spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const close = (): void => void kubectl.kill();
  process.once('exit', close);
  kubectl.once('exit', () => process.off('exit', close));
  const ended = once(kubectl, 'exit').then(([code]) => {
    throw new Error(`kubectl ${forward.join(' ')} ended with ${code} before it led there`);
  });
  const [line] = (await Promise.race([once(createInterface({ input: kubectl.stdout }), 'line'), ended])) as [
    string,
  ];
  const [, local] = FORWARDING.exec(line) ?? [];
  if (local === undefined) throw new Error(`kubectl ${forward.join(' ')} said: ${line}`);
  ended.catch(() => {});
  return { port: Number(local), close };
}
