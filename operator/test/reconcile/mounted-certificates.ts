import { X509Certificate } from 'node:crypto';
import type { KubeObject } from '@rookery/kube/objects';
import type { ShownCertificate } from '../../src/model/observed.ts';
import { memberFile } from '../../src/model/tls.ts';
import { certificatesIn } from '../../src/observe/certificate.ts';
import { textIn } from '../../src/observe/tls-secrets.ts';

/** What the kubelets have mounted of the Secret in each pod: each brings it up to date in its own time. */
export class MountedCertificates {
  readonly #secret: () => KubeObject | undefined;
  readonly #mounted = new Map<number, KubeObject>();
  /** Whether the kubelet of the pod of this ordinal is late. */
  isLate: (ordinal: number) => boolean = () => false;
  /** Pairs of members of which one would not have taken the other's certificate, in words. */
  readonly strangers: string[] = [];

  constructor(secret: () => KubeObject | undefined) {
    this.#secret = secret;
  }

  /** Some time has gone by for the pods of these ordinals. */
  refresh(ordinals: readonly number[]): void {
    const secret = this.#secret();
    for (const ordinal of ordinals) {
      if (secret !== undefined && !this.isLate(ordinal)) this.#mounted.set(ordinal, secret);
    }
    this.#compare(ordinals);
  }

  /** As GET /admin/members tells it. */
  shownBy(ordinal: number): readonly ShownCertificate[] {
    const leaf = this.#leaf(ordinal);
    if (leaf === undefined) return [];
    return [
      {
        listener: 'members',
        serial: leaf.serialNumber,
        notAfter: leaf.validToDate.toISOString(),
        trusted: this.#trusted(ordinal).map(({ fingerprint256 }) => fingerprint256),
      },
    ];
  }

  #leaf(ordinal: number): X509Certificate | undefined {
    const secret = this.#mounted.get(ordinal);
    const pem = secret === undefined ? '' : textIn(secret, memberFile(ordinal));
    return pem === '' ? undefined : new X509Certificate(certificatesIn(pem)[0]!.toString());
  }

  #trusted(ordinal: number): X509Certificate[] {
    const secret = this.#mounted.get(ordinal);
    return secret === undefined ? [] : certificatesIn(textIn(secret, 'ca.crt'));
  }

  /** Whatever one shows, each other one has to trust. */
  #compare(ordinals: readonly number[]): void {
    for (const one of ordinals) {
      const leaf = this.#leaf(one);
      if (leaf === undefined) continue;
      for (const other of ordinals) {
        const trusted = this.#trusted(other);
        if (trusted.length > 0 && !trusted.some((authority) => leaf.verify(authority.publicKey)))
          this.strangers.push(`${other} does not trust ${one}`);
      }
    }
  }
}
