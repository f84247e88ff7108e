import { createHmac, timingSafeEqual } from 'node:crypto';

export const PROOF_BYTES = 32;

/** What every member knows and nobody else: who proves that it does, is a member. The content changes while the secret is rotated. */
export class JoinSecrets {
  #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  get areSet(): boolean {
    return this.#secrets.length > 0;
  }

  /** @returns whether they differ from those before */
  replace(secrets: readonly string[]): boolean {
    const isOther =
      secrets.length !== this.#secrets.length || secrets.some((secret, i) => secret !== this.#secrets[i]);
    this.#secrets = secrets;
    return isOther;
  }

  /** One proof for each secret, so that two members with one in common believe each other. @param transcript all that both have said */
  prove(transcript: Uint8Array): readonly Buffer[] {
    return this.#secrets.map((secret) => createHmac('sha256', secret).update(transcript).digest());
  }

  /** Whether one of the proofs is that of one of the secrets. Each is compared with each, in constant time. */
  accept(transcript: Uint8Array, proofs: readonly Uint8Array[]): boolean {
    let isRight = false;
    for (const expected of this.prove(transcript)) {
      for (const proof of proofs) if (timingSafeEqual(expected, proof)) isRight = true;
    }
    return isRight;
  }
}
