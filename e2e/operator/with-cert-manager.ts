import type { Authority } from '../../testkit/src/certificates.ts';
import { type AskedCertificate, issueFor } from '../../testkit/src/stand-in-issuer.ts';
import { certificatesCrd } from '../../tools/kube/cert-manager.ts';
import type { Cluster } from './cluster.ts';
import { installOperator } from './install.ts';

export const CERTIFICATES = 'certificates.cert-manager.io';

/**
 * Runs `during` with cert-manager's Certificates, as its own schema has them, and an operator that asks by them; afterwards the operator is as it was. What
 * issues is not there: no registry of images can be reached, and `issue` stands in for it.
 */
export async function withCertManager<T>(cluster: Cluster, during: () => Promise<T>): Promise<T> {
  await cluster.kubectl(['apply', '--server-side', '-f', await certificatesCrd()]);
  await cluster.kubectl(['wait', '--for=condition=Established', `crd/${CERTIFICATES}`, '--timeout=60s']);
  try {
    await installOperator(cluster, '--set', 'certManager.enabled=true');
    return await during();
  } finally {
    await installOperator(cluster);
    await cluster.kubectl(['delete', `crd/${CERTIFICATES}`, '--timeout=60s']);
  }
}

/** Does what cert-manager would with the Certificate, the first time or to renew it. @returns PEM of what is issued */
export async function issue(
  cluster: Cluster,
  namespace: string,
  root: Authority,
  name: string,
): Promise<string> {
  const asked = (await cluster.get(namespace, CERTIFICATES, name)) as unknown as AskedCertificate;
  const data = await issueFor(root, asked, Date.now());
  const type = 'kubernetes.io/tls';
  await cluster.apply(namespace, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, data });
  await says(cluster, namespace, name, 'True', 'Certificate is up to date and has not expired');
  return Buffer.from(data['tls.crt'] ?? '', 'base64').toString('utf8');
}

/** What cert-manager would say of the Certificate. */
export function says(
  cluster: Cluster,
  namespace: string,
  name: string,
  status: 'True' | 'False',
  message: string,
): Promise<string> {
  const patch = { status: { conditions: [{ type: 'Ready', status, reason: 'StandIn', message }] } };
  const what = ['patch', CERTIFICATES, name, '--subresource=status', '--type=merge'];
  return cluster.kubectl(['--namespace', namespace, ...what, '-p', JSON.stringify(patch)]);
}
