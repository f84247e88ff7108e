import { StorageErrorCode } from './errors/error-codes.ts';
import { MemberError } from './identity-check.ts';
import { codeOf, ListenError } from './listen/listen-error.ts';
import { DivergenceError } from './replica/divergence.ts';
import { JOIN_ANEW, UnusableData } from './replica/unusable-data.ts';
import { StorageError } from './storage/storage-error.ts';

/**
 * The one line that a person finds at the end of the log: why this member ended, and what to do about it. Whatever calls `fatal` gets its line
 * here; an error that tells both by itself is left as it is.
 */
export function fatalLine(error: unknown): string {
  return `this member cannot go on: ${whatHappened(error)}`;
}

/** Continues a sentence: what happened, and what to do about it. */
export function whatHappened(error: unknown): string {
  if (error instanceof ListenError || error instanceof MemberError || error instanceof UnusableData)
    return error.message;
  if (error instanceof StorageError) return storageLine(error);
  if (error instanceof DivergenceError) {
    return `its tree differs from a majority's: ${error.message}. So that it can be looked into, ${JOIN_ANEW}`;
  }
  const advice = SYSTEM_ADVICE.get(codeOf(error));
  if (advice !== undefined) return `${messageOf(error)}. ${advice}`;
  return `an error of the program itself (${nameOf(error)}: ${messageOf(error)}). What was acknowledged is on disk: start the member again, and report this with the lines before it`;
}

/** What storage says of itself names the file; where its words end before what to do, that follows here. */
function storageLine({ code, message, cause }: StorageError): string {
  switch (code) {
    case StorageErrorCode.failed: {
      const advice = SYSTEM_ADVICE.get(codeOf(cause));
      return advice === undefined ? message : `${message}. ${advice}`;
    }
    case StorageErrorCode.full:
      return `${message}. Nothing acknowledged is lost: make room on that disk, then start the member again`;
    case StorageErrorCode.closed:
    case StorageErrorCode.snapshotGap:
    case StorageErrorCode.snapshotDamaged:
      return `${message}. Nothing acknowledged is lost: start the member again`;
    default:
      return message;
  }
}

const RAISE_DESCRIPTORS =
  'Let it have more file descriptors (ulimit -n, LimitNOFILE of systemd), or lower limits.connections, then start it again';

/** Of the system's errors, by their codes, wherever they come from. */
const SYSTEM_ADVICE: ReadonlyMap<string, string> = new Map([
  ['EMFILE', RAISE_DESCRIPTORS],
  [
    'ENFILE',
    'The whole machine has no file descriptors left (fs.file-max): end what holds them, then start the member again',
  ],
  ['ENOSPC', 'Make room on that disk, then start the member again'],
  ['EDQUOT', 'Raise the quota of that disk or make room, then start the member again'],
  ['EACCES', 'Give the user that this member runs as the right to read and write there, then start it again'],
  ['EPERM', 'Give the user that this member runs as the right to read and write there, then start it again'],
  [
    'EROFS',
    'The file system is mounted read-only: check the disk, mount it for writing, then start the member again',
  ],
  ['EIO', 'The disk failed: check it, then start the member again'],
  [
    'ENOLCK',
    'The file system of the data folder must be able to lock files: use a local one, then start the member again',
  ],
  ['ENOTDIR', 'Correct dataDir, dataLogDir: each must name a folder'],
  ['ENOENT', 'Correct dataDir, dataLogDir, or mount what is missing, then start the member again'],
  ['ERR_OUT_OF_MEMORY', 'Give the process more memory, or lower limits.treeBytes, then start it again'],
  [
    'ERR_MEMORY_ALLOCATION_FAILED',
    'Give the process more memory, or lower limits.treeBytes, then start it again',
  ],
]);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The calls that open a socket; each failure of theirs leaves nothing half-done. */
const SOCKET_CALLS: ReadonlySet<string> = new Set(['accept', 'accept4', 'connect', 'getaddrinfo', 'socket']);

/**
 * Whether an error that nobody caught only says that there was no descriptor for one more socket: that connection did not come about,
 * and everything else goes on.
 */
export function isLackOfSockets(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== 'EMFILE' && code !== 'ENFILE') return false;
  return error instanceof Error && 'syscall' in error && SOCKET_CALLS.has(String(error.syscall));
}
