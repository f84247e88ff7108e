import { X509Certificate } from 'node:crypto';
import { MemberErrorCode } from '../../errors/error-codes.ts';

/** What a key store or trust store holds. */
export interface Store {
  /** Of the first entry that has one: PKCS#8 or what else PEM may hold, in PEM, not encrypted. */
  readonly privateKey: string | undefined;
  /** In the file's order. */
  readonly certificates: readonly X509Certificate[];
}

/** A store cannot be read. The message says what is wrong with which file and never shows any of its content. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly code = MemberErrorCode.store;
}

export function certificateOf(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (error) {
    throw new StoreError('it holds a certificate that cannot be read', { cause: error });
  }
}
