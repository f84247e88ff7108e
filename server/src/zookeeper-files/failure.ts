/** Why a data directory of Apache ZooKeeper cannot be taken over; its message names the file. */
export class ZookeeperFilesError extends Error {
  readonly code: string;
  override readonly name = 'ZookeeperFilesError';

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
