import type { Reached } from '../backup-format/records.ts';
import type { BackupRefusal } from '../errors/error-codes.ts';

export interface BackupWish {
  /** The log behind this entry is to come, where it is the same one here; undefined: that behind the snapshot. */
  readonly after: { readonly index: number; readonly term: number | undefined } | undefined;
  readonly withSnapshot: boolean;
}

export interface BackupGiven {
  readonly ok: true;
  /** Up to here. */
  readonly reached: Reached;
  /** Once. A piece is made when it is asked for. */
  read(): AsyncGenerator<Uint8Array, void>;
  /** Nobody needs it any more: another one may be taken. */
  release(): void;
}

export interface BackupRefused {
  readonly ok: false;
  readonly code: BackupRefusal;
  readonly message: string;
}

export type BackupResult = BackupGiven | BackupRefused;

/** Backups of a running member, one at a time. */
export interface BackupSource {
  /** @param isWanted whether somebody still waits for it. What is given must be released. Rejects where the disk fails. */
  take(wish: BackupWish, isWanted: () => boolean): Promise<BackupResult>;
}
