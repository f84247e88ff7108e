import { run } from '../../tools/kube/commands.ts';
import type { Cluster } from './cluster.ts';

/** PEM of the authorities that members trust, as it is mounted. */
export async function trusted(cluster: Cluster, namespace: string, name: string): Promise<string> {
  const args = ['get', `secret/${name}-certificates`, '-o', String.raw`jsonpath={.data.ca\.crt}`];
  const text = await cluster.kubectl(['--namespace', namespace, ...args]);
  return Buffer.from(text, 'base64').toString('utf8');
}

/** What a port shows, as `clients/tls.py` tells. */
export async function showedBy(
  cluster: Cluster,
  host: string,
  port: number,
  authority: string,
): Promise<{ readonly plain: string; readonly serial: string; readonly error: string }> {
  const args = [host, String(port), base64(authority)];
  return JSON.parse(await run(cluster.clientCommand('tls.py', args))) as {
    plain: string;
    serial: string;
    error: string;
  };
}

/** By kazoo, as `clients/client_tls.py` takes it; the certificate has to name the host. */
export async function kazooByTls(
  cluster: Cluster,
  authority: string,
  ...operation: readonly string[]
): Promise<string> {
  return (await run(cluster.clientCommand('client_tls.py', [base64(authority), ...operation]))).trim();
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
