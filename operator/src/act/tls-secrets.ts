import type { CoordinationCluster } from '@rookery/crds';
import type { KubeApi } from '@rookery/kube';
import { authoritySecretName, certificatesSecretName } from '../model/cluster-names.ts';
import {
  type AuthoritySecret,
  BUNDLE_KEY,
  bundleOf,
  CERTIFICATE_KEY,
  PRIVATE_KEY_KEY,
  type Seen,
  type TlsStep,
} from '../model/tls.ts';
import {
  ASKED_BY_ANNOTATION,
  FORMER_KEY,
  NEXT_CERTIFICATE_KEY,
  NEXT_PRIVATE_KEY_KEY,
  readAuthority,
  readBroughtAuthority,
  type TlsSecret,
  textIn,
  WRITTEN_AT_ANNOTATION,
} from '../observe/tls-secrets.ts';
import { SECRETS } from '../resource-types.ts';
import type { CertificateMaker, KeyedCertificate } from './certificate-authority.ts';
import { changedSince, writeSecret } from './owned-secret.ts';

/** Performs the steps that write Secrets of TLS, each of which is one write, over what was looked at and nothing else. */
export class TlsSecrets {
  readonly #maker: CertificateMaker;

  constructor(maker: CertificateMaker) {
    this.#maker = maker;
  }

  async perform(api: KubeApi, step: TlsStep, cluster: CoordinationCluster): Promise<void> {
    const { name } = cluster.metadata;
    switch (step.kind) {
      case 'makeAuthority': {
        const { certificate, privateKey } = await this.#newAuthority(api, step, cluster);
        const isNext = step.as === 'next';
        const data = {
          [isNext ? NEXT_CERTIFICATE_KEY : CERTIFICATE_KEY]: certificate,
          [isNext ? NEXT_PRIVATE_KEY_KEY : PRIVATE_KEY_KEY]: privateKey,
          ...(step.former === '' ? {} : { [FORMER_KEY]: step.former }),
        };
        const annotations = { [ASKED_BY_ANNOTATION]: step.rotatedFor };
        return writeSecret(api, cluster, authoritySecretName(name), step.seen, data, annotations);
      }
      case 'writeCertificates':
        return this.#writeCertificates(api, step, cluster);
      case 'switchAuthority': {
        const { secret, authority } = await readSeen(api, cluster, step.seen);
        const former = [authority.former, authority.current?.pem ?? ''].join('');
        return writeSecret(api, cluster, authoritySecretName(name), step.seen, {
          [CERTIFICATE_KEY]: textIn(secret, NEXT_CERTIFICATE_KEY),
          [PRIVATE_KEY_KEY]: textIn(secret, NEXT_PRIVATE_KEY_KEY),
          [NEXT_CERTIFICATE_KEY]: null,
          [NEXT_PRIVATE_KEY_KEY]: null,
          [FORMER_KEY]: former === '' ? null : former,
        });
      }
      case 'dropAuthority':
        return writeSecret(api, cluster, authoritySecretName(name), step.seen, { [FORMER_KEY]: null });
      default:
        return step satisfies never;
    }
  }

  async #newAuthority(
    api: KubeApi,
    { brought, notBeforeMs, notAfterMs }: Extract<TlsStep, { kind: 'makeAuthority' }>,
    { metadata: { name, namespace } }: CoordinationCluster,
  ): Promise<KeyedCertificate> {
    if (brought === undefined) return this.#maker.authority(name, namespace, { notBeforeMs, notAfterMs });
    const secret = await api.get<TlsSecret>(SECRETS, { namespace, name: brought.secretName });
    const found = readBroughtAuthority(brought.secretName, secret);
    if (found.kind !== 'there' || found.fingerprint !== brought.fingerprint)
      throw changedSince(brought.secretName);
    return { certificate: found.pem, privateKey: textIn(secret, PRIVATE_KEY_KEY) };
  }

  async #writeCertificates(
    api: KubeApi,
    step: Extract<TlsStep, { kind: 'writeCertificates' }>,
    cluster: CoordinationCluster,
  ): Promise<void> {
    const { secret, authority } = await readSeen(api, cluster, step.authority);
    const { current } = authority;
    const data: Record<string, string> = { [BUNDLE_KEY]: bundleOf(authority).pem };
    for (const { file, ...request } of step.leaves) {
      if (current === undefined) throw changedSince(secret.metadata.name);
      const signer = { certificate: current.pem, privateKey: textIn(secret, PRIVATE_KEY_KEY) };
      const { notBeforeMs, notAfterMs } = step;
      const leaf = await this.#maker.leaf(signer, { ...request, notBeforeMs, notAfterMs });
      data[file] = `${leaf.privateKey}${leaf.certificate}${current.trusted.length > 1 ? current.pem : ''}`;
    }
    return writeSecret(api, cluster, certificatesSecretName(cluster.metadata.name), step.seen, data, {
      [ASKED_BY_ANNOTATION]: step.renewedFor,
      [WRITTEN_AT_ANNOTATION]: step.writtenAt,
    });
  }
}

/** NAME-authority as it was when the step was decided. Rejects with ApiError where it has changed since. */
async function readSeen(
  api: KubeApi,
  cluster: CoordinationCluster,
  seen: Seen,
): Promise<{ readonly secret: TlsSecret; readonly authority: AuthoritySecret }> {
  const { name, namespace } = cluster.metadata;
  const secret = await api.get<TlsSecret>(SECRETS, { namespace, name: authoritySecretName(name) });
  const authority = readAuthority(cluster, secret);
  const isSame =
    authority.kind === 'there' &&
    authority.seen.uid === seen.uid &&
    authority.seen.resourceVersion === seen.resourceVersion;
  if (!isSame) throw changedSince(secret.metadata.name);
  return { secret, authority };
}
