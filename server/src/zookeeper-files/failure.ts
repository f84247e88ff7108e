/** Why a data directory of Apache ZooKeeper cannot be taken over; its message names the file. */
export class ZookeeperFilesError extends Error {
  override readonly name = 'ZookeeperFilesError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
