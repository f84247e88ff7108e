/** What stands against a backup or a restore. Stable: callers match codes, never messages. */
export type BackupFaultCode =
  /** What was written cannot be read back: cut off, changed, or never whole. */
  | 'damaged'
  /** Between two backups a piece of the log is missing. */
  | 'hole'
  /** Another key, or none where one is needed. */
  | 'wrong-key'
  /** Of another cluster than the one that was meant. */
  | 'wrong-cluster'
  /** No backup, or none that goes so far. */
  | 'not-there'
  /** The state is not what the member said that it was. */
  | 'differs'
  /** Written by a release that this one does not know. */
  | 'unknown-format'
  /** The folder, the bucket or the disk does not take it, or gives it not. */
  | 'destination'
  /** The member cannot be reached, or does not give it. */
  | 'member'
  /** The data folder cannot be restored into. */
  | 'data-folder';

export class BackupFault extends Error {
  override readonly name = 'BackupFault';
  readonly code: BackupFaultCode;

  constructor(code: BackupFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
