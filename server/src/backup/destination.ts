/** Where archives are: objects under keys, whose pieces are separated by slashes. Everything rejects with BackupFault `destination` or `not-there`. */
export interface Destination {
  /** For people. */
  readonly name: string;
  /** Keys that begin so, in any order. */
  list(prefix: string): Promise<readonly string[]>;
  /**
   * The object is there as a whole and durably once this resolves; where it rejects, or its source does, nothing of it is. No key is
   * written to twice.
   */
  write(key: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** As fast as it is read. */
  read(key: string): AsyncIterable<Uint8Array>;
  /** Also where it is not there. */
  remove(key: string): Promise<void>;
}
