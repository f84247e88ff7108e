import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { Authority } from '../../../testkit/src/certificates.ts';
import type { Cluster } from '../cluster.ts';
import { type Measured, measured, ROTATION_GAP_MS } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { kazooByTls, showedBy, trusted } from '../shown-by-tls.ts';
import { CERTIFICATES, issue, says, withCertManager } from '../with-cert-manager.ts';
import { underWriters } from '../writers.ts';

/** A kubelet looks at its Secrets once a minute or so, and a rotation waits for three changes of them. */
const ROTATION_SECONDS = 600;
const CLIENT_PORT = 2181;
const PEER_PORT = 2888;
const AUTHORITY = 'issued-issued-authority';
const CLIENTS = 'issued-issued-clients';
const ISSUER = { name: 'company-ca', kind: 'ClusterIssuer' } as const;

export const issuer: Scenario = {
  name: "what a cluster asks cert-manager's issuer for is waited for, vouches for members and is shown to clients once it is issued, and is renewed while clients write",
  fast: false,
  run: (cluster, namespace) => withCertManager(cluster, () => issuedTo(cluster, namespace)),
};

async function issuedTo(cluster: Cluster, namespace: string): Promise<Measured> {
  const root = await Authority.create('CN=company');
  const issueNow = (name: string): Promise<string> => issue(cluster, namespace, root, name);
  const hosts = `issued.${namespace}.svc.cluster.local:${CLIENT_PORT}`;
  await cluster.apply(
    namespace,
    coordinationCluster('issued', {
      tls: {
        peer: { issuer: ISSUER },
        client: { mode: 'Optional', issuer: ISSUER, hostnames: ['zk.example.com', '192.0.2.7'] },
        caOverlap: '10s',
      },
    }),
  );
  await waitsFor(cluster, namespace, `The Secret ${CLIENTS}`);
  await says(cluster, namespace, CLIENTS, 'False', 'the issuer is asleep');
  await waitsFor(cluster, namespace, 'cert-manager says: the issuer is asleep');
  await issueNow(CLIENTS);
  await waitsFor(cluster, namespace, `The Secret ${AUTHORITY}`);
  assert.deepEqual(await cluster.list(namespace, 'pods'), []);
  await issueNow(AUTHORITY);
  await cluster.ready(namespace, 'issued');
  await cluster.meets('TLSReady', namespace, 'issued', ROTATION_SECONDS);
  assert.equal(await kazooByTls(cluster, root.certificate, hosts, 'put', '/by', 'its root'), 'its root');
  const peer = await showedBy(cluster, `issued-peer-0.${namespace}.svc`, PEER_PORT, root.certificate);
  assert.equal(peer.error, '');

  const pods = await cluster.podUids(namespace);
  const began = performance.now();
  const report = await underWriters(cluster, hosts, async () => {
    const [authority, leaf] = [await issueNow(AUTHORITY), await issueNow(CLIENTS)];
    await cluster.until(
      'the renewed authority alone is trusted, with its root',
      async () => {
        const { reason } = await cluster.condition(namespace, 'issued', 'TLSReady');
        const now = fingerprints(await trusted(cluster, namespace, 'issued'));
        return reason === 'InForce' && now === fingerprints(`${authority}${root.certificate}`);
      },
      ROTATION_SECONDS,
    );
    const { serialNumber } = new X509Certificate(leaf);
    for (const ordinal of [0, 1, 2]) {
      const host = `issued-${ordinal}.issued-headless.${namespace}.svc.cluster.local`;
      await cluster.until(
        `clients are shown the renewed certificate by member ${ordinal}`,
        async () => (await showedBy(cluster, host, CLIENT_PORT, root.certificate)).serial === serialNumber,
        ROTATION_SECONDS,
      );
    }
  });
  const took = ((performance.now() - began) / 1000).toFixed(0);
  assert.deepEqual(await cluster.podUids(namespace), pods);
  assert.equal(await kazooByTls(cluster, root.certificate, hosts, 'put', '/by', 'it still'), 'it still');
  await isAskedOnce(cluster, namespace);
  return measured(`both renewed after ${took} s by the same pods`, report, { mostGapMs: ROTATION_GAP_MS });
}

async function waitsFor(cluster: Cluster, namespace: string, said: string): Promise<void> {
  await cluster.until(`it is said: ${said}`, async () => {
    const { reason, message } = await cluster.condition(namespace, 'issued', 'Stalled');
    return reason === 'CertificatesLacking' && message.includes(said);
  });
}

/** The API server keeps them as they are asked for, and one that somebody deletes is asked for again. */
async function isAskedOnce(cluster: Cluster, namespace: string): Promise<void> {
  const asked = await cluster.list(namespace, CERTIFICATES);
  assert.deepEqual(
    asked.map(({ metadata }) => `${metadata.name} ${metadata.generation}`),
    [`${AUTHORITY} 1`, `${CLIENTS} 1`],
  );
  await cluster.kubectl(['--namespace', namespace, 'delete', CERTIFICATES, AUTHORITY]);
  await cluster.until('the Certificate is there again', async () => {
    await cluster.get(namespace, CERTIFICATES, AUTHORITY);
    return true;
  });
}

function fingerprints(pem: string): string {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates
    .map((text) => new X509Certificate(text).fingerprint256)
    .sort()
    .join();
}
