import { type Disk, isShortage } from '../../ports/disk.ts';
import { createFirstSegment, type Log } from '../log/log.ts';
import { FIRST_SEQUENCE } from '../log/segment-file.ts';
import type { MemberIdentity } from '../recovered.ts';
import { diskFull } from '../storage-error.ts';
import { replaceHardStateFile } from './hard-state-file.ts';
import { MEMBER_FOLDER, writeIdentityFile } from './identity-file.ts';

/**
 * Makes the files of a member that has just got its identity: that comes last, since one without a hard state file or a log means that these
 * were lost. Rejects with `full` where there is no room or no file descriptor: nothing counts yet, and it may be called again.
 */
export async function createMember(
  disk: Disk,
  logDisk: Disk,
  identity: MemberIdentity,
  segmentBytes: number,
): Promise<Log> {
  let open: { close(): Promise<void> } | undefined;
  try {
    const promised = { hardState: { term: 0, vote: 0 }, newestSegment: FIRST_SEQUENCE };
    const votes = await replaceHardStateFile(disk, identity, promised);
    open = votes;
    const log = await createFirstSegment(logDisk, identity, votes, segmentBytes);
    // It closes the votes, too.
    open = log;
    await writeIdentityFile(disk, identity);
    return log;
  } catch (error) {
    await open?.close();
    throw isShortage(error) ? diskFull('the identity of this member', MEMBER_FOLDER, error) : error;
  }
}
