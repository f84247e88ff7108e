import type { Config } from './config/config.ts';
import { MemberErrorCode } from './errors/error-codes.ts';
import type { MemberIdentity } from './storage/recovered.ts';

/** The member cannot start on what it found. The message says what to do. */
export class MemberError extends Error {
  override readonly name: string = 'MemberError';
  readonly code: typeof MemberErrorCode.wrongServerId | typeof MemberErrorCode.wrongCluster;

  constructor(code: MemberError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws MemberError where the data are those of another member, or of another cluster than the configuration names. */
export function checkIdentity(identity: MemberIdentity, { serverId, clusterId, dataDir }: Config): void {
  if (identity.serverId !== serverId) {
    throw new MemberError(
      MemberErrorCode.wrongServerId,
      `the data in ${dataDir} belong to member ${identity.serverId}, but this member is ${serverId}: ` +
        'correct myid or dataDir, or move the data away to join anew',
    );
  }
  if (clusterId !== '' && identity.clusterId !== clusterId) {
    throw new MemberError(
      MemberErrorCode.wrongCluster,
      `the data in ${dataDir} belong to cluster ${identity.clusterId}, but this member is of cluster ${clusterId}: ` +
        'correct clusterId or dataDir, or move the data away to join anew',
    );
  }
}
